"""The report of a run: one HTML file that needs nothing else, neither files nor network."""

import logging
from html import escape
from importlib import resources
from pathlib import Path
from string import Template

import pandas as pd
from plotly.offline import get_plotlyjs

from spreadtune.analysis.answer import answer, caution
from spreadtune.analysis.departures import departures, largest_departure
from spreadtune.analysis.figures import ReportFigure, all_figures
from spreadtune.analysis.frame import Frame, build_frame
from spreadtune.analysis.html import Column, definitions, table, typeset
from spreadtune.analysis.progress import ended_trials, planned_trials
from spreadtune.analysis.provenance import changes, readable
from spreadtune.analysis.tables import Tables
from spreadtune.analysis.trials_table import trials_table
from spreadtune.analysis.words import count, in_words
from spreadtune.run_folder import write_atomic

logger = logging.getLogger("spreadtune.analysis.report")

_PLOT_CONFIG = {"responsive": True, "displaylogo": False, "displayModeBar": False}


def write_report(tables: Tables) -> Path:
    """Write ``report.html`` into the run folder, whole or not at all, and return its path."""
    path = tables.run.report_file
    write_atomic(path, render(tables))
    logger.info("report written: %s", path)
    return path


def render(tables: Tables) -> str:
    """The report as one HTML page."""
    frame = build_frame(tables)
    lead, *rest = answer(frame)
    figures = all_figures(frame)
    return Template(_asset("report.html")).substitute(
        title=escape(tables.run.label),
        name=escape(tables.run.name),
        run=escape(tables.run.id),
        description=escape(tables.study.description),
        changes=_changes(tables),
        caution=_caution(tables),
        progress=_progress(tables),
        style=_asset("report.css"),
        plotly=get_plotlyjs() if figures else "",
        script=_asset("report.js"),
        lead=typeset(lead),
        answer="".join(f"<li>{typeset(line)}</li>" for line in rest),
        figures="\n".join(_figure(figure, index + 1) for index, figure in enumerate(figures)) or _nothing_to_draw(),
        departures=_departures(frame),
        trial_count=len(tables.trials),
        trials=trials_table(tables.trials, frame.metric),
        failed_references=_failed_references(tables.references),
        manifest=definitions(readable(tables.manifest)),
    )


def _asset(name: str) -> str:
    return (resources.files("spreadtune.analysis") / name).read_text(encoding="utf-8")


def _changes(tables: Tables) -> str:
    line = changes(tables.manifest.get("command", []))
    return f'<p class="changes">Run with <code>{escape(line)}</code></p>' if line else ""


def _caution(tables: Tables) -> str:
    text = caution(tables.manifest)
    return f'<p class="caution">{escape(text)}</p>' if text else ""


def _progress(tables: Tables) -> str:
    ended, planned = ended_trials(tables.trials), planned_trials(tables.study)
    return f'<p class="progress">So far: {ended} of {count(planned, "trial")}.</p>' if ended < planned else ""


def _failed_references(references: pd.DataFrame) -> str:
    failed = references[references["state"] == "FAIL"]
    reasons = "; ".join(f"seed {row['seed']}: {row['reason']}" for _, row in failed.iterrows())
    return f"<p>Floors and ceiling that failed: {escape(reasons)}.</p>" if reasons else ""


def _figure(figure: ReportFigure, index: int) -> str:
    drawing = figure.plot.to_html(
        full_html=False, include_plotlyjs=False, div_id=f"plot-{figure.name}", config=_PLOT_CONFIG
    )
    numbers = figure.numbers.drop(columns=["scheme", "group", "line"], errors="ignore").reset_index(drop=True)
    columns = [_column(str(name), numbers[name]) for name in numbers]
    return (
        f'<figure id="{figure.name}">{drawing}<figcaption><b>Figure {index}. {escape(figure.title)}.</b> '
        f"{typeset(figure.caption)}</figcaption>"
        f"<details><summary>Numbers of figure {index}</summary>{table(columns)}</details></figure>"
    )


def _nothing_to_draw() -> str:
    return "<p>No trial has finished yet, so there is nothing to draw.</p>"


def _departures(frame: Frame) -> str:
    rows = departures(frame)
    sentence = f"<p>{escape(largest_departure(rows))}</p>"
    if rows.empty:
        return sentence
    rows = rows.drop(columns=["variant", "setting", "alpha"]).rename(columns={"label": "setting"})
    return sentence + table([_column(str(name), rows[name]) for name in rows])


def _column(name: str, values: pd.Series) -> Column:
    """A column of a figure's numbers; what was measured gets three decimals."""
    measured = pd.api.types.is_float_dtype(values) and name not in ("x", "alpha")
    return Column(in_words(name.replace(".half_width", " ±")), values, 3 if measured else None)
