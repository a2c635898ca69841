"""Standard output and error as every command has them: whatever becomes of the console, the work goes on."""

import errno
import io
import os
import select
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, redirect_stderr, redirect_stdout
from typing import Any, TextIO

import click

NOBODY_READS = (errno.EPIPE, errno.EIO)
"""A pipe whose reader has ended, a terminal that was closed: nobody misses anything."""


def say(text: str = "", *, err: bool = False) -> None:
    """A line on standard output or error, in the stream's own encoding.

    ``click.echo`` left alone writes UTF-8 where the stream is said to be ASCII.
    """
    click.echo(text, file=sys.stderr if err else sys.stdout)


@contextmanager
def lasting_streams() -> Iterator[Callable[[], str | None]]:
    """Inside the block nothing that is written to standard output or error raises.

    What the encoding lacks is replaced. Once a write has failed, the rest goes nowhere. Streams that are not the
    process's own (a test's, a notebook's) are left as they are.

    Yields:
        What says why standard output is incomplete; None where it is whole, or where nobody reads it any more.
    """
    _occupy_standard_descriptors()
    with ExitStack() as stack:
        out, err = _lasting(sys.stdout, 1), _lasting(sys.stderr, 2)
        if out:
            stack.enter_context(redirect_stdout(out))
            stack.callback(out.flush)
        if err:
            stack.enter_context(redirect_stderr(err))
            stack.callback(err.flush)
        yield lambda: _incomplete(out) if out else None


class LastingFile(io.FileIO):
    """A descriptor that takes all that is written; after the first failure it goes nowhere.

    There is no buffer here: a signal's answer may print while something is being printed, which a
    :class:`io.BufferedWriter` refuses.

    Attributes:
        lost: the first failure.
    """

    def __init__(self, descriptor: int) -> None:
        super().__init__(descriptor, "w", closefd=False)
        self.lost: OSError | None = None

    def write(self, data: Any) -> int:
        left = memoryview(data).cast("B")
        while left and self.lost is None:
            try:
                written: int | None = super().write(left)
                if written is None:  # another process made it non-blocking, and it is full
                    select.select([], [self], [])
                left = left[written or 0 :]
            except OSError as error:
                self.lost = error
        return len(data)


class LastingText(io.TextIOWrapper):
    """Text over a :class:`LastingFile`.

    Attributes:
        file: it.
    """

    def __init__(self, file: LastingFile, encoding: str, errors: str, *, line_buffering: bool) -> None:
        super().__init__(file, encoding=encoding, errors=errors, line_buffering=line_buffering)
        self.file = file


def _lasting(stream: TextIO | None, descriptor: int) -> LastingText | None:
    """The stream in a form that does not fail; None for one that is not the process's own."""
    if stream is None:  # the descriptor was closed when Python started
        return LastingText(LastingFile(descriptor), "utf-8", "replace", line_buffering=False)
    if not isinstance(stream, io.TextIOWrapper) or not _writes_to(stream, descriptor):
        return None
    stream.flush()
    errors = "replace" if stream.errors in ("strict", "surrogateescape") else str(stream.errors)
    return LastingText(LastingFile(descriptor), stream.encoding, errors, line_buffering=stream.line_buffering)


def _writes_to(stream: TextIO, descriptor: int) -> bool:
    try:
        return stream.fileno() == descriptor
    except (OSError, ValueError):  # it has none, or is closed
        return False


def _incomplete(out: LastingText) -> str | None:
    out.flush()
    lost = out.file.lost
    return lost.strerror if lost and lost.errno not in NOBODY_READS else None


def _occupy_standard_descriptors() -> None:
    """A descriptor that is closed would be given to the next file that is opened, and be printed into."""
    for descriptor in (0, 1, 2):
        try:
            os.fstat(descriptor)
        except OSError:
            os.open(os.devnull, os.O_RDWR)  # it takes the lowest that is free
