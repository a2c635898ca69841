"""Every line of a piped run, word for word."""

import io
from pathlib import Path

import pytest
from rich.console import Console

from spreadtune.cli import terminal as module
from spreadtune.cli.terminal import Terminal
from spreadtune.run_folder import Outcome, TrialFolder
from spreadtune.runtime.cluster import Cluster
from spreadtune.runtime.eta import Eta
from spreadtune.runtime.resources import Node, Slots
from spreadtune.search.assignment import Assignment
from spreadtune.search.progress import Best, Progress
from spreadtune.spec.load import load_study
from spreadtune.spec.seed import Seed
from spreadtune.spec.study import Study
from tests.workplace import Workplace


@pytest.fixture
def study(tmp_path: Path) -> Study:
    Workplace(tmp_path).write("told", {})
    return load_study(tmp_path / "studies" / "told.yaml")


class Clock:
    """Seconds, as the test sets them."""

    now = 0.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    clock = Clock()
    monkeypatch.setattr(module, "beside", lambda tool: tool)
    monkeypatch.setattr(module, "Eta", lambda epochs_left: Eta(epochs_left, clock=clock))
    return clock


def progress(done: int, best: Best | None = None, **counts: int) -> Progress:
    return Progress(
        total=4, complete=done, pruned=counts.get("pruned", 0), failed=counts.get("failed", 0), running=0,
        references_total=1, references_done=counts.get("references", 0), best=best,
    )  # fmt: skip


def told(study: Study, clock: Clock, *, on_terminal: bool) -> list[str]:
    """What a person reads of a short, eventful study."""
    [variant] = study.variants()

    def assignment(number: int, kind: str = "trial", *, resumed: bool = False) -> Assignment:
        spec = variant.trial({"objective.alpha": 0.6}, Seed(study=0, index=0))
        label = f"alpha 0.6, seed {number}" if kind == "trial" else "floors and ceiling, seed 0"
        folder = TrialFolder(Path("trials") / f"{number:04d}")
        return Assignment(kind, number, "main", 0, number, spec, folder, resumed, label)  # type: ignore[arg-type]

    output = io.StringIO()
    console = Console(file=output, width=120, force_terminal=on_terminal, highlight=False, legacy_windows=False)
    with Terminal(study, console) as monitor:
        monitor.connected(Cluster("http://127.0.0.1:8265", (Node(2, 0),)), Slots(1, 1, 0, 2), progress(0))
        trials = [assignment(0), assignment(1, resumed=True), assignment(2), assignment(3)]
        for trial in trials:
            monitor.started(trial, progress(0))
        for epoch in (1, 2, 3, 4):  # one a second, of 20 in all
            clock.now += 1
            monitor.reported(trials[0], epoch, {"spread": 0.1})
        best = Best(0.95, {"objective.alpha": 0.6}, "alpha 0.6, seed 0")
        complete = Outcome(
            "COMPLETE", epoch=4, metrics={"transfer_accuracy": 0.95, "spread": 0.1234}, details={"seconds": 3.21}
        )
        monitor.settled(trials[0], complete, progress(1, best))
        monitor.settled(
            trials[1], Outcome("PRUNED", "stopped early at epoch 2 (median)", 2), progress(1, best, pruned=1)
        )
        monitor.settled(trials[2], Outcome("FAIL", "RuntimeError: on fire", 0), progress(1, best, pruned=1, failed=1))
        reference = assignment(0, "reference")
        monitor.started(reference, progress(1, best))
        metrics = {"ceiling.transfer_accuracy": 0.99}
        ceiling = Outcome("COMPLETE", epoch=4, metrics=metrics, details={"seconds": 2.0})
        monitor.settled(reference, ceiling, progress(1, best, pruned=1, failed=1, references=1))
    return output.getvalue().splitlines()


def test_piped(study: Study, clock: Clock) -> None:
    assert told(study, clock, on_terminal=False) == [
        "slots      2 side by side, each with 1 CPU and no GPU",
        "dashboard  http://127.0.0.1:8265  (asks for a token; `ray get-auth-token` shows it)",
        "to run     4 trials and 1 reference (floors and ceiling)",
        "started    trial 0 (alpha 0.6, seed 0)",
        "started    trial 1 (alpha 0.6, seed 1), taken up again",
        "started    trial 2 (alpha 0.6, seed 2)",
        "started    trial 3 (alpha 0.6, seed 3)",
        "1/5        trial 0 (alpha 0.6, seed 0): transfer_accuracy 0.950, spread 0.123 (3.2 s)  ETA 0:16",
        "2/5        trial 1 (alpha 0.6, seed 1): stopped early at epoch 2 (median)  ETA 0:12",
        "3/5        trial 2 (alpha 0.6, seed 2): failed after epoch 0: RuntimeError: on fire  ETA 0:08",
        "started    reference 0 (floors and ceiling, seed 0)",
        "4/5        reference 0 (floors and ceiling, seed 0): ceiling.transfer_accuracy 0.990 (2.0 s)  ETA 0:04",
    ]


def test_a_terminal_has_one_live_line_with_eta_and_the_best(study: Study, clock: Clock) -> None:
    text = "\n".join(told(study, clock, on_terminal=True))
    assert "4/5 " in text
    assert "best transfer_accuracy 0.950" in text
    assert "ETA" in text
    assert "started    trial" not in text
