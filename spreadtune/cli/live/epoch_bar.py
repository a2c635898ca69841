"""How far the epochs of one trial are."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import Progress


@contextmanager
def epoch_bar(description: str) -> Iterator[Callable[[int, int], None]]:
    """A bar over epochs on a terminal, nothing elsewhere; gives what to call with (epoch, epochs)."""
    with Progress(transient=True, disable=not Console().is_terminal) as bar:
        task = bar.add_task(description, total=None)
        yield lambda epoch, epochs: bar.update(task, completed=epoch, total=epochs)
