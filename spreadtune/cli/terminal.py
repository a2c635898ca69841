"""What a person sees while a study runs: a live line on a terminal, one line per event elsewhere."""

import logging
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager

from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn

from spreadtune.cli.eta import as_clock
from spreadtune.cli.program import beside
from spreadtune.run_folder import Outcome
from spreadtune.runtime.cluster import TOKEN_VERB, Cluster
from spreadtune.runtime.eta import Eta
from spreadtune.runtime.resources import Slots
from spreadtune.search.assignment import Assignment
from spreadtune.search.progress import Progress as Counts
from spreadtune.spec.quantities import size_text
from spreadtune.spec.study import Study


class Terminal:
    """The monitor of a run on a console. Use it as a context: the live line ends with the block."""

    def __init__(self, study: Study, console: Console) -> None:
        self._console = console
        self._metric = study.search.metric
        self._metrics = dict.fromkeys((*study.search.optimize, *study.search.selection.metrics))
        self._epochs = study.training.epochs
        self._eta = Eta(0)
        self._reached: dict[tuple[str, int], int] = {}
        self._best = ""
        columns = (TextColumn("{task.description}"), BarColumn(24), TextColumn("{task.fields[status]}"))
        self._live = Progress(*columns, console=console, transient=True)
        self._line = self._live.add_task("starting Ray", total=None, status="")

    def __enter__(self) -> "Terminal":
        if self._console.is_terminal:
            self._live.start()
        return self

    def __exit__(self, *exception: object) -> None:
        if self._console.is_terminal:
            self._live.stop()

    def say(self, text: str) -> None:
        """One line above the live one."""
        # Words are kept whole on a terminal; elsewhere a line is an event, however long.
        self._console.print(text, markup=False, highlight=False, soft_wrap=not self._console.is_terminal)

    def connected(self, cluster: Cluster, slots: Slots, progress: Counts) -> None:
        self.say(f"slots      {describe_slots(slots)}")
        if cluster.dashboard:
            command = f"{beside('ray')} {TOKEN_VERB}"
            self.say(f"dashboard  {cluster.dashboard}  (asks for a token; `{command}` shows it)")
        floors = f" and {counted(progress.references_total, 'reference')} (floors and ceiling)"
        confirm = f", {progress.confirm_total} of them a confirmation," if progress.confirm_total else ""
        self.say(f"to run     {counted(progress.total, 'trial')}{confirm}{floors if progress.references_total else ''}")
        self._eta = Eta((_total(progress) - _done(progress)) * self._epochs)
        self._show(progress)

    def started(self, assignment: Assignment, progress: Counts) -> None:
        self._reached[assignment.kind, assignment.number] = 0
        if not self._console.is_terminal:
            self.say(f"started    {_name(assignment)}{', taken up again' if assignment.resumed else ''}")

    def reported(self, assignment: Assignment, epoch: int, metrics: Mapping[str, float]) -> None:
        key = assignment.kind, assignment.number
        self._eta.saw(max(0, epoch - self._reached[key]))
        self._reached[key] = max(epoch, self._reached[key])
        self._live.update(self._line, status=self._status())

    def settled(self, assignment: Assignment, outcome: Outcome, progress: Counts) -> None:
        self._eta.dropped(self._epochs - self._reached.pop((assignment.kind, assignment.number), 0))
        if progress.best:
            bounds = "" if progress.best.feasible else " (bounds not kept)"
            self._best = f"best {self._metric} {progress.best.value:.3f}{bounds}"
        eta = "" if self._console.is_terminal else f"  {self._remaining()}"
        count = f"{_done(progress)}/{_total(progress)}"
        self.say(f"{count:10} {_name(assignment)}: {self._told(outcome)}{eta}")
        self._show(progress)

    def left(self, assignment: Assignment) -> None:
        epoch = self._reached.pop((assignment.kind, assignment.number), 0)
        self.say(f"left       {_name(assignment)} after epoch {epoch}")

    def _show(self, progress: Counts) -> None:
        count = f"{_done(progress)}/{_total(progress)}"
        self._live.update(
            self._line, total=_total(progress), completed=_done(progress), description=count, status=self._status()
        )

    def _status(self) -> str:
        return "  ".join(part for part in (self._remaining(), self._best) if part)

    def _remaining(self) -> str:
        seconds = self._eta.seconds()
        return "" if seconds is None else f"ETA {as_clock(seconds)}"

    def _told(self, outcome: Outcome) -> str:
        if outcome.state == "PRUNED":
            return str(outcome.reason)
        if outcome.state == "FAIL":
            return f"failed after epoch {outcome.epoch}: {outcome.reason}"
        measured = (name for metric in self._metrics for name in (metric, f"test.{metric}"))
        names = dict.fromkeys((*measured, "spread", *(f"ceiling.{metric}" for metric in self._metrics)))
        numbers = [f"{name} {outcome.metrics[name]:.3f}" for name in names if name in outcome.metrics]
        seconds = outcome.details.get("seconds")
        return ", ".join(numbers) + (f" ({seconds:.1f} s)" if seconds is not None else "")


class TerminalHandler(logging.Handler):
    """Log records as lines above the live one."""

    def __init__(self, terminal: Terminal) -> None:
        super().__init__()
        self._terminal = terminal

    def emit(self, record: logging.LogRecord) -> None:
        self._terminal.say(self.format(record))


@contextmanager
def epoch_progress(description: str) -> Iterator[Callable[[int, int], None]]:
    """A bar over epochs on a terminal, nothing elsewhere; gives what to call with (epoch, epochs)."""
    with Progress(transient=True, disable=not Console().is_terminal) as bar:
        task = bar.add_task(description, total=None)
        yield lambda epoch, epochs: bar.update(task, completed=epoch, total=epochs)


def describe_slots(slots: Slots) -> str:
    """How many trials side by side, and what each has."""
    each = f"{slots.cpus} CPU and " + (f"{slots.gpus:g} GPU" if slots.gpus else "no GPU")
    if slots.memory:
        each += f", up to {size_text(slots.memory)}"
    if slots.workers > 1:
        each = f"{slots.workers} workers of {each}"
    return f"{slots.count} side by side, each with {each}"


def counted(number: int, thing: str) -> str:
    """``1 trial``, ``3 trials``."""
    return f"{number} {thing}" if number == 1 else f"{number} {thing}s"


def _name(assignment: Assignment) -> str:
    return f"{assignment.kind} {assignment.number} ({assignment.label})"


def _total(progress: Counts) -> int:
    return progress.total + progress.references_total


def _done(progress: Counts) -> int:
    return progress.complete + progress.pruned + progress.failed + progress.references_done
