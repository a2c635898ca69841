"""Templates: everything that is shown is text, whatever it holds, and nothing that is asked for may be missing."""

from dataclasses import dataclass
from html.parser import HTMLParser
from typing import Any

import pandas as pd
import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from jinja2 import UndefinedError

from spreadtune.analysis.beside_supcon import BesideSupCon
from spreadtune.analysis.columns import Column
from spreadtune.analysis.page import page
from spreadtune.analysis.paper.section import AgainstPaper


@dataclass(frozen=True)
class Run:
    id: str
    name: str


class Read(HTMLParser):
    """The tags of a page, and its texts as a reader sees them; scripts and styles are neither."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.texts: list[str] = []
        self.feed(text)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)

    def handle_endtag(self, tag: str) -> None:
        self.tags.append(f"/{tag}")

    def handle_data(self, data: str) -> None:
        self.texts.append(data)


def table(text: str) -> list[Column]:
    """A column of text, one of text that stands as numbers do, and one of numbers, all of that name."""
    columns = [Column(text, pd.Series([text])), Column(text, pd.Series([text]), numeric=True)]
    return [*columns, Column(text, pd.Series([0.5]))]


def report(text: str) -> dict[str, Any]:
    """Everything that the report's template shows, but for figures: the same text everywhere."""
    words = ("title", "description", "changes", "progress", "largest_departure", "failed_references")
    return {
        **dict.fromkeys(words, text),
        "run": Run(text, text),
        "cautions": [text, text],
        "answer": [text, text],
        "front": table(text),
        "beside_supcon": BesideSupCon(text, table(text), table(text)),
        "contrasts": table(text),
        "paper": AgainstPaper([text], table(text), table(text), [text], (text,)),
        "confirmation": [table(text)],
        "test_split_opened": True,
        "figures": [],
        "departures": table(text),
        "trial_count": 1,
        "trials": [*table(text), Column("state", pd.Series([text]))],
        "manifest": [(text, text)],
    }


def comparison(text: str) -> dict[str, Any]:
    """Likewise of a comparison's."""
    words = dict.fromkeys(("title", "names", "command"), text)
    tables = {name: table(text) for name in ("runs", "best", "differences", "pairs")}
    return {**words, **tables, "answer": [text, text], "figures": []}


PAGES = {"report.html": report, "compare.html": comparison}
WORD = "harmless"
HOSTILE = [
    "</title><script>alert(1)</script>",
    "\"><img src=x onerror='alert(1)'>",
    "&lt;b&gt; & <!-- ",
    "{{ 7 * 7 }} {% raw %} {# no #} $run ${name}",
    "]]></style><svg/onload=alert(1)>",
]


@pytest.mark.parametrize("name", PAGES)
@given(text=st.text(st.characters(exclude_categories=("Cs", "Cc")), min_size=1))
@example(text=HOSTILE[0])
@example(text=HOSTILE[1])
@example(text=HOSTILE[2])
@example(text=HOSTILE[3])
@example(text=HOSTILE[4])
def test_any_text_is_text_and_nothing_else(name: str, text: str) -> None:
    shown, plain = (Read(page(name, **PAGES[name](word))) for word in (text, WORD))
    assert shown.tags == plain.tags
    for read, expected in zip(shown.texts, plain.texts, strict=True):
        assert read in {expected.replace(WORD, written) for written in (text, text.replace("+-", "±"))}


@pytest.mark.parametrize("name", PAGES)
def test_what_a_template_misses_is_an_error(name: str) -> None:
    values = PAGES[name]("text")
    for missing in values:
        with pytest.raises(UndefinedError, match=missing):
            page(name, **{key: value for key, value in values.items() if key != missing})


def test_a_state_is_marked_and_plus_minus_is_typeset_where_numbers_stand() -> None:
    trials = [
        Column("state", pd.Series(["FAIL"])),
        Column("spread", pd.Series(["0.5 +- 0.1"]), numeric=True),
        Column("reason", pd.Series(["a +- b"])),
    ]
    text = page("report.html", **(report(WORD) | {"trials": trials}))
    assert '<span class="state fail">FAIL</span>' in text
    assert '<td class="number">0.5 ± 0.1</td>' in text
    assert "<td>a +- b</td>" in text
