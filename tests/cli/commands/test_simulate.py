"""``spreadtune simulate``: what it prints, and what it refuses."""

import re
from pathlib import Path

import pytest

from spreadtune.cli.main import main
from tests.simulation.landscapes import recorded


def exit_code(*arguments: str) -> int:
    with pytest.raises(SystemExit) as exit_of:
        main(["simulate", *arguments])
    return int(exit_of.value.code or 0)


@pytest.fixture
def table(tmp_path: Path) -> str:
    recorded().write(tmp_path / "table.parquet")
    return str(tmp_path / "table.parquet")


def test_a_line_for_every_sampler_and_stopping(table: str, capsys: pytest.CaptureFixture[str]) -> None:
    stopping = "{name: successive_halving, min_epochs: 2}"
    options = ["--sampler", "random", "--sampler", "grid", "--early-stopping", "none", "--early-stopping", stopping]
    assert exit_code(table, *options, "--budget", "0.5", "--searches", "3") == 0
    [about, judged, searched, _, *lines] = capsys.readouterr().out.splitlines()
    assert about == "recorded  tiny: 12 settings x 4 seeds; the grid of the 2 searched ones is 192 epochs"
    assert judged.startswith("judged    by the other 2 seeds: best transfer_accuracy 0.8951, ")
    assert searched.startswith("searched  3 times with each, for 96 epochs (50 % of the grid's)")
    kinds = [tuple(re.split(r"\s{2,}", line.strip())[:2]) for line in lines]
    assert kinds == [(s, e) for s in ("random", "grid") for e in ("none", "successive_halving")]
    assert all(re.search(r"\d of 3 +\d\.\d{4}", line) for line in lines)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (["--sampler", "tpee"], "--sampler: unknown sampler 'tpee'; there are grid, random"),
        (["--early-stopping", "halving"], "--early-stopping halving: "),
        (["--early-stopping", "{name: median, min_epoch: 2}"], "min_epoch"),
        (["--budget", "0"], "--budget"),
        (["--variant", "other"], "table.parquet is a table, which holds one variant; leave it out"),
    ],
)
def test_mistakes(table: str, options: list[str], message: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert exit_code(table, *options) == 2
    captured = capsys.readouterr()
    assert captured.err.startswith("error: ")
    assert message in captured.err
    assert captured.out == ""


def test_too_few_seeds_and_no_such_run(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    few = recorded()
    few.frame = few.frame[few.frame["seed"] < 3]
    few.write(tmp_path / "few.parquet")
    assert exit_code(str(tmp_path / "few.parquet")) == 2
    assert "seeds of each setting: 3, which are too few" in capsys.readouterr().err
    assert exit_code(str(tmp_path / "tabel.parquet")) == 2
    assert "tabel.parquet: no such file" in capsys.readouterr().err
    assert exit_code("nowhere", "--results", str(tmp_path)) == 2
    assert "no run 'nowhere'" in capsys.readouterr().err
