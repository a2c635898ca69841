"""What a person sees while a data set is read: a bar on a terminal, a line now and then elsewhere."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TaskID, TextColumn, TimeRemainingColumn

from spreadtune.data.reading_progress import OnProgress, listening

SECONDS_BETWEEN_LINES = 10.0
SECONDS_WORTH_A_LINE = 1.0


@contextmanager
def decoding_shown(console: Console, clock: Callable[[], float] = time.monotonic) -> Iterator[None]:
    """Shows inside the block how far data sets are read."""
    if console.is_terminal:
        columns = (TextColumn("{task.description}"), BarColumn(24), MofNCompleteColumn(), TimeRemainingColumn())
        with Progress(*columns, console=console, transient=True) as live, listening(_bars(live)):
            yield
    else:
        with listening(_lines(console, clock)):
            yield


def _bars(live: Progress) -> OnProgress:
    tasks: dict[str, TaskID] = {}

    def show(description: str, done: int, total: int) -> None:
        if description not in tasks:
            tasks[description] = live.add_task(description, total=total)
        live.update(tasks[description], completed=done)

    return show


def _lines(console: Console, clock: Callable[[], float]) -> OnProgress:
    """A line every few seconds, and one at the end of what took a while."""
    begun: dict[str, float] = {}
    said: dict[str, float] = {}

    def show(description: str, done: int, total: int) -> None:
        now = clock()
        start = begun.setdefault(description, now)
        ended = done == total and now - start >= SECONDS_WORTH_A_LINE
        if ended or now - said.setdefault(description, now) >= SECONDS_BETWEEN_LINES:
            said[description] = now
            text = f"data       {description}: {done} of {total} images"
            console.print(text, markup=False, highlight=False, soft_wrap=True)

    return show
