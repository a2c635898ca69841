"""What an export holds: round trips, and numbers as a paper shows them."""

import re
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from spreadtune.analysis.export.latex import latex
from spreadtune.analysis.export.markdown import markdown
from spreadtune.analysis.export.sheet import Sheet
from spreadtune.analysis.results import Results
from spreadtune.analysis.statistics import interval
from spreadtune.errors import UserError

TABLES = ["csv", "parquet", "latex", "markdown"]


def files(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in sorted(folder.iterdir())}


def cells_of_markdown(text: str) -> list[list[str]]:
    rows = [line for line in text.splitlines() if line.startswith("|")]
    cells = [re.split(r"(?<!\\)\|", row)[1:-1] for row in rows]
    return [[re.sub(r"\\(.)", r"\1", cell.strip()) for cell in row] for row in cells]


def cells_of_latex(text: str) -> list[list[str]]:
    rows = [line.removesuffix(r" \\") for line in text.splitlines() if line.endswith(r" \\")]
    return [[cell.strip() for cell in re.split(r"(?<!\\)&", row)] for row in rows]


def test_an_export_of_the_same_run_is_the_same(sweep: Results, tmp_path: Path) -> None:
    for name in ("one", "other"):
        sweep.export(tmp_path / name, TABLES)
    assert files(tmp_path / "one") == files(tmp_path / "other")
    assert list(files(tmp_path / "one")) == sorted(
        f"{name}.{ending}"
        for name in ("trials", "settings", "best", "references")
        for ending in ("csv", "parquet", "tex", "md")
    )


def test_trials_and_references_come_back_unrounded(search: Results, tmp_path: Path) -> None:
    search.export(tmp_path, TABLES)
    for name, table in (("trials", search.trials), ("references", search.references)):
        pd.testing.assert_frame_equal(pd.read_parquet(tmp_path / f"{name}.parquet"), table)
        read = pd.read_csv(tmp_path / f"{name}.csv")
        pd.testing.assert_frame_equal(read, table, check_dtype=False, check_exact=True)


def test_settings_are_means_with_half_widths_best_first(sweep: Results, tmp_path: Path) -> None:
    sweep.export(tmp_path, ["parquet"])
    table = pd.read_parquet(tmp_path / "settings.parquet")
    assert list(table["metric.transfer_accuracy"]) == sorted(table["metric.transfer_accuracy"], reverse=True)
    assert (table["n"] == 3).all()
    for _, row in table.iterrows():
        own = sweep.trials[sweep.trials["param.objective.alpha"] == row["param.objective.alpha"]]
        found = interval(own["metric.class_accuracy"])
        assert row["metric.class_accuracy"] == pytest.approx(found.mean)
        assert row["metric.class_accuracy.half_width"] == pytest.approx(found.half_width)


def test_settings_and_the_best_have_their_differences_from_supcon(sweep: Results, tmp_path: Path) -> None:
    sweep.export(tmp_path, ["parquet", "markdown"])
    table, gains = pd.read_parquet(tmp_path / "settings.parquet"), sweep.gains()
    for _, row in table.iterrows():
        own = gains.loc[[(row["variant"], row["setting"])]].iloc[0]
        assert row[list(own.index)].astype(float).to_numpy() == pytest.approx(own.astype(float).to_numpy(), nan_ok=True)
    pd.testing.assert_frame_equal(pd.read_parquet(tmp_path / "best.parquet"), sweep.best(), check_dtype=False)
    heading, _, *rows = cells_of_markdown((tmp_path / "settings.md").read_text())
    assert sum(row[heading.index("gain over best SupCon")] != "–" for row in rows) == len(gains) - 1
    assert "Holm's correction for the 7 settings" in (tmp_path / "best.md").read_text()


