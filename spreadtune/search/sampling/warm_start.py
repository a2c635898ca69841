"""Beginning a search with what an earlier run found: its finished trials, for the sampler to learn from."""

from collections.abc import Iterable

from optuna.trial import FrozenTrial, TrialState, create_trial

from spreadtune.search.sampling.space import Space
from spreadtune.search.storage.record import Row
from spreadtune.spec.search import SearchConfig

WARM = "earlier"
"""The attribute of a trial that another run has trained; one without a record, so that it is none of this run's."""


def earlier_trials(rows: Iterable[Row], space: Space, search: SearchConfig, run: str) -> list[FrozenTrial]:
    """What of an earlier run fits a variant's space, as trials of its Optuna study.

    A trial fits that has a value in the bounds of every parameter, and no other parameter; a finished one must have
    measured what is optimized and bounded now. Stopped trials come without their reports: samplers learn to stay away,
    and early stopping compares with trials of this run alone.

    Args:
        rows: the earlier run's trials of the variant.
        space: what is searched now.
        search: what is optimized now, and under which bounds.
        run: the earlier run's label.
    """
    found = (_fitting(row, space, search, run) for row in rows)
    return [trial for trial in found if trial]


def _fitting(row: Row, space: Space, search: SearchConfig, run: str) -> FrozenTrial | None:
    asked = [goal.metric for goal in search.objectives] + [bound.metric for bound in search.bounds]
    complete = row.state == "COMPLETE" and all(metric in row.metrics for metric in asked)
    if not (complete or row.state == "PRUNED") or row.record.params.keys() != _parameters(row, space):
        return None
    try:
        return create_trial(
            state=TrialState.COMPLETE if complete else TrialState.PRUNED,
            values=[row.metrics[goal.metric] for goal in search.objectives] if complete else None,
            params=dict(row.record.params),
            distributions={p.name: p.distribution for p in space.parameters if p.name in row.record.params},
            user_attrs={WARM: {"run": run, "trial": row.record.trial}},
            constraints={
                f"{bound.metric} {bound.text}": bound.violation(row.metrics[bound.metric])
                for bound in search.bounds
                if complete
            },
        )
    except ValueError:  # a value that is out of bounds now
        return None


def _parameters(row: Row, space: Space) -> set[str]:
    """The parameters that a trial with these values has now, by Optuna's names."""
    values = row.record.values
    return {p.name for p in space.parameters if space.variant.active(p.path, values)}
