"""Marks that the figures of a comparison share: a color and a symbol is a run in each of them."""

import pandas as pd

from spreadtune.analysis.figures import style

# Okabe and Ito's, the darker ones first; a run beyond them begins anew, and its symbol tells it apart.
_COLORS = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#56B4E9", "#E69F00", "#333333", "#8A8A8A", "#7B4F9D")


def color_of(letter: str) -> str:
    """A run's color."""
    return _COLORS[(ord(letter) - ord("A")) % len(_COLORS)]


def marker(letter: str, **more: object) -> dict[str, object]:
    """A run's marker."""
    symbol = style.SYMBOLS[(ord(letter) - ord("A")) % len(style.SYMBOLS)]
    return {"color": color_of(letter), "symbol": symbol, "line": {"color": "white", "width": 1}, **more}


def bars(rows: pd.DataFrame, metric: str) -> dict[str, object]:
    """The half-widths of settings' intervals, where they are known."""
    return {"type": "data", "array": rows[f"metric.{metric}.half_width"], "thickness": 1.2, "width": 3}


def is_measured(settings: pd.DataFrame, metric: str) -> bool:
    """Whether any setting has the metric."""
    return f"metric.{metric}" in settings and bool(settings[f"metric.{metric}"].notna().any())
