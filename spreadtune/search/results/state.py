"""Is a run finished?"""

from collections.abc import Mapping
from dataclasses import dataclass

from spreadtune.run_folder import RunFolder
from spreadtune.search.plans.confirmation import best_of_variants, pairs_to_confirm
from spreadtune.search.plans.plan import make_plan
from spreadtune.search.results.progress import pair_states
from spreadtune.search.sampling.class_counts import BatchClassCounts
from spreadtune.search.sampling.space import Space
from spreadtune.search.storage.reading import stored_rows
from spreadtune.search.storage.record import Rows, TrialStatus
from spreadtune.spec.seed import STAGES
from spreadtune.spec.study import Study


@dataclass(frozen=True)
class RunState:
    """How far a run is, as its database says.

    Attributes:
        total: the pairs (a setting at a seed) of the study, those of its confirmation too.
        settled: those with a finished trial, whatever its end.
        failed: those whose last trial failed, which a resume tries again.
        references_left: floors and ceilings that were begun and have not ended.
    """

    total: int
    settled: int
    failed: int
    references_left: int = 0

    @property
    def unfinished(self) -> bool:
        """Some pair has no COMPLETE, PRUNED or FAIL trial, or a reference was left in the middle."""
        return self.settled < self.total or self.references_left > 0


def run_state(study: Study, run: RunFolder, *, storage: str | None = None) -> RunState:
    """Read how far a run is; whoever drives it goes on undisturbed.

    Raises:
        UserError: the database cannot be opened.
        DatabaseAwayError: it does not answer.
    """
    rows, confirmed = (stored_rows(study, run, storage, stage=stage) for stage in STAGES)
    search, confirm = search_state(study, rows), confirm_state(study, rows, confirmed)
    return RunState(
        search.total + confirm.total,
        search.settled + confirm.settled,
        search.failed + confirm.failed,
        references_left(run),
    )


def references_left(run: RunFolder) -> int:
    """How many floors and ceilings were begun and have not ended."""
    return sum(folder.outcome() is None for folder in run.every_reference())


def search_state(study: Study, rows: Mapping[str, Rows]) -> RunState:
    """How far a search is that has these trials, by variant."""
    plan, counts = make_plan(study.search), BatchClassCounts()
    spaces = [Space(variant, counts) for variant in study.variants()]
    return RunState(
        total=sum(plan.total(space) for space in spaces),
        settled=sum(plan.settled(space, rows[space.variant.name]) for space in spaces),
        failed=_states(rows).count("FAIL"),
    )


def confirm_state(study: Study, rows: Mapping[str, Rows], confirmed: Mapping[str, Rows]) -> RunState:
    """How far the confirmation is that has the trials ``confirmed``, after a search that has ``rows``."""
    if not study.search.confirm:
        return RunState(0, 0, 0)
    over = not search_state(study, rows).unfinished and "RUNNING" not in _states(rows)
    best = best_of_variants(study, rows) if over else None
    states = _states(confirmed)
    return RunState(
        total=pairs_to_confirm(study.search.confirm_seeds, best, confirmed),
        settled=len(states) - states.count("RUNNING"),
        failed=states.count("FAIL"),
    )


def _states(rows: Mapping[str, Rows]) -> list[TrialStatus]:
    return [state for of_variant in rows.values() for state in pair_states(of_variant)]


def is_unfinished(study: Study, run: RunFolder, *, storage: str | None = None) -> bool:
    """Whether a resume has pairs left that no trial has settled; a failed trial settles its pair."""
    return run_state(study, run, storage=storage).unfinished