def test_latex_and_markdown_say_the_same_rounded(sweep: Results, tmp_path: Path) -> None:
    sweep.export(tmp_path, TABLES)
    for name in ("settings", "best", "references", "trials"):
        set_in = cells_of_latex((tmp_path / f"{name}.tex").read_text())
        heading, _, *rows = cells_of_markdown((tmp_path / f"{name}.md").read_text())
        assert [
            [cell.replace(r"$\pm$", "±").replace("--", "–").replace(r"\_", "_") for cell in row] for row in set_in
        ] == [heading, *rows]
    best = pd.read_parquet(tmp_path / "settings.parquet").iloc[0]
    mean, width = best["metric.transfer_accuracy"], best["metric.transfer_accuracy.half_width"]
    heading, _, first, *_ = cells_of_markdown((tmp_path / "settings.md").read_text())
    assert first[heading.index("transfer accuracy")] == f"{mean:.3f} ± {width:.3f}"


@pytest.mark.slow
def test_latex_is_built_of_balanced_parts(sweep: Results, tmp_path: Path) -> None:
    sweep.export(tmp_path, ["latex"])
    for name, environment in (
        ("settings", "tabular"),
        ("best", "tabular"),
        ("references", "tabular"),
        ("trials", "longtable"),
    ):
        text = (tmp_path / f"{name}.tex").read_text()
        columns = re.search(rf"\\begin{{{environment}}}{{([lr]+)}}", text)
        assert columns
        assert text.endswith(f"\\end{{{environment}}}\n")
        assert {len(row) for row in cells_of_latex(text)} == {len(columns[1])}
        assert [text.count(rule) for rule in (r"\toprule", r"\midrule", r"\bottomrule")] == [1, 1, 1]
        assert text.isascii()


@pytest.mark.parametrize("character", list("\\&%$#_{}~^<>|*`["))
def test_no_character_of_a_name_is_a_command(character: str) -> None:
    sheet = Sheet("x", "caption", ("name",), ((f"a{character}b",),), (False,))
    (heading, _, (cell,)) = cells_of_markdown(markdown(sheet))
    assert (heading, cell) == (["name"], f"a{character}b")
    body = latex(sheet).split(r"\midrule" + "\n")[1].splitlines()[0]
    # What is left when commands and escaped characters are taken out has no meaning for TeX.
    left = re.sub(r"\\[a-z]+\{\}|\\.", "", body.removesuffix(r" \\"))
    assert not set(left) & set("\\&%$#_{}~^")


def test_too_few_seeds_have_no_interval(search: Results, tmp_path: Path) -> None:
    search.export(tmp_path, ["markdown", "parquet"])
    assert "Too few seeds for intervals." in (tmp_path / "settings.md").read_text()
    assert "±" not in (tmp_path / "settings.md").read_text()
    assert pd.read_parquet(tmp_path / "settings.parquet")["metric.spread.half_width"].isna().all()


def test_mistakes(sweep: Results, nothing_finished: Results, tmp_path: Path) -> None:
    with pytest.raises(UserError, match="unknown format 'latx', did you mean latex"):
        sweep.export(tmp_path, ["latx"])
    with pytest.raises(UserError, match="no trial has finished yet"):
        nothing_finished.export(tmp_path, TABLES)
    (tmp_path / "file").write_text("")
    with pytest.raises(UserError, match="name another folder"):
        sweep.export(tmp_path / "file" / "below", TABLES)


def test_without_kaleido_the_tables_are_there_and_what_is_missing_is_said(
    sweep: Results, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    import sys

    monkeypatch.setitem(sys.modules, "kaleido", None)
    exported = sweep.export(tmp_path)
    assert exported.missing == 'Kaleido is not installed: pip install "spreadtune[export]"'
    assert len(exported.files) == 16
    assert all(path.is_file() for path in exported.files)


@pytest.mark.slow
def test_without_a_browser_too(sweep: Results, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("kaleido")
    monkeypatch.setenv("BROWSER_PATH", str(tmp_path / "nowhere"))
    exported: Any = sweep.export(tmp_path / "out", ["csv", "figures"])
    assert "install Chromium or Chrome, or set BROWSER_PATH" in exported.missing
    assert [path.name for path in exported.files] == ["trials.csv", "settings.csv", "best.csv", "references.csv"]
