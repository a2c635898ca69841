"""The settings of every run in one table, and which parameters they are drawn over."""

from collections.abc import Sequence
from typing import Any

import pandas as pd

from spreadtune.analysis.compare.compared_run import ComparedRun
from spreadtune.analysis.frame import ALPHA
from spreadtune.analysis.statistics import half_widths
from spreadtune.search.results.choice import Setting
from spreadtune.spec.metrics import METRICS


def setting_means(sides: Sequence[ComparedRun]) -> pd.DataFrame:
    """One row for each setting of each run that has a finished trial.

    Returns:
        Columns run (its letter), variant, setting, label, group (which settings a line connects), n (finished trials),
        best (of its run), ``param.PATH`` for every path that any run searches (the value that the others train with),
        ``metric.NAME`` and ``metric.NAME.half_width``, ``theory.spread``.
    """
    paths = searched(sides)
    return pd.concat([_of_side(side, paths) for side in sides], ignore_index=True)


def searched(sides: Sequence[ComparedRun]) -> list[str]:
    """The paths that take several values in some run, alpha first, in the order of the study files."""
    found = dict.fromkeys(path for side in sides for path in side.frame.searched)
    return sorted(found, key=lambda path: path != ALPHA)


def _of_side(side: ComparedRun, paths: list[str]) -> pd.DataFrame:
    means = side.frame.means
    table = means[["label", "group", "n"]].copy()
    table.insert(0, "run", side.letter)
    table["best"] = [key == side.best for key in table.index]
    for path in paths:
        table[f"param.{path}"] = pd.Series({key: _value(side, key, path) for key in side.values})
    for metric in METRICS:
        if side.frame.column(metric):
            table[f"metric.{metric}"] = means[f"metric.{metric}"]
            table[f"metric.{metric}.half_width"] = half_widths(side.frame.trials, metric).reindex(table.index)
    table["theory.spread"] = means.get("theory.spread")
    return table.reset_index()


def _value(side: ComparedRun, key: Setting, path: str) -> Any:
    """A part is told by its name."""
    values = side.values[key]
    return values.get(path, values.get(f"{path}.name"))
