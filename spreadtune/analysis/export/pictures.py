"""The report's figures as PNG and SVG. Kaleido draws them in a browser of this machine, and nothing leaves it."""

import re
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import plotly.graph_objects as go

from spreadtune.analysis.figures import ReportFigure
from spreadtune.run_folder import write_atomic

WIDTH = 1000  # pixels, about that of a figure in the report
SCALES = {"png": 2, "svg": 1}  # PNG with two pixels for one, for print

# Kaleido would load MathJax from the network, and a browser asks for this and that when it starts. No figure has
# formulas, and behind a proxy that is not there the browser reaches nothing.
_OFFLINE = {"mathjax": False, "proxy_server": "http://127.0.0.1:9"}


class CannotDrawError(Exception):
    """What is missing for pictures, and how to get it."""


def write_pictures(figures: Sequence[ReportFigure], folder: Path) -> list[Path]:
    """Write ``NAME.png`` and ``NAME.svg`` of each figure and return their paths.

    Raises:
        CannotDrawError: Kaleido is not installed, or finds no browser that starts.
    """
    with tempfile.TemporaryDirectory(prefix="spreadtune-") as drawn:
        paths = [Path(drawn) / f"{figure.name}.{kind}" for figure in figures for kind in SCALES]
        _draw([figure for figure in figures for _ in SCALES], paths)
        for path, figure in zip(paths, (figure for figure in figures for _ in SCALES), strict=True):
            write_atomic(folder / path.name, _named(path.read_bytes(), figure.name))
    return [folder / path.name for path in paths]


def _draw(figures: Sequence[ReportFigure], paths: Sequence[Path]) -> None:
    try:
        import kaleido
        from choreographer import errors
    except ImportError:
        raise CannotDrawError('Kaleido is not installed: pip install "spreadtune[export]"') from None
    jobs = [_job(figure, path) for figure, path in zip(figures, paths, strict=True)]
    try:
        kaleido.write_fig_from_object_sync(jobs, kopts=dict(_OFFLINE), cancel_on_error=True)
    except errors.ChromeNotFoundError:
        raise CannotDrawError("no browser was found: install Chromium or Chrome, or set BROWSER_PATH to one") from None
    except (errors.BrowserFailedError, errors.BrowserClosedError, errors.BrowserDepsError, TimeoutError) as error:
        raise CannotDrawError(f"the browser does not start or answer ({type(error).__name__})") from error


def _job(figure: ReportFigure, path: Path) -> dict[str, Any]:
    kind, on_white = path.suffix.removeprefix("."), go.Figure(figure.plot).update_layout(paper_bgcolor="white")
    for index, trace in enumerate(on_white.data):
        trace.uid = str(index)  # it stands in the SVG, and Plotly would draw one
    size = {"width": WIDTH, "height": figure.plot.layout.height, "scale": SCALES[kind]}
    return {"fig": on_white, "path": path, "opts": {"format": kind, **size}}


def _named(picture: bytes, name: str) -> bytes:
    """An SVG with the figure's name where Plotly draws six random digits for its ids, so that equal ones are equal."""
    drawn = re.search(rb'id="defs-([0-9a-f]{6})"', picture)
    return picture.replace(drawn[1], name.encode()) if drawn else picture
