"""How the driver hears of a reference's phases."""

from types import SimpleNamespace
from typing import Any

from spreadtune.runtime.cluster.resources import Slots
from spreadtune.runtime.monitor import SilentMonitor
from spreadtune.runtime.tune.adapters import LedgerScheduler
from spreadtune.runtime.tune.jobs import Jobs
from spreadtune.runtime.tune.stop_request import StopRequest


class Told(SilentMonitor):
    def __init__(self) -> None:
        self.phases: list[tuple[int, str]] = []

    def entered(self, assignment: Any, phase: str) -> None:
        self.phases.append((assignment.number, phase))


def test_a_phase_reaches_the_monitor_and_is_no_epoch() -> None:
    study = SimpleNamespace(resources=SimpleNamespace(retries=3))
    told, ledger = Told(), SimpleNamespace(study=study)  # one that is asked anything else would raise
    jobs = Jobs(ledger, Slots(1, 1, 0, 1), told, "scratch", StopRequest())  # type: ignore[arg-type]
    jobs.running["tune-id"] = SimpleNamespace(kind="reference", number=3)  # type: ignore[assignment]
    scheduler = LedgerScheduler(jobs)
    for trial in ("tune-id", "one that has ended"):
        decision = scheduler.on_trial_result(None, SimpleNamespace(trial_id=trial), {"phase": "raw pixels"})
        assert decision == "CONTINUE"
    assert told.phases == [(3, "raw pixels")]
