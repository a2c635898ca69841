"""Standard output of this process as a console, a pipe or a file that a shell would give it."""

import io
import os
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager


@contextmanager
def standard_output(descriptor: int, encoding: str) -> Iterator[None]:
    """Descriptor 1, and what Python makes of it when it starts: strict about what the encoding lacks."""
    kept, stream = os.dup(1), sys.stdout
    os.dup2(descriptor, 1)
    sys.stdout = io.TextIOWrapper(io.BufferedWriter(io.FileIO(1, "w", closefd=False)), encoding, "strict")
    try:
        yield
    finally:
        sys.stdout.flush()
        sys.stdout = stream
        os.dup2(kept, 1)
        os.close(kept)


def printed(encoding: str, work: Callable[[], object]) -> bytes:
    """What arrives at the other end of a pipe."""
    reader, writer = os.pipe()
    received: list[bytes] = []

    def read() -> None:
        with open(reader, "rb") as stream:
            received.append(stream.read())

    reading = threading.Thread(target=read)
    reading.start()
    with standard_output(writer, encoding):
        os.close(writer)
        work()
    reading.join()
    return received[0]


@contextmanager
def nobody_reads() -> Iterator[None]:
    """Standard output is a pipe whose reader has ended."""
    reader, writer = os.pipe()
    os.close(reader)
    with standard_output(writer, "utf-8"):
        yield
    os.close(writer)
