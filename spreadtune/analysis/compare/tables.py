"""What the page's and the console's tables show."""

from collections.abc import Sequence

import pandas as pd

from spreadtune.analysis.columns import Column, with_half_widths
from spreadtune.analysis.compare.baseline import at_equal_values, best_supcon_of_all, over_baseline
from spreadtune.analysis.compare.compared_run import ComparedRun
from spreadtune.analysis.words import in_words, signed
from spreadtune.spec.metrics import shown_beside


def run_columns(sides: Sequence[ComparedRun]) -> list[Column]:
    """Which run is which, and how many trials of it have finished."""
    finished = [side.frame.progress.search.complete for side in sides]
    described = [side.tables.study.description for side in sides]
    columns = {
        "": [side.letter for side in sides],
        "run": [side.tables.run.label for side in sides],
        "finished trials": finished,
    }
    if len(set(described)) > 1:
        columns["description"] = described
    return [Column(heading, pd.Series(values)) for heading, values in columns.items()]


def best_columns(sides: Sequence[ComparedRun], settings: pd.DataFrame) -> list[Column]:
    """The best setting of each run with its intervals."""
    best = settings[settings["best"]].reset_index(drop=True)
    columns = [Column("run", best["run"]), Column("best setting", best["label"]), Column("n", best["n"])]
    for metric in shown_beside(sides[0].frame.asked):
        if f"metric.{metric}" in best:
            means, widths = best[f"metric.{metric}"], best[f"metric.{metric}.half_width"]
            columns.append(with_half_widths(in_words(metric), means, widths))
    columns += _over_supcon(sides)
    if best["theory.spread"].notna().any():
        columns.append(Column("predicted spread", best["theory.spread"], 3))
    return columns


def _over_supcon(sides: Sequence[ComparedRun]) -> list[Column]:
    """What each best setting gains over the best SupCon of all runs, and at equal values; nothing without SupCon."""
    baseline = best_supcon_of_all(sides)
    if baseline is None:
        return []
    found = [over_baseline(side, baseline) for side in sides]
    over = pd.Series([each and signed(each.mean, each.half_width) for each in found], dtype=object)
    equal = pd.Series([at_equal_values(side) for side in sides], dtype=object)
    return [
        Column("minus best SupCon of all", over, numeric=True),
        Column("minus SupCon at equal values", equal, numeric=True),
    ]


def difference_columns(differing: pd.DataFrame) -> list[Column]:
    """What differs, a column a run."""
    letters = [str(name) for name in differing if name not in ("part", "what")]
    shown = differing.reset_index(drop=True)
    return [Column("", shown["what"]), *(Column(letter, shown[letter]) for letter in letters)]


def pair_columns(pairs: pd.DataFrame, metric: str) -> list[Column]:
    """Equal settings; the difference is the run's minus the first run's."""
    seeds = pairs["n_first"].where(pairs["n_first"] == pairs["n_other"], 0)
    n = [
        f"{both}" if both else f"{first}, {other}"
        for both, first, other in zip(seeds, pairs["n_first"], pairs["n_other"], strict=True)
    ]
    columns = [
        Column("setting", pairs["settings"]),
        Column(f"{in_words(metric)} of A", pairs["first"], 3),
        Column("of the other", pairs["other"], 3),
        with_half_widths("difference", pairs["difference"], pairs["half_width"]),
        Column("seeds", pd.Series(n, dtype=object), numeric=True),
        Column("method", pairs["method"]),
        Column("95% interval", pairs["interval"]),
    ]
    return [Column("run", pairs["run"]), *columns] if pairs["run"].nunique() > 1 else columns
