"""What the database knows of a trial beside Optuna's own columns: one attribute, written at once."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace
from typing import Any

from spreadtune.run_folder import TrialStatus
from spreadtune.search.sampling.settings import Value
from spreadtune.spec.seed import Stage

RECORD = "record"
STOP = "stop"
REASON = "reason"
MEASURED = "metrics"


@dataclass(frozen=True)
class Record:
    """Which trial of the run this is and everything that was drawn for it.

    Attributes:
        trial: the run-wide number.
        setting: counts from 0 in its variant.
        seed: the repetition.
        params: by Optuna's names.
        values: by path of the trial's file; alpha stands here where Optuna has a position in the window.
        duplicate_of: the first trial of the same setting, when the sampler came back to it.
        repeat_of: the first trial of the same setting, when racing gave it a further seed.
        retry_of: the failed trial that this one repeats.
        draws: how many settings the sampler drew for it, those included that were tried already.
        stage: search, or confirm of a setting that the search chose.
    """

    trial: int
    setting: int
    seed: int
    params: Mapping[str, Value] = field(default_factory=dict)
    values: Mapping[str, Value] = field(default_factory=dict)
    duplicate_of: int | None = None
    repeat_of: int | None = None
    retry_of: int | None = None
    draws: int = 0
    stage: Stage = "search"

    @property
    def pair(self) -> tuple[int, int]:
        """(setting, seed)."""
        return self.setting, self.seed

    def retry(self, number: int) -> "Record":
        """The same pair of setting and seed once more."""
        return replace(self, trial=number, retry_of=self.trial, draws=0)

    def attribute(self) -> dict[str, Any]:
        return asdict(self)


@dataclass(frozen=True)
class Stop:
    """An early stop as it was ordered: the last epoch and what it reported."""

    epoch: int
    metrics: Mapping[str, float]
    reason: str


@dataclass
class Row:
    """A trial as the driver knows it, or as a database, a table or the run's folder tells it.

    Attributes:
        record: what was drawn.
        optuna_id: Optuna's key of the trial in its storage; None where the row comes from files.
        state: RUNNING until settled.
        stop: the early stop that was ordered, if one was.
        reported: epochs whose value the pruner has.
        metrics: what a COMPLETE trial measured, by name.
        reason: why it ended, as stored; None before that, and for COMPLETE.
    """

    record: Record
    optuna_id: int | None = None
    state: TrialStatus = "RUNNING"
    stop: Stop | None = None
    reported: set[int] = field(default_factory=set)
    metrics: Mapping[str, float] = field(default_factory=dict)
    reason: str | None = None


Rows = dict[int, Row]
"""The trials of a variant by run-wide number."""
