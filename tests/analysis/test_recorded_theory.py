"""What trials recorded of theory, and the curve that follows from it."""

from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd
import pytest

from spreadtune import theory
from spreadtune.analysis import recorded_theory
from spreadtune.analysis.recorded_theory import RecordedTheory
from spreadtune.analysis.scheme import Scheme

SCHEME = Scheme(temperature=0.5, batch_size=128, pairs="cross_view", denominator="negatives", views=2)


def recorded(*counts: float, scheme: Scheme = SCHEME) -> RecordedTheory:
    text = " ".join(str(count) for count in counts)
    alpha_c = theory.collapse_threshold(counts, scheme.temperature)
    alpha_m = theory.means_vanish_threshold(counts, scheme.temperature)
    trials = pd.DataFrame({"class_counts": [text, None], "theory.alpha_c": alpha_c, "theory.alpha_m": alpha_m})
    return RecordedTheory.of(scheme, trials)


def test_the_curve_is_the_theorys() -> None:
    alphas = np.array([0.515, 0.569, 0.68, 1.0])
    curve = recorded(64.0, 64.0).curve(alphas)
    assert curve["alpha"].tolist() == alphas.tolist()
    assert curve["spread"].tolist() == pytest.approx([0.0, 0.1245, 0.9342, 64 / 63], abs=1e-3)


def test_the_curve_of_unequal_classes_is_between_points_of_the_theorys() -> None:
    alphas = np.linspace(0, 1, 23)
    expected = [theory.predicted_spread(alpha, [20, 108], 0.5) for alpha in alphas]
    assert recorded(20.0, 108.0).curve(alphas)["spread"].tolist() == pytest.approx(expected, abs=5e-3)


def test_class_counts_are_means_over_trials() -> None:
    trials = pd.DataFrame({"class_counts": ["20 108", "22 106"], "theory.alpha_c": 0.3, "theory.alpha_m": 0.7})
    found = RecordedTheory.of(SCHEME, trials)
    assert found.class_counts == (21, 107)
    assert (found.alpha_c, found.alpha_m) == (0.3, 0.7)


def test_a_table_without_class_counts_has_equal_classes() -> None:
    """As tables of earlier versions: the batch over the mean images of a class is the number of classes."""
    twenty = replace(SCHEME, batch_size=500)
    trials = pd.DataFrame({"theory.images_per_class": [25.0, 25.0], "theory.alpha_c": 0.5, "theory.alpha_m": 0.57})
    found = RecordedTheory.of(twenty, trials)
    assert found.class_counts == (25.0,) * 20
    assert found.curve(np.array([0.52]))["spread"].tolist() == pytest.approx([0.334], abs=1e-3)


@pytest.mark.parametrize("words", [{"pairs": "all"}, {"denominator": "all"}])
def test_without_a_formula_the_curve_is_the_minimum_over_free_embeddings(
    words: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    scheme = replace(SCHEME, **words)
    minimum = {((64.0, 64.0), scheme): ([0.4, 0.6], [0.0, 1.0])}
    monkeypatch.setattr(recorded_theory, "free_curve", lambda *asked: minimum[asked])
    found = recorded(64.0, 64.0, scheme=scheme)
    assert not found.has_formula
    assert found.curve(np.array([0.2, 0.5, 0.9]))["spread"].tolist() == pytest.approx([0.0, 0.5, 1.0])


def test_no_curve_without_recorded_counts() -> None:
    assert RecordedTheory(replace(SCHEME, pairs="all"), 0.5, np.nan, ()).curve(np.array([0.5])).empty
    nothing = RecordedTheory.of(SCHEME, pd.DataFrame({"state": ["COMPLETE"]}))
    assert nothing.curve(np.array([0.5])).empty
    assert nothing.last_opening() is None
    assert nothing.class_spreads(0.5) == []


def test_the_last_class_opens_later_where_classes_are_unequal() -> None:
    assert recorded(64.0, 64.0).last_opening() is None
    assert recorded(20.0, 108.0).last_opening() == pytest.approx(0.673, abs=1e-3)
    assert recorded(20.0, 108.0).class_spreads(0.52) == pytest.approx([0.0, 0.434], abs=1e-3)
