"""What differs in how runs came about, beside their study files."""

from typing import Any

from spreadtune.analysis.compare import Comparison
from tests.analysis.compare.conftest import MakeRun

COMMIT = "c29bd59fec55b8bfc2afe732a7b3caaace5b827e"


def level(alpha: float, seed: int) -> float:
    return 0.9 + 0.05 * alpha + 0.01 * seed


def listed(make_run: MakeRun, *manifests: dict[str, Any]) -> list[list[str]]:
    found = Comparison.of([make_run(level, manifest=manifest) for manifest in manifests]).differences
    rows: list[list[str]] = found.values.tolist()
    return rows


def test_commits_are_short_and_say_what_was_not_committed(make_run: MakeRun) -> None:
    clean, dirty = ({"git": {"commit": COMMIT, "dirty": dirty}} for dirty in (False, True))
    assert listed(make_run, clean, dirty) == [
        ["run", "commit", "c29bd59fec55", "c29bd59fec55 with uncommitted changes"]
    ]


def test_what_a_run_does_not_know_is_a_dash(make_run: MakeRun) -> None:
    assert listed(make_run, {"git": None}, {"git": {"commit": COMMIT, "dirty": False}}) == [
        ["run", "commit", "–", "c29bd59fec55"]
    ]


def test_what_a_trial_was_given_is_listed_as_far_as_it_differs(make_run: MakeRun) -> None:
    slots = [{"slots": {"workers": workers, "cpus": 1, "gpus": 0.25, "count": 8}} for workers in (1, 2)]
    assert listed(make_run, *slots) == [["run", "workers of a trial", "1", "2"]]
