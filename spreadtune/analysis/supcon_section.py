"""The report's section that sets the run against SupCon."""

import pandas as pd

from spreadtune.analysis.best_table import best_columns, best_note, best_settings, gain_columns
from spreadtune.analysis.frame import Frame
from spreadtune.analysis.gains import gains
from spreadtune.analysis.html import Column, table, typeset
from spreadtune.analysis.words import in_words

_SECTION = """<section aria-labelledby="supcon">
<h2 id="supcon">Beside SupCon</h2>
<p>{note}</p>
{best}
{every}
</section>
"""


def supcon_section(frame: Frame) -> str:
    """The best settings and, to unfold, every setting beside the best SupCon; empty before a setting has finished."""
    best = best_settings(frame)
    if best.empty:
        return ""
    shown = table(best_columns(frame, best))
    return _SECTION.format(note=typeset(best_note(frame)), best=shown, every=_every_setting(frame))


def _every_setting(frame: Frame) -> str:
    """All settings with their differences, the best first; empty where there is no SupCon to differ from."""
    rows = frame.means.join(gains(frame)).loc[[found.key for found in frame.choice.settings]]
    differences = gain_columns(frame, rows)
    if not differences:
        return ""
    values = Column(in_words(frame.metric), rows[f"metric.{frame.metric}"], 3)
    columns = [Column("setting", rows["label"]), Column("n", rows["n"]), values]
    unfolded = table([_numbered(column) for column in [*columns, *differences]])
    return f"<details><summary>Every setting beside the best SupCon</summary>{unfolded}</details>"


def _numbered(column: Column) -> Column:
    return Column(column.heading, pd.Series(column.values).reset_index(drop=True), column.decimals, column.numeric)
