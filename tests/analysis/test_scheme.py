"""Which predicted curve belongs to a setting."""

import math
from dataclasses import replace

import numpy as np
import pytest

from spreadtune import theory
from spreadtune.analysis.scheme import Scheme, distinguishing_labels

SCHEME = Scheme(temperature=0.5, batch_size=128, pairs="cross_view", denominator="negatives", views=2)


def test_the_curve_is_the_theorys() -> None:
    alphas = np.array([0.515, 0.569, 0.68, 1.0])
    curve = SCHEME.curve(64.0, alphas)
    expected = [theory.predicted_spread(alpha, [64.0, 64.0], 0.5) for alpha in alphas]
    assert curve["spread"].tolist() == pytest.approx(expected)
    assert curve["spread"].tolist() == pytest.approx([0.0, 0.1245, 0.9342, 64 / 63], abs=1e-3)


def test_the_number_of_classes_is_the_batch_over_the_images_of_a_class() -> None:
    twenty = Scheme(temperature=0.5, batch_size=500, pairs="cross_view", denominator="negatives", views=2)
    assert twenty.curve(25.0, np.array([0.52]))["spread"].tolist() == pytest.approx([0.334], abs=1e-3)


def test_no_curve_without_a_formula_or_without_recorded_counts() -> None:
    other = Scheme(temperature=0.5, batch_size=128, pairs="all", denominator="negatives", views=2)
    assert other.curve(64.0, np.array([0.5])).empty
    assert SCHEME.curve(math.nan, np.array([0.5])).empty


def test_schemes_are_named_by_what_differs() -> None:
    warm, large = replace(SCHEME, temperature=1.0), replace(SCHEME, temperature=1.0, batch_size=512)
    assert distinguishing_labels([SCHEME, warm]) == ["temperature 0.5", "temperature 1"]
    assert distinguishing_labels([SCHEME, large]) == ["temperature 0.5, batch 128", "temperature 1, batch 512"]
    assert distinguishing_labels([SCHEME, replace(SCHEME, pairs="all")]) == ["pairs cross_view", "pairs all"]
