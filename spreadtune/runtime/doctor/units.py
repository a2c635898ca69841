"""Bytes for people."""

MIB = 2**20
GIB = 2**30


def size(count: int) -> str:
    """``3.2 GiB``, ``120 MiB``, ``0 MiB``."""
    return f"{count / GIB:.1f} GiB" if count >= GIB else f"{count / MIB:.0f} MiB"
