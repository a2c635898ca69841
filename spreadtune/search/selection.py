"""Means over seeds and the choice of the best setting, made from the trials table alone."""

from typing import Literal

import pandas as pd

SETTING = ["variant", "setting"]


def completed(trials: pd.DataFrame) -> pd.DataFrame:
    """The trials that a search may choose from: finished ones of stage ``search``."""
    return trials[(trials["state"] == "COMPLETE") & (trials["stage"] == "search")]


def standing(trials: pd.DataFrame) -> pd.DataFrame:
    """The trials less the failed ones that a later trial repeated: what the run stands at."""
    return trials[~trials["trial"].isin(trials["retry_of"].dropna())]


def settings_table(trials: pd.DataFrame) -> pd.DataFrame:
    """One row for each setting with a finished trial.

    Args:
        trials: the trials table, one row a trial.

    Returns:
        Indexed by (variant, setting): ``n``, the number of finished trials; ``param.*``, the setting; ``metric.*`` and
        ``theory.*``, means over the finished trials. Pruned and failed trials enter nowhere.
    """
    done = completed(trials)
    params = [name for name in done.columns if name.startswith("param.")]
    measured = [name for name in done.columns if name.startswith(("metric.", "theory."))]
    # A column that no trial fills comes back from a file without a numeric type.
    numbers = done[measured].apply(pd.to_numeric).astype(float)
    keys = [done[name] for name in SETTING]
    table: pd.DataFrame = pd.concat([done[params].groupby(keys).first(), numbers.groupby(keys).mean()], axis=1)
    table.insert(0, "n", done.groupby(SETTING).size())
    return table


def without_lucky_ones(trials: pd.DataFrame) -> pd.DataFrame:
    """The trials less those of settings with one finished seed, in variants in which racing has repeated others.

    The best of many settings that ran once is partly the luckiest, and racing has repeated what promised most.
    """
    if "repeat_of" not in trials:
        return trials
    done = completed(trials)
    raced = done.loc[done["repeat_of"].notna(), "variant"]
    finished = done.groupby(SETTING).size()
    single = pd.MultiIndex.from_frame(trials[SETTING]).map(finished.to_dict().get) == 1
    return trials[~(trials["variant"].isin(raced) & single)]


def best_setting(
    trials: pd.DataFrame, metric: str, direction: Literal["maximize", "minimize"]
) -> tuple[str, int] | None:
    """The (variant, setting) whose mean over seeds is best; None where no trial has finished with that metric.

    Where racing repeated settings (a search with ``seeds`` above 1), one that finished at a single seed is no
    candidate. Equal means go to the lower variant name, then to the lower setting.
    """
    column = f"metric.{metric}"
    table = settings_table(without_lucky_ones(trials))
    if column not in table:
        return None
    means = table[column].dropna()
    if means.empty:
        return None
    place = means.argmax() if direction == "maximize" else means.argmin()
    variant, setting = means.index[int(place)]
    return str(variant), int(setting)
