"""How far a run is, from its study and its trials table alone."""

import pandas as pd

from spreadtune.search.results.selection import SETTING, standing
from spreadtune.search.sampling.settings import grid_settings
from spreadtune.spec.seed import Stage
from spreadtune.spec.study import Study


def planned_trials(study: Study) -> int:
    """The pairs of a setting and a seed that the study asks for, over all variants."""
    search, variants = study.search, study.variants()
    if search.trials is not None:
        return search.trials * len(variants)
    return search.seeds * sum(len(list(grid_settings(variant))) for variant in variants)


def ended_trials(trials: pd.DataFrame, stage: Stage = "search") -> int:
    """The pairs of a setting and a seed that have a trial of this stage which is over, whatever its end."""
    trials = standing(trials)
    ended = trials[trials["state"].isin(["COMPLETE", "PRUNED", "FAIL"]) & (trials["stage"] == stage)]
    return len(ended[[*SETTING, "seed"]].drop_duplicates())
