"""What is shown while a data set is read."""

import io

from rich.console import Console

from spreadtune.cli.live.decoding import decoding_shown
from spreadtune.data.reading_progress import on_progress


class Clock:
    """Seconds, as the test sets them."""

    now = 0.0

    def __call__(self) -> float:
        return self.now


def test_elsewhere_than_on_a_terminal_there_is_a_line_now_and_then_and_one_at_the_end() -> None:
    console, clock = Console(file=io.StringIO(), width=40), Clock()
    with decoding_shown(console, clock):
        for second, done in ((0, 0), (4, 10), (9, 20), (12, 30), (15, 40), (23, 50), (24, 60)):
            clock.now = second
            on_progress("decoding cifar10", done, 60)
        on_progress("decoding mnist", 0, 5)
        on_progress("decoding mnist", 5, 5)  # at once: not worth a line
    assert console.file.getvalue().splitlines() == [  # type: ignore[attr-defined]
        "data       decoding cifar10: 30 of 60 images",
        "data       decoding cifar10: 50 of 60 images",
        "data       decoding cifar10: 60 of 60 images",
    ]


def test_a_terminal_shows_a_bar_that_goes_away() -> None:
    console = Console(file=io.StringIO(), width=100, force_terminal=True)
    with decoding_shown(console):
        on_progress("decoding cifar10", 30, 60)
    assert "decoding cifar10" in console.file.getvalue()  # type: ignore[attr-defined]
    assert "30/60" in console.file.getvalue()  # type: ignore[attr-defined]


def test_after_the_block_nobody_listens() -> None:
    console = Console(file=io.StringIO())
    with decoding_shown(console):
        pass
    on_progress("decoding cifar10", 60, 60)
    assert console.file.getvalue() == ""  # type: ignore[attr-defined]
