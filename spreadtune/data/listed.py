"""Long lists in messages."""

from collections.abc import Sequence

_NAMED = 5  # files, folders and subclasses are named up to so many


def listed(names: Sequence[str]) -> str:
    """The first few names, and how many more there are."""
    more = f" and {len(names) - _NAMED} more" if len(names) > _NAMED else ""
    return ", ".join(names[:_NAMED]) + more
