"""What becomes of a trial whose worker was lost."""

import pickle
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from spreadtune.run_folder import Outcome, TrialFolder
from spreadtune.runtime.cluster.resources import Slots
from spreadtune.runtime.monitor import SilentMonitor
from spreadtune.runtime.tune.adapters import LedgerScheduler, LedgerSearcher
from spreadtune.runtime.tune.jobs import Jobs
from spreadtune.runtime.tune.stop_request import StopRequest
from spreadtune.runtime.worker.memory import note_memory
from spreadtune.runtime.worker.out_of_memory import ActorOutOfMemoryError
from spreadtune.search.assignment import Assignment
from spreadtune.spec.search import SearchConfig
from tests.small_trial import small_trial

RAYS_WORDS = "Memory on the node (IP: 192.0.2.2, ID: 81aa) was 22.90GB used / 23.54GB limit (0.97)"
IN_OUR_WORDS = "Ray ended the worker to free its machine, where 22.90GB of 23.54GB were in use"


class Ledger:
    """One trial to hand out; remembers what it was told."""

    def __init__(self, folder: TrialFolder, retries: int) -> None:
        given = {"kind": "trial", "number": 7, "folder": folder, "label": "alpha 0", "spec": small_trial()}
        self.waiting: list[Any] = [SimpleNamespace(**given)]
        self.errors: list[str | None] = []
        self.study = SimpleNamespace(resources=SimpleNamespace(retries=retries), search=SearchConfig())
        self.waits = False

    def next(self) -> Any:
        return self.waiting.pop() if self.waiting else None

    def settle(self, number: int, *, error: str | None) -> Outcome:
        self.errors.append(error)
        return Outcome("FAIL", error)

    def progress(self) -> None: ...


@pytest.fixture
def folder(tmp_path: Path) -> TrialFolder:
    folder = TrialFolder(tmp_path / "trials" / "0007")
    folder.path.mkdir(parents=True)
    return folder


class Counting(SilentMonitor):
    """Counts what it hears of losses."""

    losses = 0

    def lost(self, assignment: Assignment) -> None:
        self.losses += 1


def searcher(folder: TrialFolder, retries: int = 2) -> LedgerSearcher:
    ledger: Any = Ledger(folder, retries)
    return LedgerSearcher(Jobs(ledger, Slots(1, 1, 0, 1), Counting(), "scratch", StopRequest()))


def lose(search: LedgerSearcher, folder: TrialFolder, memory: bool) -> None:
    """The next worker begins an attempt and is lost."""
    assert search.suggest("tune-id")["folder"] == str(folder.path)
    attempt = folder.new_attempt()
    if memory:
        note_memory(attempt, "2 GiB used, 1 GiB allowed")
    search.on_trial_complete("tune-id", error=True)


def errors(search: LedgerSearcher) -> list[str | None]:
    ledger: Any = search.jobs.ledger
    return list(ledger.errors)


def test_one_that_vanishes_is_taken_up_as_often_as_the_study_says(folder: TrialFolder) -> None:
    search = searcher(folder, retries=2)
    for _ in range(3):
        assert errors(search) == []
        lose(search, folder, memory=False)
    assert errors(search) == ["the worker vanished and its retries are used up"]
    assert search.suggest("another") == "FINISHED"
    monitor: Any = search.jobs.monitor
    assert monitor.losses == 2, "the third is its end"


@pytest.mark.parametrize("retries", [0, 5])
def test_one_that_needs_too_much_memory_is_taken_up_once_whatever_the_retries(
    retries: int, folder: TrialFolder
) -> None:
    search = searcher(folder, retries)
    for _ in range(2):
        assert errors(search) == []
        lose(search, folder, memory=True)
    assert errors(search) == ["memory: 2 GiB used, 1 GiB allowed, twice"]


def test_each_cause_has_its_own_count(folder: TrialFolder) -> None:
    search = searcher(folder, retries=1)
    lose(search, folder, memory=True)
    lose(search, folder, memory=False)
    assert errors(search) == [], "a note of the attempt before is no reason now"
    lose(search, folder, memory=False)
    assert errors(search) == ["the worker vanished and its retries are used up"]


def test_while_a_worker_is_at_it_more_may_come(folder: TrialFolder) -> None:
    search = searcher(folder)
    assert isinstance(search.suggest("tune-id"), dict)
    assert search.suggest("another") is None, "nothing now; were it finished, nothing would be asked again"
    search.on_trial_complete("tune-id", error=True)
    assert isinstance(search.suggest("another"), dict)


def test_a_result_that_was_left_counts_more_than_the_end_of_the_process(folder: TrialFolder) -> None:
    search = searcher(folder)
    search.suggest("tune-id")
    Outcome("COMPLETE", epoch=4).write(folder.new_attempt().result_file)
    search.on_trial_complete("tune-id", error=True)
    assert errors(search) == [None]


def test_half_a_file_of_a_killed_worker_is_gone_when_its_trial_is_settled(folder: TrialFolder) -> None:
    search = searcher(folder, retries=0)
    search.suggest("tune-id")
    half = folder.new_attempt().path / ".checkpoint-0001.pt.0badcafe.tmp"
    half.write_bytes(b"half")
    search.on_trial_complete("tune-id", error=True)
    assert not half.exists()


def test_what_ray_ended_for_memory_is_taken_up_once_too(folder: TrialFolder) -> None:
    search = searcher(folder, retries=5)
    scheduler = LedgerScheduler(search.jobs)
    error = folder.path / "error.pkl"
    error.write_bytes(pickle.dumps(ActorOutOfMemoryError(error_msg=RAYS_WORDS)))
    trial = SimpleNamespace(trial_id="tune-id", pickled_error_file=str(error))
    for _ in range(2):
        assert errors(search) == []
        search.suggest("tune-id")
        scheduler.on_trial_error(None, trial)
        search.on_trial_complete("tune-id", error=True)
    assert errors(search) == [f"memory: {IN_OUR_WORDS}, twice"]
