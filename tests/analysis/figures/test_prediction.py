"""The shaded window: from where the first class opens to where class means vanish, as far as theory knows it."""

import math

import plotly.graph_objects as go
import pytest

from spreadtune import theory
from spreadtune.analysis.figures.prediction import shade_window
from spreadtune.analysis.recorded_theory import RecordedTheory
from spreadtune.analysis.scheme import Scheme

SCHEME = Scheme(0.5, 128, "cross_view", "negatives", 2)


def shapes(alpha_c: float, alpha_m: float, class_counts: tuple[float, ...] = ()) -> list[tuple[str, float, float]]:
    plot = go.Figure(go.Scatter(x=[0, 1], y=[0, 1]))
    shade_window(plot, RecordedTheory(SCHEME, alpha_c, alpha_m, class_counts), {})
    return [(shape.type, shape.x0, shape.x1) for shape in plot.layout.shapes]


def test_equal_classes_have_a_band() -> None:
    assert shapes(0.3, 0.8, (64.0, 64.0)) == [("rect", 0.3, 0.8)]


def test_of_unequal_classes_the_last_opening_is_a_line_in_the_band() -> None:
    counts = (90.0, 38.0)
    last = theory.last_collapse_threshold(counts, **SCHEME.arguments)
    line, band = shapes(0.3, 0.8, counts)
    assert line == ("line", pytest.approx(last), pytest.approx(last))
    assert band == ("rect", 0.3, 0.8)


def test_without_a_known_end_the_end_of_collapse_is_a_line() -> None:
    assert shapes(0.3, math.nan) == [("line", 0.3, 0.3)]


def test_where_theory_knows_nothing_nothing_is_drawn() -> None:
    assert shapes(math.nan, math.nan) == []
