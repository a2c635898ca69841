"""The clock is set back, again and again, while a study runs."""

import itertools
import re
import time
from datetime import UTC, datetime

import pytest

import spreadtune
from spreadtune.run_folder import run as run_module
from spreadtune.run_folder import runs
from spreadtune.runtime import manifest
from tests.in_process import Session, assert_nothing_lost


@pytest.mark.slow
def test_nothing_goes_negative_and_the_newest_run_is_the_last(
    session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    days = itertools.count(28, -1)
    seconds = itertools.count(1_800_000_000, -3600)

    class Clock(datetime):
        @classmethod
        def now(cls, tz: object = None) -> datetime:
            return datetime(2026, 5, max(1, next(days)), tzinfo=UTC)

    for module in (run_module, manifest):
        monkeypatch.setattr(module, "datetime", Clock)
    monkeypatch.setattr(time, "time", lambda: next(seconds))
    session.write("clock", {"training.epochs": 3, "search.space": {"objective.alpha": {"grid": [0, 0.6]}}})
    printed = [session.spreadtune("run", "clock")[1] for _ in range(2)]
    first, second = runs(session.folder / "results", "clock")
    assert spreadtune.load_results("clock").run == second
    for run, told in zip((first, second), printed, strict=True):
        assert f"run        {run.label}\n" in told
        assert not re.search(r"ETA -|\(-|-\d+:\d\d", told)
        assert_nothing_lost(run, 2)
        results = spreadtune.load_results(run.path)
        assert (results.trials["seconds"] > 0).all()
        assert (results.history["seconds"] > 0).all()
        [attempt] = run.manifest()["attempts"]
        assert attempt["reason"] == "finished"
