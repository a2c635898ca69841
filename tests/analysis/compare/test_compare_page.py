"""A comparison's page: whole, self-contained, and drawn."""

import re

import pytest
from plotly.offline import get_plotlyjs

from spreadtune.analysis.compare import Comparison
from spreadtune.analysis.compare.figures import all_figures
from spreadtune.analysis.compare.report import render
from spreadtune.analysis.compare.words import names
from spreadtune.analysis.results import Results
from tests.analysis.compare.conftest import MakeRun


def page_of(comparison: Comparison) -> str:
    """Without plotly.js."""
    text = render(comparison.sides, comparison.settings, comparison.differences, comparison.pairs)
    return text.replace(get_plotlyjs(), "")


def test_the_page_loads_nothing_and_shows_every_part(sweep: Results, search: Results) -> None:
    text = page_of(Comparison.of([sweep, search]))
    assert not re.search(r"https?://|@import|url\(|fetch\(|import\(|(src|href)=", text)
    assert text.count("Plotly.newPlot(") == 4
    assert "search.sampler" in text
    assert "No settings are equal" in text


def test_runs_are_drawn_over_each_other(make_run: MakeRun) -> None:
    cold = make_run(lambda alpha, seed: 0.8 + 0.01 * seed, study={"temperature: 0.5": "temperature: 0.2"})
    comparison = Comparison.of([make_run(lambda alpha, seed: 0.9 + 0.1 * alpha), cold])
    called = names(comparison.sides, comparison.differences)
    assert called == {"A": "A: temperature 0.5", "B": "B: temperature 0.2"}
    metric = all_figures(comparison.sides, comparison.settings, comparison.differences)[0]
    lines = {trace.name: trace for trace in metric.plot.data}
    assert list(lines["A: temperature 0.5"].y) == pytest.approx([0.9, 0.956, 1.0])
    assert list(lines["B: temperature 0.2"].x) == [0, 0.56, 1]
    assert len({line.marker.color for line in lines.values()}) == 2


def test_what_a_user_writes_is_text(make_run: MakeRun) -> None:
    attack = {"How alpha controls spread.": "<img src=x onerror=alert(1)>"}
    page = page_of(Comparison.of([make_run(lambda *_: 0.9), make_run(lambda *_: 0.8, study=attack)]))
    assert "<img" not in page
    assert "&lt;img" in page
