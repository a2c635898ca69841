"""Floors and ceiling beside the settings: their means, and whether the ceiling is one."""

from typing import Literal

import pandas as pd

from spreadtune.analysis.baseline import best_supcon
from spreadtune.analysis.frame import Frame
from spreadtune.analysis.method import method_with_scheme
from spreadtune.analysis.statistics import interval
from spreadtune.analysis.words import number
from spreadtune.search.results.selection import SETTING
from spreadtune.spec.trial import TrialSpec

CEILING = "trained on fine labels (ceiling)"
NO_CEILING = "trained on fine labels (no upper bound)"
REFERENCES = {
    "ceiling": CEILING,
    "raw_pixels": "raw pixels (floor)",
    "random_encoder": "random encoder (floor)",
}

Part = Literal["", "test."]


def reference_means(frame: Frame, metric: str, *, part: Part = "") -> pd.DataFrame:
    """Floors and ceiling of a metric over the seeds that finished, on validation images or the test split.

    Returns:
        Columns name, reference (in words), mean, half_width, n. What was trained on fine labels is called a ceiling
        only where no setting's mean lies above it.
    """
    references = frame.test_references if part else frame.references
    rows, finished = [], references[references["state"] == "COMPLETE"]
    for name, words in REFERENCES.items():
        column = f"{part}{name}.{metric}"
        if column in finished and finished[column].notna().any():
            found = interval(finished[column])
            if name == "ceiling" and settings_above(frame, metric, found.mean, part=part):
                words = NO_CEILING
            rows.append((name, words, found.mean, found.half_width, found.n))
    return pd.DataFrame(rows, columns=["name", "reference", "mean", "half_width", "n"])


def settings_above(frame: Frame, metric: str, value: float, *, part: Part = "") -> int:
    """How many settings have a mean above a value: of the search on validation, of the confirmation on test."""
    return int((_means(frame, metric, part) > value).sum())


def ceiling_line(frame: Frame, metric: str, *, part: Part = "") -> str:
    """What the encoder of the ceiling was trained with, and whether it bounds anything; empty where there is none."""
    table = reference_means(frame, metric, part=part).set_index("name")
    if "ceiling" not in table.index:
        return ""
    means = _means(frame, metric, part)
    above = settings_above(frame, metric, float(table["mean"]["ceiling"]), part=part)
    bound = f"; {above} of {len(means)} settings are above it, so it is no upper bound" if above else ""
    return f"What was trained on fine labels is {_trained(frame)}{bound}."


def _trained(frame: Frame) -> str:
    """``SupCon (pairs cross_view, denominator negatives) at the file's temperature 0.5 (the best SupCon has 0.1)``."""
    own, baseline = _temperature(frame.ceiling), best_supcon(frame)
    if own is None:
        return method_with_scheme(frame.ceiling)
    best = _temperature(frame.specs[baseline]) if baseline else own
    other = f" (the best SupCon here has {number(best)})" if best != own else ""
    return f"{method_with_scheme(frame.ceiling)} at the file's temperature {number(own)}{other}"


def _temperature(spec: TrialSpec) -> float | None:
    return getattr(spec.objective, "temperature", None)


def _means(frame: Frame, metric: str, part: Part) -> pd.Series:
    trials = frame.tested if part else frame.finished
    column = f"{part or 'metric.'}{metric}"
    if column not in trials:
        return pd.Series(dtype=float)
    return pd.to_numeric(trials[column]).groupby([trials[name] for name in SETTING]).mean().dropna()
