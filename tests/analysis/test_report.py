"""The report: one file, whole, self-contained, and safe whatever a study is called."""

import re
from html.parser import HTMLParser
from typing import Any

import pytest
from plotly.offline import get_plotlyjs

from spreadtune.analysis.report import render
from spreadtune.analysis.results import Results


class Page(HTMLParser):
    """Attributes that load something, the tags used, and the rows of the trials table."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.loads: list[str] = []
        self.tags: list[str] = []
        self.sortable_rows = 0
        self._inside = False
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        named = dict(attrs)
        self.tags.append(tag)
        self._inside = self._inside or (tag == "table" and "sortable" in (named.get("class") or ""))
        self.sortable_rows += self._inside and tag == "tr"
        links = [value for name, value in attrs if name in ("src", "href", "srcset", "data", "action")]
        self.loads += [value or "" for value in links]

    def handle_endtag(self, tag: str) -> None:
        self._inside = self._inside and tag != "table"


def test_the_report_is_one_file_that_loads_nothing(any_run: Results) -> None:
    text = render(any_run)
    own = text.replace(get_plotlyjs(), "")
    assert Page(own).loads == ["trials.csv"]
    assert not re.search(r"https?://|@import|url\(|fetch\(|import\(", own)


def test_plotly_is_inlined_once_where_there_is_something_to_draw(sweep: Results, nothing_finished: Results) -> None:
    assert render(sweep).count(get_plotlyjs()) == 1


def test_every_trial_is_in_the_table(any_run: Results) -> None:
    assert Page(render(any_run).replace(get_plotlyjs(), "")).sortable_rows == len(any_run.trials) + 1


def test_states_and_reasons_are_shown(search: Results) -> None:
    text = render(search)
    assert '<span class="state fail">FAIL</span>' in text
    assert "<td>out of memory</td>" in text


def test_the_page_opens_with_the_answer(sweep: Results) -> None:
    text = render(sweep)
    lead = sweep.answer().splitlines()[0].replace("+-", "±")
    assert f'<p class="lead">{lead}</p>' in text
    assert "not confirmed on test" in text


def test_the_manifest_is_shown_whole(sweep: Results) -> None:
    text = render(sweep)
    for line in ("<dt>versions.torch</dt><dd>2.14.0</dd>", "<dt>attempts.1.reason</dt><dd>finished</dd>"):
        assert line in text


@pytest.mark.parametrize(
    "attack", ["</title><script>alert(1)</script>", '"><img src=x onerror=alert(1)>', "$run ${name}"]
)
def test_a_description_is_text_and_nothing_else(new_run: Any, attack: str) -> None:
    run = new_run(description=attack)
    run.trial(0, alpha=0.0, params={"objective.alpha": 0.0}, reason=attack, device=attack)
    text = render(run.write())
    harmless = new_run_tags(text)
    assert harmless["img"] == 0
    assert "alert(1)</script>" not in text
    if "$" in attack:
        assert f'<p class="description">{attack}</p>' in text


def new_run_tags(text: str) -> dict[str, int]:
    tags = Page(text.replace(get_plotlyjs(), "")).tags
    return {name: tags.count(name) for name in ("img", "script", "title")}


def test_a_parameter_value_cannot_end_the_script_of_a_figure(new_run: Any) -> None:
    run = new_run()
    run.trial(0, alpha=0.0, params={"objective.alpha": 0.0})
    harmless = new_run_tags(render(run.write()))["script"]
    for row in run.history:
        row["trial"] = 0
    frame = run.write()
    frame.trials["variant"] = "main"
    assert new_run_tags(render(frame))["script"] == harmless


def test_it_is_written_into_the_run_folder(nothing_finished: Results) -> None:
    path = nothing_finished.write_report()
    assert path == nothing_finished.run.report_file
    assert path.read_text(encoding="utf-8").startswith("<!DOCTYPE html>")
    assert [file.name for file in path.parent.glob(".*tmp")] == []
