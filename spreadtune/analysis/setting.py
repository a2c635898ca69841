"""What sentences say of one setting."""

from spreadtune.analysis.frame import Frame
from spreadtune.analysis.statistics import half_widths
from spreadtune.analysis.words import measured
from spreadtune.search.results.choice import Setting


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
