"""What a confirmation found at seeds that chose nothing, on the test split: the best settings and a SupCon."""

from dataclasses import dataclass

import pandas as pd

from spreadtune.analysis.by_seed import by_seed
from spreadtune.analysis.frame import Frame
from spreadtune.analysis.method import method, method_with_scheme
from spreadtune.analysis.paired import Paired, holm, paired
from spreadtune.analysis.statistics import Interval, interval
from spreadtune.analysis.words import in_words, values_in_words
from spreadtune.search.results.choice import Setting
from spreadtune.search.results.selection import completed
from spreadtune.search.results.to_confirm import settings_to_confirm
from spreadtune.spec.objective import SUPCON


@dataclass(frozen=True)
class Confirmed:
    """A setting that was confirmed, by its trials of the search and of the confirmation.

    Attributes:
        variant, setting: which one.
        values: what was searched, in words; the variant's name where that is nothing.
        name: the variant in words; what is a SupCon by its loss and pair scheme.
        supcon: whether it is SupCon alone, without reconstruction: a baseline.
        test: the optimized metric on the test split, by confirmation seed.
        validation: on validation, of the same encoders.
        class_test: their class accuracy on the test split; empty where it was not measured.
        searched: on validation, of the trials by which the search chose.
    """

    variant: str
    setting: int
    values: str
    name: str
    supcon: bool
    test: pd.Series
    validation: pd.Series
    class_test: pd.Series
    searched: pd.Series

    @property
    def called(self) -> str:
        """Its variant, and which SupCon it is where it is one and the variant's name does not say so."""
        return self.variant if self.name == in_words(self.variant) else f"{self.variant}, {self.name}"

    @property
    def gap(self) -> Interval:
        """Validation minus test of the same encoders: what the split, epochs and strengths tuned to it are worth."""
        return interval((self.validation - self.test).dropna())

    @property
    def luck(self) -> float:
        """The search's mean minus that of fresh seeds, both on validation: what being chosen is worth by chance."""
        return float(self.searched.mean() - self.validation.mean())


@dataclass(frozen=True)
class Against:
    """The chosen setting minus another variant's on the test split, at shared seeds; ``adjusted`` is Holm's p."""

    other: Confirmed
    found: Paired
    adjusted: float


@dataclass(frozen=True)
class Opening:
    """A setting whose test numbers were seen, and the trials that measured them."""

    variant: str
    setting: int
    values: str
    trials: tuple[int, ...]


@dataclass(frozen=True)
class Confirmation:
    """A confirmation with results.

    Attributes:
        chosen: the run's best setting by its search; the test split has no part in the choice.
        others: what was confirmed beside it, the best of the other variants and the best SupCon: SupCon's first, then
            the better in the search.
        against: a comparison with each of them.
        openings: of the test split, in the order in which they were made.
    """

    chosen: Confirmed
    others: tuple[Confirmed, ...]
    against: tuple[Against, ...]
    openings: tuple[Opening, ...]

    @property
    def baseline(self) -> Confirmed | None:
        """The best SupCon by the search, beside the chosen setting."""
        return next((each for each in self.others[:1] if each.supcon), None)

    @property
    def every(self) -> tuple[Confirmed, ...]:
        return self.chosen, *self.others

    @property
    def former(self) -> list[Opening]:
        """Those of settings that are no longer to be confirmed: their test numbers were seen before this choice."""
        now = {(each.variant, each.setting) for each in self.every}
        return [opening for opening in self.openings if (opening.variant, opening.setting) not in now]


def confirmation(frame: Frame) -> Confirmation | None:
    """What was confirmed so far; None before the run's best setting has a test number."""
    column = f"test.{frame.metric}"
    done = frame.tested
    if frame.best is None or column not in done:
        return None
    to_confirm = {each.key for settings in settings_to_confirm(frame.study, frame.choice).values() for each in settings}
    ranked = [each.key for each in frame.choice.settings if each.key in to_confirm]  # the better in the search first
    chosen, *rest = (_confirmed(frame, done, setting) for setting in ranked)
    if chosen.test.empty:
        return None
    measured = [each for each in rest if len(each.test)]
    others = sorted(measured, key=lambda each: not each.supcon)
    comparisons = [paired(chosen.test, other.test) for other in others]
    adjusted = holm([each.p for each in comparisons])
    return Confirmation(
        chosen,
        tuple(others),
        tuple(Against(*each) for each in zip(others, comparisons, adjusted, strict=True)),
        _openings(frame, done),
    )


def _openings(frame: Frame, done: pd.DataFrame) -> tuple[Opening, ...]:
    trials: dict[tuple[str, int], list[int]] = {}
    for _, row in done.sort_values("trial").iterrows():
        trials.setdefault((str(row["variant"]), int(row["setting"])), []).append(int(row["trial"]))
    return tuple(Opening(*setting, _values(frame, setting), tuple(numbers)) for setting, numbers in trials.items())


def _confirmed(frame: Frame, done: pd.DataFrame, setting: Setting) -> Confirmed:
    def values(trials: pd.DataFrame, column: str) -> pd.Series:
        return by_seed(trials, setting, column).sort_index()

    return Confirmed(
        variant=setting[0],
        setting=setting[1],
        values=_values(frame, setting),
        name=_name(frame, setting),
        supcon=frame.specs[setting].is_supcon,
        test=values(done, f"test.{frame.metric}"),
        validation=values(done, f"metric.{frame.metric}"),
        class_test=values(done, "test.class_accuracy"),
        searched=values(completed(frame.trials), f"metric.{frame.metric}"),
    )


def _name(frame: Frame, setting: Setting) -> str:
    spec = frame.specs[setting]
    return method_with_scheme(spec) if method(spec).startswith(SUPCON) else in_words(setting[0])


def _values(frame: Frame, setting: Setting) -> str:
    row = frame.settings.loc[[setting]].iloc[0]
    return values_in_words((path, row[path]) for path in frame.searched) or in_words(setting[0])
