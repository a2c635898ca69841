"""Means over seeds and the choice of the best setting, made from the trials table alone."""

import math

import pandas as pd

from spreadtune.spec.goal import Selection

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
    """The trials less those of settings with one finished seed, where racing has repeated any setting.

    The best of many settings that ran once is partly the luckiest, and racing has repeated what promised most. One rule
    holds for all variants: a lucky one of a variant without repeats would beat means of another.
    """
    if "repeat_of" not in trials:
        return trials
    done = completed(trials)
    if done["repeat_of"].isna().all():
        return trials
    finished = done.groupby(SETTING).size()
    single = pd.MultiIndex.from_frame(trials[SETTING]).map(finished.to_dict().get) == 1
    return trials[~single]


def best_setting(trials: pd.DataFrame, selection: Selection) -> tuple[str, int] | None:
    """The (variant, setting) that comes first by its means over seeds; None where none has the goal's metric.

    Settings that keep every bound come before the others, and of those the one that breaks them least; then the goal
    decides. Where racing repeated settings (a search with ``seeds`` above 1), one that finished at a single seed is no
    candidate. Equal ones go to the lower variant name, then to the lower setting.
    """
    return next(iter(equally_good(trials, selection)), None)


def equally_good(trials: pd.DataFrame, selection: Selection) -> list[tuple[str, int]]:
    """The settings that no other comes before, in the order in which :func:`best_setting` takes the first of them."""
    measured = _measured(settings_table(without_lucky_ones(trials)), selection)
    ranks = {key: selection.rank(metrics) for key, metrics in measured.items() if selection.goal.metric in metrics}
    first = min(ranks.values(), default=None)
    return sorted(key for key, rank in ranks.items() if rank == first)


def violations(means: pd.DataFrame, selection: Selection) -> pd.Series:
    """By how much the means over seeds of each setting break the bounds, summed; 0 where all are kept.

    Args:
        means: settings with their columns ``metric.*``, as :func:`settings_table` gives them.
        selection: whose bounds.
    """
    broken = [selection.violation(metrics) for metrics in _measured(means, selection).values()]
    return pd.Series(broken, index=means.index, dtype=float)


def _measured(means: pd.DataFrame, selection: Selection) -> dict[tuple[str, int], dict[str, float]]:
    """What the selection looks at, by setting and bare name; without what was not measured."""
    columns = means.reindex(columns=[f"metric.{name}" for name in selection.metrics]).astype(float).to_numpy()
    keys = [(str(variant), int(setting)) for variant, setting in means.index]
    lines = [dict(zip(selection.metrics, map(float, line), strict=True)) for line in columns]
    return {
        key: {name: value for name, value in line.items() if not math.isnan(value)}
        for key, line in zip(keys, lines, strict=True)
    }
