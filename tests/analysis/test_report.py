"""The report: one file, whole, self-contained, and safe whatever a study is called."""

import json
import re
import shlex
from functools import cache
from html.parser import HTMLParser
from typing import Any

import pytest
from plotly.offline import get_plotlyjs

from spreadtune.analysis.report import render
from spreadtune.analysis.results import Results

PLOTLY = get_plotlyjs()


class Page(HTMLParser):
    """What a page loads or links to, its tags, its texts, and the rows of its sortable table."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.links: list[str] = []
        self.tags: list[str] = []
        self.texts: list[str] = []
        self.sortable_rows = 0
        self._inside = False
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self._inside = self._inside or (tag == "table" and ("class", "sortable") in attrs)
        self.sortable_rows += self._inside and tag == "tr"
        self.links += [value or "" for name, value in attrs if name in ("src", "href", "srcset", "data", "action")]

    def handle_data(self, data: str) -> None:
        self.texts.append(data)

    def handle_endtag(self, tag: str) -> None:
        self._inside = self._inside and tag != "table"


@cache
def own_text(results: Results) -> str:
    """The page without the one copy of plotly.js."""
    text = render(results)
    assert text.count(PLOTLY) <= 1
    return text.replace(PLOTLY, "")


def test_the_report_is_one_file_that_loads_nothing(any_run: Results) -> None:
    assert Page(own_text(any_run)).links == ["trials.csv"]
    assert not re.search(r"https?://|@import|url\(|fetch\(|import\(", own_text(any_run))


def test_every_trial_is_in_the_table(any_run: Results) -> None:
    assert Page(own_text(any_run)).sortable_rows == 1 + len(any_run.trials)


def test_every_figure_is_drawn_and_has_its_numbers(search: Results) -> None:
    assert own_text(search).count("Plotly.newPlot(") == 5
    assert Page(own_text(search)).tags.count("details") == 5


def test_states_and_reasons_are_shown(search: Results) -> None:
    assert '<span class="state fail">FAIL</span>' in own_text(search)
    assert "<td>out of memory</td>" in own_text(search)


def test_the_page_opens_with_the_answer(sweep: Results) -> None:
    lead = sweep.answer().splitlines()[0].replace("+-", "±")
    assert f'<p class="lead">{lead}</p>' in own_text(sweep)
    assert "not confirmed on test" in own_text(sweep)


def test_the_manifest_is_shown_readably(sweep: Results) -> None:
    for line in (
        "<dt>command</dt><dd>spreadtune run digits_alpha_sweep --seeds 3</dd>",
        "<dt>hash</dt><dd>3f1c9a5e0b7d</dd>",
        "<dt>seeds.repetitions</dt><dd>3</dd>",
    ):
        assert line in own_text(sweep)


def test_the_head_says_what_the_command_line_changed(new_run: Any) -> None:
    run = new_run()
    run.trial(0, alpha=0.0, params={"objective.alpha": 0.0})
    results = run.write()
    assert 'class="changes"' not in render(results)
    words = ["spreadtune", "sweep", "--profile", "small", "--set", "training.epochs=<2>"]
    run.run.manifest_file.write_text(json.dumps({"command": words}))
    line = "<code>--profile small --set 'training.epochs=&lt;2&gt;'</code>"
    assert line in render(Results(run.run)).replace("&#39;", "'")


def test_the_head_says_how_far_an_unfinished_run_is(search: Results, sweep: Results) -> None:
    assert '<p class="progress">So far: 23 of 24 trials.</p>' in own_text(search)
    assert "So far" not in own_text(sweep)


def test_failed_references_are_listed_with_their_reason(nothing_finished: Results, sweep: Results) -> None:
    assert "<p>Floors and ceiling that failed: seed 0: out of memory.</p>" in own_text(nothing_finished)
    assert "that failed" not in own_text(sweep)


def test_nothing_finished_is_said_and_not_drawn(new_run: Any) -> None:
    run = new_run()
    run.trial(0, alpha=0.0, params={"objective.alpha": 0.0}, state="FAIL", epochs=0)
    text = render(run.write())
    assert "nothing to draw" in text
    assert PLOTLY not in text


def test_a_run_that_has_only_begun_has_a_report(new_run: Any) -> None:
    run = new_run()
    run.trial(0, alpha=0.0, params={"objective.alpha": 0.0}, state="RUNNING", epochs=0)
    begun = run.write()
    assert "No answer yet" in render(begun)
    begun.trials.drop(index=0).to_parquet(begun.run.trials_table)
    assert "All 0 trials." in render(Results(begun.run))


ATTACKS = ["</title><script>alert(1)</script>", "\"><img src=x onerror='alert(1)'>", "$run ${name}", "{{ name }} &lt;"]


@pytest.mark.parametrize("attack", ATTACKS)
def test_what_a_user_writes_is_text_and_nothing_else(new_run: Any, attack: str) -> None:
    run = new_run(description=attack)
    run.trial(0, alpha=0.0, params={"objective.alpha": 0.0}, state="FAIL", epochs=0, reason=attack)
    page = Page(render(run.write()))
    assert "img" not in page.tags
    assert page.tags.count("script") == 2
    assert page.tags.count("title") == 1


@pytest.mark.parametrize("attack", ATTACKS)
def test_names_in_labels_figures_and_manifest_are_text_too(named_by_users: Any, attack: str) -> None:
    page = Page(own_text(named_by_users(attack)))
    assert "img" not in page.tags
    assert page.tags.count("script") == 2 + page.tags.count("figure")
    for written in (attack, f"encoder weights {attack}", f"spreadtune --set {shlex.quote(attack)}"):
        assert any(written in text for text in page.texts), written


def test_dollar_signs_in_a_description_stay(new_run: Any) -> None:
    run = new_run(description="$run costs $5")
    run.trial(0, alpha=0.0, params={"objective.alpha": 0.0}, state="FAIL", epochs=0)
    assert '<p class="description">$run costs $5</p>' in render(run.write())


def test_it_is_written_into_the_run_folder(nothing_finished: Results) -> None:
    path = nothing_finished.write_report()
    assert path == nothing_finished.run.report_file
    assert path.read_text(encoding="utf-8").startswith("<!DOCTYPE html>")
    assert list(path.parent.glob(".*tmp")) == []
