"""How far a run is."""

from collections.abc import Mapping
from dataclasses import dataclass

from spreadtune.search.record import Row, TrialStatus
from spreadtune.search.settings import Value


@dataclass(frozen=True)
class Best:
    """The best single trial so far. The answer of a study is a mean over seeds; this is for watching."""

    value: float
    params: Mapping[str, Value]
    label: str


@dataclass(frozen=True)
class Progress:
    """Counts of pairs (a setting at a seed); a pair that was retried counts once, as its last trial stands.

    Attributes:
        total: the pairs of the whole study.
        complete, pruned, failed, running: those that have a trial, by its state.
        references_total, references_done: floors and ceilings, one for each seed that has them.
        best: the best finished trial, if there is one.
    """

    total: int
    complete: int
    pruned: int
    failed: int
    running: int
    references_total: int
    references_done: int
    best: Best | None


def pair_states(rows: Mapping[int, Row]) -> list[TrialStatus]:
    """One state for each trial that is no retry: that of the last trial of its pair."""
    last = {row.record.pair: row.state for _, row in sorted(rows.items())}
    return [last[row.record.pair] for row in rows.values() if row.record.retry_of is None]
