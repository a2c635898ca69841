"""Which predicted curve belongs to a setting."""

from dataclasses import replace

from spreadtune.analysis.scheme import Scheme, distinguishing_labels

SCHEME = Scheme(temperature=0.5, batch_size=128, pairs="cross_view", denominator="negatives", views=2)


def test_schemes_are_named_by_what_differs() -> None:
    warm, large = replace(SCHEME, temperature=1.0), replace(SCHEME, temperature=1.0, batch_size=512)
    assert distinguishing_labels([SCHEME, warm]) == ["temperature 0.5", "temperature 1"]
    assert distinguishing_labels([SCHEME, large]) == ["temperature 0.5, batch 128", "temperature 1, batch 512"]
    assert distinguishing_labels([SCHEME, replace(SCHEME, pairs="all")]) == ["pairs cross_view", "pairs all"]
