"""Whole runs in this process: the real command, driver, ledger, database and training; one slot in the place of Ray."""

import itertools
import logging
import signal
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from spreadtune.cli.main import main
from spreadtune.run_folder import RunFolder
from spreadtune.runtime import driver
from spreadtune.runtime.cluster.connection import Cluster
from spreadtune.runtime.cluster.resources import Node
from tests.workplace import Workplace

SMALL = {"model.encoder": {"name": "convnet", "width": 4, "embedding_dim": 8}, "search.seeds": 1}


class Session:
    """A folder with studies, and the command run in it.

    Attributes:
        at_report: called with the trial's folder and the result, before the scheduler sees it.
        while_away: called whenever nothing can be handed out for now.
    """

    def __init__(self, folder: Path, capsys: pytest.CaptureFixture[str], patch: pytest.MonkeyPatch) -> None:
        self.folder, self._capsys = folder, capsys
        self.at_report: Callable[[Path, Mapping[str, Any]], None] = lambda folder, result: None
        self.while_away: Callable[[], None] = lambda: None
        patch.chdir(folder)
        patch.setattr(driver, "connect", _no_cluster)
        patch.setattr("ray.tune.Tuner", lambda *given, **named: _OneSlot(self, patch, **named))

    def write(self, name: str, changes: Mapping[str, Any] | None = None) -> None:
        Workplace(self.folder).write(name, {**SMALL, **(changes or {})})

    def spreadtune(self, *arguments: str) -> tuple[int, str]:
        """Exit code and everything that was printed."""
        with process_as_it_was(), pytest.raises(SystemExit) as ended:
            main(arguments)
        printed = self._capsys.readouterr()
        return int(ended.value.code or 0), printed.out + printed.err


class _OneSlot:
    """Tune's loop with one slot: asks the searcher, trains, passes reports on, says when a trial is over."""

    def __init__(self, session: Session, patch: pytest.MonkeyPatch, *, tune_config: Any, run_config: Any) -> None:
        self._session, self._patch = session, patch
        self._searcher, self._scheduler = tune_config.search_alg, tune_config.scheduler

    def fit(self) -> None:
        from ray.tune.search import Searcher

        for number in itertools.count():
            job = self._searcher.suggest(str(number))
            if job == Searcher.FINISHED:
                return
            if job is None:
                self._session.while_away()
            else:
                self._train(str(number), job)

    def _train(self, trial_id: str, job: Mapping[str, Any]) -> None:
        from spreadtune.runtime.worker.attempt import run_attempt

        def report(result: Mapping[str, Any]) -> None:
            self._session.at_report(Path(job["folder"]), result)
            flat = {key: value for key, value in result.items() if key != "metrics"}
            flat |= {f"metrics/{name}": value for name, value in result.get("metrics", {}).items()}
            if self._scheduler.on_trial_result(None, SimpleNamespace(trial_id=trial_id), flat) == "STOP":
                raise SystemExit

        self._patch.setattr("ray.tune.report", report)
        with suppress(SystemExit):
            run_attempt(job)
        self._searcher.on_trial_complete(trial_id)


@contextmanager
def _no_cluster(*_: Any, **__: Any) -> Iterator[Cluster]:
    yield Cluster(None, (Node(1, 0),))


@contextmanager
def process_as_it_was() -> Iterator[None]:
    """The command owns its process: signals and logging are given back."""
    root, package = logging.getLogger(), logging.getLogger("spreadtune")
    before = root.handlers[:], root.level, package.level
    answers = {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield
    finally:
        logging.captureWarnings(False)
        for handler in root.handlers:
            if handler not in before[0]:
                handler.close()
        root.handlers[:], root.level = before[0], before[1]
        package.setLevel(before[2])
        for number, answer in answers.items():
            signal.signal(number, answer)


def assert_nothing_lost(run: RunFolder, pairs: int, *, storage: str | None = None) -> None:
    """Each setting at each seed has finished once, every reference too, and nothing of ours is left behind."""
    import spreadtune

    results = spreadtune.load_results(run.path, storage=storage)
    ended = results.trials[results.trials["state"] != "FAIL"]
    finished = Counter(zip(ended["variant"], ended["setting"], ended["seed"], strict=True))
    assert set(ended["state"]) <= {"COMPLETE", "PRUNED"}
    assert len(finished) == pairs
    assert set(finished.values()) == {1}, finished
    for number in results.trials["trial"]:
        assert run.trial(number).outcome(), number
        epochs = [line["epoch"] for line in run.trial(number).history()]
        assert epochs == list(range(1, len(epochs) + 1))
    assert set(results.references["state"]) <= {"COMPLETE"}
    left = [path.name for path in run.path.rglob("*") if path.name.endswith((".tmp", "-wal", "-shm", ".lock-holder"))]
    assert not left
    assert not list(run.path.rglob("stop"))
    assert not (run.path / ".tune").exists()
    assert not run.is_held()
