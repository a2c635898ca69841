"""What sentences say of one setting."""

import pandas as pd

from spreadtune.analysis.frame import Frame
from spreadtune.analysis.statistics import half_widths
from spreadtune.analysis.words import measured
from spreadtune.search.results.selection import equally_good
from spreadtune.spec.goal import Selection

Setting = tuple[str, int]


def label_of(frame: Frame, setting: Setting) -> str:
    """``alpha 0.56``."""
    return str(frame.settings.loc[[setting]].iloc[0]["label"])


def value_of(frame: Frame, setting: Setting, metric: str) -> str:
    """The mean over seeds, with the half-width of its interval where there is one."""
    mean = float(frame.means.loc[[setting]].iloc[0].get(f"metric.{metric}", float("nan")))
    widths = half_widths(frame.trials, metric)
    return measured(mean, float(widths.loc[[setting]].iloc[0]) if len(widths) else float("nan"))


def seeds_of(frame: Frame, setting: Setting) -> int:
    """How many finished trials it has."""
    return int(frame.means.loc[[setting]].iloc[0]["n"])


def ties_of(frame: Frame, candidates: pd.DataFrame, selection: Selection) -> list[Setting]:
    """The settings among some of ``frame.means`` that no other comes before; :func:`best_of` is the first."""
    keys = pd.MultiIndex.from_frame(frame.trials[["variant", "setting"]])
    return equally_good(frame.trials[keys.isin(candidates.index)], selection)


def best_of(frame: Frame, candidates: pd.DataFrame, selection: Selection) -> Setting | None:
    """The best of some of ``frame.means``; None where none has finished with the metric."""
    return next(iter(ties_of(frame, candidates, selection)), None)
