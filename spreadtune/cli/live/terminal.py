"""What a person sees while a study runs: a live view under the lines on a terminal, one line per event elsewhere."""

import logging
import time
from collections.abc import Callable, Mapping
from dataclasses import replace
from statistics import fmean
from typing import Any

from rich.console import Console
from rich.live import Live

from spreadtune.cli.duration import as_clock
from spreadtune.cli.live.chart import Chart
from spreadtune.cli.live.lines import all_of, counted, describe_slots, how_far, name_of, told, what_is_left
from spreadtune.cli.live.view import WAITING, InTraining, View
from spreadtune.cli.program import beside
from spreadtune.run_folder import Outcome
from spreadtune.runtime.cluster.connection import TOKEN_VERB, Cluster
from spreadtune.runtime.cluster.resources import Slots
from spreadtune.runtime.eta import Eta
from spreadtune.search.assignment import Assignment
from spreadtune.search.plans.draws import typical_trial
from spreadtune.search.results.progress import Progress
from spreadtune.spec.metrics import METRICS
from spreadtune.spec.study import Study

REFRESHES = 2
"""A second; the view changes with events, between them only its times do."""

STYLES = {"COMPLETE": "", "PRUNED": "dim", "FAIL": "red"}


class Terminal:
    """The monitor of a run on a console. Use it as a context: the live view ends with the block.

    Args:
        study: what runs.
        run: the run's label.
        console: where to.
        live: whether it is a terminal that can show a view; by default what the console says.
        clock: seconds, monotonic.
    """

    def __init__(
        self,
        study: Study,
        run: str,
        console: Console,
        *,
        live: bool | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._console, self._clock = console, clock
        self._metric = study.search.metric
        self._metrics = tuple(dict.fromkeys((*study.search.optimize, *study.search.selection.metrics)))
        self._proxy = study.search.stand_in or METRICS[self._metric].stand_in
        self._eta = Eta(_epochs_of_a_trial(study), clock)
        self._in_training: dict[tuple[str, int], InTraining] = {}
        self._view = View(run, self._metric, Chart.of(study), began=clock(), clock=clock)
        self._live: Live | None = None
        if console.is_terminal and not console.is_dumb_terminal if live is None else live:
            # What libraries print is logged, not moved above the view.
            self._live = Live(
                self._view,
                console=console,
                refresh_per_second=REFRESHES,
                transient=True,
                redirect_stdout=False,
                redirect_stderr=False,
            )

    def __enter__(self) -> "Terminal":
        if self._live:
            self._live.start(refresh=True)
        return self

    def __exit__(self, *exception: object) -> None:
        if self._live:
            self._live.stop()

    def say(self, text: str, style: str = "", *, whole: bool = False) -> None:
        """One line, above the live view where there is one; a ``whole`` one has no line ends of ours, to be copied."""
        # Beside a view words are kept whole; elsewhere a line is an event, however long.
        whole = whole or self._live is None
        self._console.print(text, style=style, markup=False, highlight=False, soft_wrap=whole)

    def opened(self, progress: Progress, learned: int | None = None) -> None:
        if learned is not None:
            self.say(f"learned    from {counted(learned, 'trial')} of it whose values lie in the space of this study")
        self.say("starting   Ray" if progress.missing else f"to run     nothing: {all_of(progress)} are done")

    def connected(self, cluster: Cluster, slots: Slots, progress: Progress) -> None:
        self._eta.connected(cluster, slots, progress)
        self.say(f"slots      {describe_slots(slots)}")
        if cluster.dashboard:
            command = f"{beside('ray')} {TOKEN_VERB}"
            self.say(f"dashboard  {cluster.dashboard}  (asks for a token; `{command}` shows it)")
        self.say(f"to run     {what_is_left(progress)}")
        self._view = replace(self._view, slots=slots.count)
        self._show(progress)

    def started(self, assignment: Assignment, progress: Progress) -> None:
        self._eta.started(assignment, progress)
        self._in_training[_key(assignment)] = InTraining(name_of(assignment), "starting", resumed=assignment.resumed)
        if not self._live:
            self.say(f"started    {name_of(assignment)}{', taken up again' if assignment.resumed else ''}")
        self._show(progress)

    def entered(self, assignment: Assignment, phase: str) -> None:
        self._eta.entered(assignment, phase)
        self._note(assignment, step=phase)
        if not self._live:
            self.say(f"phase      {name_of(assignment)}: {phase}")
        self._show()

    def reported(self, assignment: Assignment, epoch: int, metrics: Mapping[str, float]) -> None:
        self._eta.reported(assignment, epoch, metrics)
        epochs = assignment.spec.epochs
        step = f"epoch {epoch} of {epochs}" if epoch < epochs else "measuring"
        phase = "" if assignment.kind == "trial" else "ceiling, "
        self._note(assignment, step=phase + step, epoch=epoch)
        if self._proxy and self._proxy in metrics:
            self._note(assignment, proxy=f"{self._proxy} {metrics[self._proxy]:.3f}")
        self._show()

    def lost(self, assignment: Assignment) -> None:
        self._note(assignment, step=WAITING, proxy="")
        self._show()

    def settled(self, assignment: Assignment, outcome: Outcome, progress: Progress) -> None:
        self._eta.settled(assignment, outcome, progress)
        del self._in_training[_key(assignment)]
        seconds = self._eta.seconds() if progress.missing and not self._live else None
        eta = "" if seconds is None else f"  ETA {as_clock(seconds)}"
        line = f"{how_far(progress):10} {name_of(assignment)}: {told(outcome, self._metrics)}{eta}"
        self.say(line, STYLES[outcome.state])
        if outcome.state == "FAIL" and (attempts := assignment.folder.attempts()):
            self.say(f"{'':10} its log: {attempts[-1].log_file}", STYLES["FAIL"], whole=True)
        self._show(progress)

    def left(self, assignment: Assignment) -> None:
        self._eta.left(assignment)
        job = self._in_training.pop(_key(assignment))
        self.say(f"left       {job.name} {job.reached}")
        self._show()

    def cut_off(self) -> None:
        """Say what was in training when the run was ended at once."""
        for job in self._in_training.values():
            self.say(f"cut off    {job.name} {job.reached}, goes on from its last checkpoint")

    def _note(self, assignment: Assignment, **news: Any) -> None:
        """What is new of a job in training."""
        key = _key(assignment)
        self._in_training[key] = replace(self._in_training[key], **news)

    def _show(self, progress: Progress | None = None) -> None:
        """The view of this moment: it never changes, for another thread draws it."""
        seconds = self._eta.seconds()
        self._view = replace(
            self._view,
            progress=progress or self._view.progress,
            in_training=tuple(self._in_training.values()),
            ends=None if seconds is None else self._clock() + seconds,
        )
        if self._live:
            self._live.update(self._view)


class TerminalHandler(logging.Handler):
    """Log records as lines above the live view."""

    def __init__(self, terminal: Terminal) -> None:
        super().__init__()
        self._terminal = terminal

    def emit(self, record: logging.LogRecord) -> None:
        self._terminal.say(self.format(record), "yellow" if record.levelno >= logging.WARNING else "")


def _key(assignment: Assignment) -> tuple[str, int]:
    return assignment.kind, assignment.number


def _epochs_of_a_trial(study: Study) -> int:
    """About so many has one that waits."""
    return round(fmean(typical_trial(variant).epochs for variant in study.variants()))
