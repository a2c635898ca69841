"""A setting's values by seed: what is compared in pairs."""

import pandas as pd

from spreadtune.analysis.paired import Paired, paired
from spreadtune.search.results.choice import Setting
from spreadtune.search.results.selection import SETTING


def by_seed(trials: pd.DataFrame, setting: Setting, column: str) -> "pd.Series[float]":
    """A column of a setting's trials, by seed index; of a seed that a setting had twice the first one's."""
    if column not in trials:
        return pd.Series(dtype=float)
    own = trials[(trials["variant"] == setting[0]) & (trials["setting"] == setting[1])]
    values = own.drop_duplicates([*SETTING, "seed"]).set_index("seed")[column]
    return pd.to_numeric(values).astype(float).dropna()


def paired_settings(trials: pd.DataFrame, one: Setting, other: Setting, column: str) -> Paired:
    """One setting minus another in a column, over the seeds that both have there."""
    return paired(by_seed(trials, one, column), by_seed(trials, other, column))
