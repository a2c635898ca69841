"""When a slot that finds nothing to do is to ask again."""

from types import SimpleNamespace
from typing import Any

import pytest

from spreadtune.runtime.cluster.resources import Slots
from spreadtune.runtime.monitor import SilentMonitor
from spreadtune.runtime.tune.adapters import LedgerSearcher
from spreadtune.runtime.tune.jobs import Jobs
from spreadtune.runtime.tune.stop_request import StopRequest
from spreadtune.spec.search import SearchConfig


def searcher(*, waits: bool, running: bool, stopped: bool = False) -> Any:
    stop = StopRequest()
    stop.made = stopped
    study = SimpleNamespace(resources=SimpleNamespace(retries=1), search=SearchConfig())
    ledger = SimpleNamespace(next=lambda: None, waits=waits, study=study)
    jobs = Jobs(ledger, Slots(workers=1, cpus=1, gpus=0, count=2), SilentMonitor(), "", stop)
    if running:
        jobs.running["one"] = SimpleNamespace()
    return LedgerSearcher(jobs)


@pytest.mark.parametrize("waits", [True, False])
def test_it_asks_again_while_a_trial_is_in_training(waits: bool) -> None:
    """Its end may bring a confirmation; its worker may be lost, and it comes again."""
    assert searcher(waits=waits, running=True).suggest("two") is None


@pytest.mark.parametrize(
    "state",
    [
        {"waits": False, "running": False},
        {"waits": True, "running": False},  # what was not recorded is a resume's: nothing here will end any more
        {"waits": True, "running": True, "stopped": True},
    ],
)
def test_else_there_is_nothing_left(state: dict[str, bool]) -> None:
    assert searcher(**state).suggest("two") == "FINISHED"
