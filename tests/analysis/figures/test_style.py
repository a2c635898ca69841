"""What holds for every figure, whatever it draws."""

import plotly.graph_objects as go
import pytest
from plotly.subplots import make_subplots

from spreadtune.analysis.figures.style import styled


def ranges(figure: go.Figure) -> dict[str, tuple[float, ...] | None]:
    axes = [*figure.select_xaxes(), *figure.select_yaxes()]
    return {axis.plotly_name.replace("axis", ""): axis.range for axis in axes}


def test_a_single_value_is_not_lost_in_a_wide_axis() -> None:
    plot = make_subplots(1, 2)
    plot.add_scatter(x=[0.5, 0.5], y=[0.98, 0.98], row=1, col=1)
    plot.add_scatter(x=[0.1, 0.5], y=[0.2, None], row=1, col=2)
    found = ranges(styled(plot))
    assert found["x"] == pytest.approx((0.4, 0.6))
    assert found["y"] == pytest.approx((0.88, 1.08))
    assert (found["x2"], found["y2"]) == (None, pytest.approx((0.1, 0.3)))


def test_axes_of_names_and_of_magnitudes_are_left_alone() -> None:
    plot = go.Figure(go.Scatter(x=["main"], y=[0.1]))
    plot.update_yaxes(type="log")
    assert ranges(styled(plot)) == {"x": None, "y": None}


def test_a_name_stands_once_in_the_legend() -> None:
    plot = go.Figure([go.Scatter(y=[1, 2], name="a"), go.Scatter(y=[2, 3], name="a"), go.Scatter(y=[3, 4])])
    assert [trace.showlegend for trace in styled(plot).data] == [True, False, False]
