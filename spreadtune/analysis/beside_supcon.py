"""The report's section that sets the run against SupCon."""

from dataclasses import dataclass

from spreadtune.analysis.best_table import best_columns, best_note, best_settings, gain_columns
from spreadtune.analysis.columns import Column
from spreadtune.analysis.frame import Frame
from spreadtune.analysis.gains import gains
from spreadtune.analysis.words import in_words


@dataclass(frozen=True)
class BesideSupCon:
    """What the section shows.

    Attributes:
        note: what its columns mean.
        best: the best SupCon, and the best settings under it.
        every: all settings with their differences, the best first; empty where there is no SupCon to differ from.
    """

    note: str
    best: list[Column]
    every: list[Column]


def beside_supcon(frame: Frame) -> BesideSupCon | None:
    """The section; None before a setting has finished."""
    best = best_settings(frame)
    if best.empty:
        return None
    return BesideSupCon(best_note(frame), best_columns(frame, best), _every_setting(frame))


def _every_setting(frame: Frame) -> list[Column]:
    rows = frame.means.join(gains(frame)).loc[[found.key for found in frame.choice.settings]]
    differences = gain_columns(frame, rows)
    if not differences:
        return []
    values = Column(in_words(frame.metric), rows[f"metric.{frame.metric}"], 3)
    return [Column("setting", rows["label"]), Column("n", rows["n"]), values, *differences]
