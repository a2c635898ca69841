"""What an export holds: a run's tables unrounded, and as a paper shows them."""

import pandas as pd

from spreadtune.analysis.columns import Column, with_half_widths
from spreadtune.analysis.export.sheet import Sheet, sheet
from spreadtune.analysis.frame import Frame
from spreadtune.analysis.means import REFERENCES, reference_means
from spreadtune.analysis.statistics import LEAST_REPETITIONS, half_widths
from spreadtune.analysis.tables import Tables
from spreadtune.analysis.trials_table import trial_columns
from spreadtune.analysis.words import count, in_words
from spreadtune.spec.metrics import METRICS

# Beside those that the study asks for, what a paper's table has room for; the files for programs have all.
_SHOWN = ("transfer_accuracy", "class_accuracy", "spread", "train_spread", "reconstruction_error")


def data_frames(tables: Tables, frame: Frame) -> dict[str, pd.DataFrame]:
    """By the name of their file: ``trials``, ``settings`` (means over seeds) and ``references`` (one row a seed)."""
    return {"trials": tables.trials, "settings": setting_means(frame), "references": tables.references}


def setting_means(frame: Frame) -> pd.DataFrame:
    """One row a setting with finished trials.

    Returns:
        Columns variant, setting, n (finished trials), ``param.PATH`` for every searched path (the file's value where a
        variant does not search it), ``metric.NAME`` and ``metric.NAME.half_width`` (95%, Student t; empty below three
        seeds) for whatever was measured, ``theory.NAME``. In the order in which the study chooses, the best first.
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
    best_first = pd.MultiIndex.from_tuples([found.key for found in frame.choice.settings], names=table.index.names)
    return table.reindex(best_first).reset_index()


def sheets(tables: Tables, frame: Frame) -> list[Sheet]:
    """The same tables in words; one without rows is left out."""
    found = [_settings(frame), _references(frame), _trials(tables, frame)]
    return [each for each in found if each.rows]


def _settings(frame: Frame) -> Sheet:
    table = setting_means(frame)
    several = table["variant"].nunique() > 1
    columns = [Column("variant", table["variant"])] if several else []
    columns += [Column(in_words(path), table[f"param.{path}"]) for path in frame.searched]
    columns.append(Column("n", table["n"]))
    for metric in dict.fromkeys([*frame.asked, *_SHOWN]):
        if f"metric.{metric}" in table:
            means, widths = table[f"metric.{metric}"], table[f"metric.{metric}.half_width"]
            columns.append(with_half_widths(in_words(metric), means, widths))
    if "theory.spread" in table:
        columns.append(Column("predicted spread", table["theory.spread"], 3))
    return sheet(
        "settings", f"Settings, the best by {in_words(frame.metric)} first. {_repetitions(table['n'])}", columns
    )


def _references(frame: Frame) -> Sheet:
    by_metric = {
        metric: reference_means(frame.references, metric) for metric in ("transfer_accuracy", "class_accuracy")
    }
    rows = pd.DataFrame({"reference": list(REFERENCES.values())})
    columns, n = [], pd.Series(dtype=int)
    for metric, means in by_metric.items():
        if len(means):
            rows = rows[rows["reference"].isin(means["reference"])]
            beside = rows.merge(means, on="reference")
            n = beside["n"]
            columns.append(with_half_widths(in_words(metric), beside["mean"], beside["half_width"]))
    if not columns:
        return Sheet("references", "", (), (), ())
    shown = [Column("reference", rows["reference"].reset_index(drop=True)), Column("n", n), *columns]
    return sheet("references", f"Floors and ceiling under the same probe, validation images. {_repetitions(n)}", shown)


def _trials(tables: Tables, frame: Frame) -> Sheet:
    caption = f"All {count(len(tables.trials), 'trial')}."
    return sheet("trials", caption, trial_columns(tables.trials, frame.asked), long=True)


def _repetitions(n: "pd.Series[int]") -> str:
    if n.empty or n.max() < LEAST_REPETITIONS:
        return "Too few seeds for intervals."
    return "Means over n seeds +- the half-width of a 95% Student t interval."
