"""How far a run is, from its study and its trials table alone."""

import pandas as pd

from spreadtune.search.selection import SETTING, standing
from spreadtune.search.settings import setting_key
from spreadtune.spec.seed import Seed
from spreadtune.spec.study import Study
from spreadtune.spec.variant import Variant


def planned_trials(study: Study) -> int:
    """The pairs of a setting and a seed that the study asks for, over all variants."""
    search, variants = study.search, study.variants()
    if search.trials is not None:
        return search.trials * len(variants)
    return search.seeds * sum(_grid_settings(variant) for variant in variants)


def ended_trials(trials: pd.DataFrame) -> int:
    """The pairs of a setting and a seed that have a trial which is over, whatever its end."""
    trials = standing(trials)
    ended = trials[trials["state"].isin(["COMPLETE", "PRUNED", "FAIL"]) & (trials["stage"] == "search")]
    return len(ended[[*SETTING, "seed"]].drop_duplicates())


def _grid_settings(variant: Variant) -> int:
    """Combinations of a grid that make different trials."""
    choices = {path: domain.corners() for path, domain in variant.space.items()}
    return len({setting_key(variant.trial(values, Seed(study=0))) for values in variant.settings(choices)})
