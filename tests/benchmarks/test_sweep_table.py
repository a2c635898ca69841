"""Files of results, and the table of the best settings that the README shows."""

import json
from typing import Any

import pytest

from benchmarks.sweep_table import best_of_runs, result_file
from spreadtune.analysis.results import Results
from tests.analysis.conftest import MANIFEST
from tests.analysis.temperatures import TRANSFER, temperatures

HERE = {
    "command": [
        "/somewhere/.venv/bin/spreadtune",
        "run",
        "digits",
        "--resume",
        "digits/1",
        "--seeds",
        "3",
        "--results",
        "/there",
    ],
    "profile": "small",
    "nodes": [{"cpus": 2.0, "gpus": 0.0}],
    "slots": {"count": 2},
    "git": {"commit": "5226e518d4db174226f5ad99397c1e950c13b0ac", "dirty": False},
}


@pytest.fixture
def results(new_run: Any) -> Results:
    run = temperatures(new_run)
    for seed in range(3):
        run.reference(seed)
    found: Results = run.write()
    found.run.manifest_file.write_text(json.dumps(MANIFEST | HERE))
    return Results(found.run)


def test_a_file_of_results_says_how_it_came_about_and_holds_every_table(results: Results) -> None:
    text = "\n".join(result_file(results, "Other work beside it."))
    assert text.startswith("# digits_alpha_sweep, profile small, 2025-03-01\n")
    assert "    spreadtune run digits --seeds 3\n    python benchmarks/sweep_table.py digits_alpha_sweep\n" in text
    assert "/there" not in text
    assert "2 CPUs (" in text
    assert "no GPU; torch 2.14.0, ray 2.60.0, optuna 5.0.0, spreadtune 0.1.0 (commit 5226e518d4db)." in text
    minutes = sum(results.trials["seconds"]) / 60
    assert minutes > 0.5
    assert f"18 trials of {minutes:.0f} min together, 2 at a time, and 3 references. Other work beside it." in text
    assert "temperature 0.5, batch 128, pairs cross_view, denominator negatives: window of alpha (0.519, 0.685)" in text
    for heading in ("Answer", "The best settings", "Every setting", "Floors and ceiling"):
        assert f"\n## {heading}\n" in text
    assert text.partition("## Every setting")[2].partition("##")[0].count("\n| ") == 2 + len(TRANSFER)


def test_the_best_of_several_runs_is_one_table(results: Results) -> None:
    head, rule, *rows = best_of_runs([results, results])
    assert head.startswith("| study |")
    assert set(rule) <= set("|-: ")
    assert len(rows) == 6
    assert rows[:3] == rows[3:]
    assert rows[2] == (
        "| digits\\_alpha\\_sweep | temperature 0.5, best of all | alpha 0.62, temperature 0.5 | 3 | 0.982 ± 0.005 | "
        "+0.027 ± 0.010 | 0.024 | +0.075 ± 0.011 | 0.959 ± 0.002 | -0.031 ± 0.002 |"
    )
    assert rows[2].removeprefix("| digits\\_alpha\\_sweep ") in "\n".join(result_file(results, ""))
