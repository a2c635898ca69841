"""Is a run finished?"""

from collections.abc import Mapping
from dataclasses import dataclass

from spreadtune.run_folder import RunFolder
from spreadtune.search.class_counts import BatchClassCounts
from spreadtune.search.plan import make_plan
from spreadtune.search.progress import pair_states
from spreadtune.search.space import Space
from spreadtune.search.stored import Rows, stored_rows
from spreadtune.spec.study import Study


@dataclass(frozen=True)
class RunState:
    """How far a run is, as its database says.

    Attributes:
        total: the pairs (a setting at a seed) of the study.
        settled: those with a finished trial, whatever its end.
        failed: those whose last trial failed, which a resume tries again.
    """

    total: int
    settled: int
    failed: int

    @property
    def unfinished(self) -> bool:
        """Some pair has no COMPLETE, PRUNED or FAIL trial."""
        return self.settled < self.total


def run_state(study: Study, run: RunFolder, *, storage: str | None = None) -> RunState:
    """Read how far a run is; whoever drives it goes on undisturbed.

    Raises:
        UserError: the database cannot be opened.
        DatabaseAwayError: it does not answer.
    """
    return state_of(study, stored_rows(study, run, storage))


def state_of(study: Study, rows: Mapping[str, Rows]) -> RunState:
    """How far a run is that has these trials, by variant."""
    plan, counts = make_plan(study.search), BatchClassCounts()
    spaces = [Space(variant, counts) for variant in study.variants()]
    return RunState(
        total=sum(plan.total(space) for space in spaces),
        settled=sum(plan.settled(space, rows[space.variant.name]) for space in spaces),
        failed=sum(pair_states(of_variant).count("FAIL") for of_variant in rows.values()),
    )


def is_unfinished(study: Study, run: RunFolder, *, storage: str | None = None) -> bool:
    """Whether a resume has pairs left that no trial has settled; a failed trial settles its pair."""
    return run_state(study, run, storage=storage).unfinished
