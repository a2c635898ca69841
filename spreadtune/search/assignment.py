"""What the ledger hands out: one thing to train."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from spreadtune.run_folder import TrialFolder
from spreadtune.search.sampling.settings import Value
from spreadtune.spec.members import member_of
from spreadtune.spec.seed import Stage
from spreadtune.spec.trial import TrialSpec


@dataclass(frozen=True)
class Assignment:
    """A trial, or a reference (the floors and the ceiling of one seed).

    Attributes:
        kind: trial, reference, or test reference: one of the confirmation, for the test split.
        number: the trial's run-wide number; a reference's seed index.
        variant: the trial's variant; None for a reference.
        setting: the trial's setting, counted in its variant; None for a reference.
        seed: the repetition.
        spec: what to train; stands in ``folder`` as ``trial.yaml``.
        folder: where its attempts go.
        resumed: it was begun by an earlier driver.
        label: a short text for people.
    """

    kind: Literal["trial", "reference", "test reference"]
    number: int
    variant: str | None
    setting: int | None
    seed: int
    spec: TrialSpec
    folder: TrialFolder
    resumed: bool
    label: str


def trial_label(values: Mapping[str, Value], seed: int, variant: str | None = None, *, stage: Stage = "search") -> str:
    """``alpha 0.56, seed 2``, after the variant's name where there are several; a confirmation's seeds are its own."""
    setting = setting_label(values)
    repetition = f"seed {seed}" if stage == "search" else f"confirmation seed {seed}"
    text = f"{setting}, {repetition}" if setting else repetition
    return f"{variant}: {text}" if variant else text


def setting_label(values: Mapping[str, Value]) -> str:
    """``temperature 0.5, alpha 0.56``; empty where nothing is searched. What several members have is told by theirs."""
    names = Counter(path.rpartition(".")[2] for path in values)
    return ", ".join(f"{_name(path, names)} {_short(value)}" for path, value in values.items())


def _name(path: str, names: Mapping[str, int]) -> str:
    name, member = path.rpartition(".")[2], member_of(path)
    return f"{member[0]} {name}" if member and names[name] > 1 else name


def _short(value: Value) -> str:
    return f"{value:.3g}" if isinstance(value, float) else str(value)
