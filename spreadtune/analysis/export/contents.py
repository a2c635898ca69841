"""What an export holds: a run's tables unrounded, and as a paper shows them."""

import pandas as pd

from spreadtune.analysis.best_table import best_columns, best_note, best_settings, gain_columns
from spreadtune.analysis.columns import Column, with_half_widths
from spreadtune.analysis.confirmation import confirmation
from spreadtune.analysis.confirmation_table import comparison_columns, confirmed_columns
from spreadtune.analysis.export.sheet import Sheet, sheet
from spreadtune.analysis.frame import Frame
from spreadtune.analysis.gains import gains
from spreadtune.analysis.paper.section import against_paper
from spreadtune.analysis.references import ceiling_line, reference_means
from spreadtune.analysis.statistics import LEAST_REPETITIONS, half_widths
from spreadtune.analysis.tables import Tables
from spreadtune.analysis.trials_table import trial_columns
from spreadtune.analysis.variants import contrast_columns
from spreadtune.analysis.words import count, in_words
from spreadtune.spec.metrics import METRICS, drawn_in, shown_beside


def data_frames(tables: Tables, frame: Frame) -> dict[str, pd.DataFrame]:
    """By the name of their file: ``trials``, ``settings`` (means over seeds), ``best`` (the best of each temperature or
    variant beside SupCon) and ``references`` (one row a seed)."""
    return {
        "trials": tables.trials,
        "settings": setting_means(frame),
        "best": best_settings(frame),
        "references": tables.references,
    }


def setting_means(frame: Frame) -> pd.DataFrame:
    """One row a setting with finished trials.

    Returns:
        Columns variant, setting, n (finished trials), ``param.PATH`` for every searched path (the file's value where a
        variant does not search it), ``metric.NAME`` and ``metric.NAME.half_width`` (95%, Student t; empty below three
        seeds) for whatever was measured, ``theory.NAME``, and the differences from SupCon that
        :func:`~spreadtune.analysis.gains.gains` gives. In the order in which the study chooses, the best first.
    """
    means = frame.means
    table = means[["n"]].copy()
    for path in frame.searched:
        table[f"param.{path}"] = means[path]
    for metric in METRICS:
        if frame.column(metric) and f"metric.{metric}" in means:
            table[f"metric.{metric}"] = means[f"metric.{metric}"]
            table[f"metric.{metric}.half_width"] = half_widths(frame.trials, metric).reindex(table.index)
    for name in means:
        if str(name).startswith("theory.") and means[name].notna().any():
            table[name] = means[name]
    table = table.join(gains(frame))
    best_first = pd.MultiIndex.from_tuples([found.key for found in frame.choice.settings], names=table.index.names)
    return table.reindex(best_first).reset_index()


def sheets(tables: Tables, frame: Frame) -> list[Sheet]:
    """The same tables in words; one without rows is left out."""
    summaries = [*_confirmation(frame), _contrasts(frame), *_paper(frame), _best(frame), _settings(frame)]
    found = [*summaries, _references(frame), _trials(tables, frame)]
    return [each for each in found if each.rows]


def _confirmation(frame: Frame) -> list[Sheet]:
    found = confirmation(frame)
    if found is None:
        return []
    metric, seeds = in_words(frame.metric), _repetitions(pd.Series([len(each.test) for each in found.every]))
    caption = f"The best setting of each variant at fresh seeds: {metric} on the test split. {seeds}"
    test = "Paired over shared seeds; p: paired t test, then after Holm's correction for all of these comparisons."
    beside = f"The chosen setting minus the other variants' best in {metric} on the test split. {test}"
    sheets = [sheet("confirmation", caption, confirmed_columns(found))]
    return [*sheets, sheet("comparisons", beside, comparison_columns(found))] if found.against else sheets


def _contrasts(frame: Frame) -> Sheet:
    caption = (
        "The best setting of a variant minus that of the one it is set against, paired over shared seeds. p: paired t "
        "test, then after Holm's correction for all of these."
    )
    return sheet("contrasts", caption, contrast_columns(frame))


def _paper(frame: Frame) -> list[Sheet]:
    found = against_paper(frame)
    if found is None:
        return []
    notes, order = " ".join(found.notes), "The published order of methods: differences in points over shared seeds."
    sheets = [sheet("paper", notes, found.methods)]
    return [*sheets, sheet("paper_order", order, found.order)] if found.order else sheets


def _best(frame: Frame) -> Sheet:
    table = best_settings(frame)
    return sheet("best", f"{best_note(frame)} {_repetitions(table['n'])}", best_columns(frame, table))


def _settings(frame: Frame) -> Sheet:
    table = setting_means(frame)
    several = table["variant"].nunique() > 1
    columns = [Column("variant", table["variant"])] if several else []
    columns += [Column(in_words(path), table[f"param.{path}"]) for path in frame.searched]
    columns.append(Column("n", table["n"]))
    for metric in shown_beside(frame.asked):
        if f"metric.{metric}" in table:
            means, widths = table[f"metric.{metric}"], table[f"metric.{metric}.half_width"]
            columns.append(with_half_widths(in_words(metric), means, widths))
    columns += gain_columns(frame, table)
    if "theory.spread" in table:
        columns.append(Column("predicted spread", table["theory.spread"], 3))
    return sheet(
        "settings", f"Settings, the best by {in_words(frame.metric)} first. {_repetitions(table['n'])}", columns
    )


def _references(frame: Frame) -> Sheet:
    by_metric = {metric.name: reference_means(frame, metric.name) for metric in drawn_in("accuracy")}
    known = {metric: means for metric, means in by_metric.items() if len(means)}
    if not known:
        return Sheet("references", "", (), (), ())
    first = next(iter(known.values()))
    columns = [Column("reference", first["reference"]), Column("n", first["n"])]
    for metric, means in known.items():
        beside = first[["name"]].merge(means, on="name", how="left")
        columns.append(with_half_widths(in_words(metric), beside["mean"], beside["half_width"]))
    caption = f"Floors and ceiling under the same probe, validation images. {ceiling_line(frame, next(iter(known)))}"
    return sheet("references", f"{caption} {_repetitions(first['n'])}", columns)


def _trials(tables: Tables, frame: Frame) -> Sheet:
    caption = f"All {count(len(tables.trials), 'trial')}."
    return sheet("trials", caption, trial_columns(tables.trials, frame.asked), long=True)


def _repetitions(n: "pd.Series[int]") -> str:
    if n.empty or n.max() < LEAST_REPETITIONS:
        return "Too few seeds for intervals."
    return "Means over n seeds +- the half-width of a 95% Student t interval."
