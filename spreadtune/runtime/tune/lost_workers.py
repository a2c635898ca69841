"""Workers that were lost, and how often a trial is taken up again."""

from collections import Counter

from spreadtune.search.assignment import Assignment

MEMORY_RETRIES = 1
"""In a fresh process: what earlier trials left in a reused one is not this trial's fault, and Ray may have ended a
worker for what others on its machine used."""


class LostWorkers:
    """Counts what each trial and reference lost under this driver, by cause.

    Args:
        retries: how often one whose worker vanished is taken up again; memory has a count of its own.
    """

    def __init__(self, retries: int) -> None:
        self._retries = retries
        self._counts: Counter[tuple[str, int, bool]] = Counter()

    def final(self, assignment: Assignment, memory: str | None) -> str | None:
        """Count a loss: why the trial has failed now, or None when it is to be taken up again.

        Args:
            assignment: what the worker was at.
            memory: what was used and allowed, where that is why it ended; None when it vanished.
        """
        key = assignment.kind, assignment.number, memory is not None
        self._counts[key] += 1
        if self._counts[key] <= (self._retries if memory is None else MEMORY_RETRIES):
            return None
        return "the worker vanished and its retries are used up" if memory is None else f"memory: {memory}, twice"
