"""The result of one check, and how checks that crash become results."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Literal

Status = Literal["ok", "warning", "problem"]


@dataclass(frozen=True)
class Check:
    """What one check found.

    Attributes:
        name: what was looked at, a word or two.
        status: ok; warning: studies run, but something is to be known; problem: they do not, or not all.
        text: what was found.
        fix: what to do about it; empty where nothing is to be done.
    """

    name: str
    status: Status
    text: str
    fix: str = ""


def examined(name: str, check: Callable[[], Check | Iterable[Check]]) -> Iterator[Check]:
    """What a check finds; one that crashes is a problem itself, told with its reason, and stops no other."""
    try:
        found = check()
        yield from [found] if isinstance(found, Check) else list(found)
    except Exception as error:
        reason = (str(error).strip().splitlines() or [""])[0]
        yield Check(name, "problem", f"could not be looked at: {type(error).__name__}: {reason}".rstrip(": "))
