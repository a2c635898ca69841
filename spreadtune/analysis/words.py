"""How names and numbers are written in figures, in the answer and in the report."""

from collections.abc import Iterable
from typing import Any

import pandas as pd

from spreadtune.spec.members import member_of
from spreadtune.spec.metrics import METRICS

_WORDS = {"supcon": "SupCon", "ccinfonce": "class-conditional InfoNCE"}


def in_words(name: str) -> str:
    """``objective.autoencoder_weight`` -> ``autoencoder weight``; ``model.encoder.width`` -> ``encoder width``.

    A metric, or a column of it (``test.spread``, ``metric.contrast.spread``), is called as its record says. What a
    member has has its name: ``members.contrast.set.objective.alpha`` is ``contrast alpha``.
    """
    measured = name.removeprefix("metric.").removeprefix("test.")
    of, _, metric = measured.rpartition(".")
    if metric in METRICS:
        return f"{METRICS[metric].words} of {of}" if of else METRICS[metric].words
    if found := member_of(name):
        return f"{found[0]} {in_words(found[1])}"
    parts = name.split(".")
    spoken = parts[-2:] if len(parts) > 2 else parts[-1:]
    return " ".join(_WORDS.get(word, word) for word in " ".join(spoken).replace("_", " ").split())


def number(value: Any, digits: int = 3) -> str:
    """Three significant digits of a fraction; whole numbers and text as they are; a missing value as a dash."""
    if pd.isna(value):
        return "–"
    if isinstance(value, bool | str):
        return str(value).lower() if isinstance(value, bool) else value
    return str(int(value)) if float(value).is_integer() else f"{value:.{digits}g}"


def measured(mean: float, half_width: float = float("nan")) -> str:
    """A measured value to three decimals, with its half-width where there is one: ``0.981 +- 0.006``."""
    return f"{mean:.3f}" if pd.isna(half_width) else f"{mean:.3f} +- {half_width:.3f}"


def signed(value: float, half_width: float = float("nan")) -> str:
    """A difference to three decimals with its sign: ``+0.049 +- 0.004``; one that rounds to zero has a plus."""
    text = f"{round(value, 3) + 0.0:+.3f}"
    return text if pd.isna(half_width) else f"{text} +- {half_width:.3f}"


def p_value(p: float) -> str:
    """``= 0.017``, ``< 0.0001``; to stand after ``p``."""
    return "< 0.0001" if p < 1e-4 else f"= {p:.2g}"


def count(n: int, noun: str) -> str:
    """``1 seed``, ``3 seeds``."""
    return f"{n} {noun}" if n == 1 else f"{n} {noun}s"


def values_in_words(values: Iterable[tuple[str, Any]]) -> str:
    """``alpha 0.56, temperature 0.5`` from dotted paths and values; missing values are left out."""
    return ", ".join(f"{in_words(path)} {number(value)}" for path, value in values if not pd.isna(value))
