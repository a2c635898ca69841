"""How far a run is: counted here, for the driver, a list of runs, a resume and a report alike."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Literal

from spreadtune.run_folder import TrialStatus
from spreadtune.search.results.choice import Choice, SettingResults, choose
from spreadtune.search.results.to_confirm import pairs_to_confirm, settings_to_confirm
from spreadtune.search.sampling.settings import grid_settings
from spreadtune.search.storage.record import Rows
from spreadtune.spec.study import Study

RunStatus = Literal["running", "finished", "interrupted"]


@dataclass(frozen=True)
class Counts:
    """Pairs (a setting at a seed) of a stage, or references. One that was tried again counts once, as its last trial
    stands.

    Attributes:
        total: how many there are to be. Of references, where nobody looked at the data: how many were begun.
        complete, pruned, failed, running: those that have a trial, by its state.
        diverged: those among the pruned that were not stopped.
        settled: those of which some trial has ended, whatever its end, though another may be in training.
        retrying: those among the failed that wait for another trial.
    """

    total: int = 0
    complete: int = 0
    pruned: int = 0
    failed: int = 0
    running: int = 0
    diverged: int = 0
    settled: int = 0
    retrying: int = 0

    def __add__(self, other: "Counts") -> "Counts":
        return Counts(**{name: value + getattr(other, name) for name, value in vars(self).items()})

    @property
    def ended(self) -> int:
        """Those that have ended for good, as far as this start of the run goes."""
        return self.complete + self.pruned + self.failed - self.retrying

    @property
    def missing(self) -> int:
        """Those that have not."""
        return self.total - self.ended

    @property
    def unfinished(self) -> bool:
        """Whether a resume has any left that no trial has settled; a failed one settles its pair."""
        return self.settled < self.total

    @property
    def by_state(self) -> dict[TrialStatus, int]:
        """Without the states that none has."""
        found: dict[TrialStatus, int] = {
            "COMPLETE": self.complete,
            "PRUNED": self.pruned,
            "FAIL": self.failed,
            "RUNNING": self.running,
        }
        return {state: count for state, count in found.items() if count}


@dataclass(frozen=True)
class Progress:
    """How far a run is, and how its settings stand.

    Attributes:
        search: its search's pairs.
        confirmation: those of its confirmation; nothing where it has none.
        references: floors and ceilings, those of the confirmation too.
        choice: its settings in the order in which the best is chosen.
    """

    search: Counts
    confirmation: Counts
    references: Counts
    choice: Choice

    @property
    def trials(self) -> Counts:
        """The pairs of both stages."""
        return self.search + self.confirmation

    @property
    def whole(self) -> Counts:
        """Pairs and references."""
        return self.trials + self.references

    @property
    def missing(self) -> int:
        """Pairs and references that have not ended."""
        return self.whole.missing

    @property
    def unfinished(self) -> bool:
        """Some pair has no trial that ended, or a reference was left in the middle."""
        return any(counts.unfinished for counts in (self.search, self.confirmation, self.references))

    @property
    def best(self) -> SettingResults | None:
        """The setting that comes first so far."""
        return self.choice.best

    def status(self, *, held: bool) -> RunStatus:
        """In one word; ``held``: a process is at it."""
        return "running" if held else "interrupted" if self.unfinished else "finished"


def planned_pairs(study: Study) -> dict[str, int]:
    """How many pairs the search of each variant is to have, retries not counted."""
    search = study.search
    return {
        variant.name: search.seeds * sum(1 for _ in grid_settings(variant)) if search.trials is None else search.trials
        for variant in study.variants()
    }


def count_pairs(rows: Rows, total: int) -> Counts:
    """The pairs of a stage of a variant that has these trials."""
    last = {row.record.pair: row for _, row in sorted(rows.items())}
    states = Counter(row.state for row in last.values())
    return Counts(
        total,
        states["COMPLETE"],
        states["PRUNED"],
        states["FAIL"],
        states["RUNNING"],
        diverged=sum(row.state == "PRUNED" and (row.reason or "").startswith("diverged") for row in last.values()),
        settled=len({row.record.pair for row in rows.values() if row.state != "RUNNING"}),
    )


def count_references(states: Iterable[TrialStatus], total: int | None = None, retrying: int = 0) -> Counts:
    """References by how they stand.

    Args:
        states: of those that were begun.
        total: how many there are to be, where that is known.
        retrying: how many of the failed wait for another try.
    """
    count = Counter(states)
    begun = count.total()
    return Counts(
        begun if total is None else total,
        complete=count["COMPLETE"],
        failed=count["FAIL"],
        running=count["RUNNING"],
        settled=begun - count["RUNNING"],
        retrying=retrying,
    )


def is_over(planned: Mapping[str, int], searched: Mapping[str, Rows]) -> bool:
    """Whether a search has ended, in all variants: only then is a best setting confirmed."""
    counts = [count_pairs(rows, planned[variant]) for variant, rows in searched.items()]
    return not any(each.unfinished or each.running for each in counts)


def count_progress(
    study: Study,
    planned: Mapping[str, int],
    searched: Mapping[str, Rows],
    confirmed: Mapping[str, Rows],
    references: Counts,
    *,
    retrying: tuple[int, int] = (0, 0),
) -> Progress:
    """How far a run is that has these trials.

    Args:
        study: what it asks.
        planned: what :func:`planned_pairs` says of it, which lists a grid.
        searched: its search's trials, by the name of every variant.
        confirmed: those of its confirmation.
        references: its floors and ceilings.
        retrying: failed pairs that wait for another trial, of the search and of the confirmation.
    """
    choice = choose(searched, study.search.selection)
    chosen = settings_to_confirm(study, choice) if study.search.confirm and is_over(planned, searched) else None
    search = sum((count_pairs(rows, planned[variant]) for variant, rows in searched.items()), Counts())
    totals = pairs_to_confirm(study, chosen, confirmed) if study.search.confirm else {}
    confirmation = sum((count_pairs(confirmed[variant], total) for variant, total in totals.items()), Counts())
    waiting, waiting_confirmed = retrying
    return Progress(
        replace(search, retrying=waiting), replace(confirmation, retrying=waiting_confirmed), references, choice
    )
