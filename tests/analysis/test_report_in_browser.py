"""The report and a comparison as a person sees them: opened in a browser that has no network."""

import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest

from spreadtune.analysis.compare import Comparison
from spreadtune.analysis.results import Results

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(shutil.which("chromium") is None, reason="chromium is not installed"),
]

CLICK = """<script>
window.addEventListener("load", () => setTimeout(() => {
  const table = document.querySelector("table.sortable");
  const headings = [...table.tHead.rows[0].cells];
  const column = headings.findIndex((heading) => heading.textContent.trim() === "transfer accuracy");
  const read = () => [...table.tBodies[0].rows].map((row) => row.cells[column].dataset.value ?? "").join(" ");
  const click = () => { headings[column].querySelector("button").click(); return read(); };
  for (const [name, order] of [["descending", click()], ["ascending", click()]]) {
    document.body.setAttribute(`data-${name}`, order);
  }
}, 500));
</script>"""


def opened(page: Path, profile: Path) -> str:
    """The page's elements after its scripts have run."""
    command = [
        *("chromium", "--headless", "--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-sync"),
        *("--disable-quic", "--disable-background-networking", "--disable-component-update"),
        *("--host-resolver-rules=MAP * ~NOTFOUND", f"--user-data-dir={profile}", "--virtual-time-budget=10000"),
        *("--dump-dom", page.as_uri()),
    ]
    return subprocess.run(command, capture_output=True, text=True, timeout=120, check=True).stdout


def numbers(text: str, name: str) -> list[float]:
    found = re.search(rf'data-{name}="([^"]*)"', text)
    assert found
    return [float(value) for value in found[1].split()]


def test_figures_are_drawn_and_the_table_sorts(search: Results, tmp_path: Path) -> None:
    page = tmp_path / "report.html"
    page.write_text(search.write_report().read_text().replace("</body>", f"{CLICK}</body>"))
    dom = opened(page, tmp_path / "profile")
    assert len(re.findall(r'class="plot-container', dom)) == 5, "one for each figure"
    assert "<svg" in dom
    descending, ascending = numbers(dom, "descending"), numbers(dom, "ascending")
    assert descending == sorted(descending, reverse=True)
    assert ascending == sorted(ascending)
    assert len(set(ascending)) > 5


def test_a_comparison_is_drawn(sweep: Results, search: Results, tmp_path: Path) -> None:
    page = Comparison.of([sweep, search]).write_report(tmp_path / "compared.html")
    dom = opened(page, tmp_path / "profile")
    assert len(re.findall(r'class="plot-container', dom)) == 4, "one for each figure"


def test_hostile_names_run_nothing(named_by_users: Any, tmp_path: Path) -> None:
    mark = "document.documentElement.setAttribute('data-run', 1)"
    results = named_by_users(f'</script><script>{mark}</script><img src=x onerror="{mark}">')
    dom = opened(results.write_report(), tmp_path / "profile")
    assert "plot-container" in dom
    assert not re.search(r"<html[^>]*data-run", dom)
