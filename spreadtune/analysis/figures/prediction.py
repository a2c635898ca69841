"""What theory predicts, as figures show it: the curve, its window, or single values."""

import numpy as np
import pandas as pd
import plotly.graph_objects as go

from spreadtune.analysis.figures import style
from spreadtune.analysis.frame import ALPHA, Frame
from spreadtune.analysis.recorded_theory import RecordedTheory
from spreadtune.analysis.scheme import SCHEME_PATHS

MOST_CURVES = 4
CONTINUOUS = ("uniform", "log_uniform")
POINTS = 201


def curves(frame: Frame) -> pd.DataFrame:
    """The predicted curve of each scheme: columns scheme, alpha, spread.

    By formula, or where there is none the loss minimized over free embeddings, which takes about a second a scheme.
    Empty when the figure's axis is not alpha, when there are more curves than can be told apart, and when what a curve
    depends on is drawn from a continuum, where every setting has a curve of its own.
    """
    nothing = pd.DataFrame(columns=["scheme", "alpha", "spread"])
    own_curves = any(domain.kind in CONTINUOUS for path in SCHEME_PATHS for domain in frame.domains.get(path, []))
    if frame.x != ALPHA or own_curves or len(frame.schemes) > MOST_CURVES:
        return nothing
    alphas = np.linspace(0, 1, POINTS)
    found = []
    for scheme, recorded in frame.schemes.items():
        curve = recorded.curve(alphas)
        curve.insert(0, "scheme", [scheme] * len(curve))
        found.append(curve)
    drawable = [curve for curve in found if len(curve)]
    return pd.concat(drawable, ignore_index=True) if drawable else nothing


BY_FORMULA = "predicted"
MINIMIZED = "predicted, loss minimized over free embeddings"


def prediction(x: pd.Series, y: pd.Series, mode: str, name: str = BY_FORMULA) -> go.Scatter:
    """The prediction as a curve (``lines``) or as a dash beside each setting (``markers``)."""
    return go.Scatter(
        x=x,
        y=y,
        mode=mode,
        line={"color": style.PREDICTION, "width": 1.6, "dash": "dash"},
        marker={"symbol": "line-ew-open", "size": 12, "color": style.PREDICTION, "line": {"width": 2}},
        name=name,
        legendgroup=name,
        hovertemplate="predicted %{y:.3f} at %{x:.3f}<extra></extra>",
    )


def shade_window(plot: go.Figure, recorded: RecordedTheory, place: dict[str, int]) -> None:
    """Shade alpha_c to alpha_m, with a line where the last class opens; without alpha_m a line at alpha_c."""
    low, high = recorded.alpha_c, recorded.alpha_m
    if np.isnan(low):
        return
    if np.isnan(high):
        plot.add_vline(x=low, line={"color": style.REFERENCE, "width": 1, "dash": "dot"}, **place)
        return
    if last := recorded.last_opening():
        plot.add_vline(x=last, line={"color": style.REFERENCE, "width": 1, "dash": "dot"}, **place)
    plot.add_vrect(x0=low, x1=high, fillcolor=style.WINDOW, line_width=0, layer="below", **place)
