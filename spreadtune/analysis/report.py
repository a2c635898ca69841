"""The report of a run: one HTML file that needs nothing else, neither files nor network."""

import logging
from html import escape
from pathlib import Path
from string import Template

import pandas as pd
from plotly.offline import get_plotlyjs

from spreadtune.analysis.answer import answer, caution
from spreadtune.analysis.confirmation import confirmation
from spreadtune.analysis.confirmation_table import confirmation_tables
from spreadtune.analysis.departures import departures, largest_departure
from spreadtune.analysis.figures import all_figures
from spreadtune.analysis.frame import Frame, build_frame
from spreadtune.analysis.front import front_table
from spreadtune.analysis.html import definitions, table, typeset
from spreadtune.analysis.page import asset, figure_section, number_column
from spreadtune.analysis.provenance import changes, readable
from spreadtune.analysis.tables import Tables
from spreadtune.analysis.trials_table import trials_table
from spreadtune.analysis.words import count
from spreadtune.run_folder import write_atomic
from spreadtune.search.assignment import trial_label

logger = logging.getLogger("spreadtune.analysis.report")

_CONFIRMATION = """<section aria-labelledby="confirmation">
<h2 id="confirmation">Confirmation</h2>
<p>The best setting of each variant, trained anew on the training part at seeds that had no part in the search. Each
encoder is measured on validation and on the test split, by probes that saw neither. Luck is the search's mean minus
that on validation.</p>
{tables}
</section>
"""


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
    return Template(asset("report.html")).substitute(
        title=escape(tables.run.label),
        name=escape(tables.run.name),
        run=escape(tables.run.id),
        description=escape(tables.study.description),
        changes=_changes(tables),
        caution=_caution(tables),
        progress=_progress(frame),
        style=asset("report.css"),
        plotly=get_plotlyjs() if figures else "",
        script=asset("report.js"),
        lead=typeset(lead),
        answer="".join(f"<li>{typeset(line)}</li>" for line in rest),
        confirmation=_confirmation(frame),
        test_split="has been opened for the confirmation alone" if len(frame.confirmed) else "has not been opened",
        front=_front(frame),
        figures="\n".join(figure_section(figure, index + 1) for index, figure in enumerate(figures))
        or _nothing_to_draw(),
        departures=_departures(frame),
        trial_count=len(tables.trials),
        trials=trials_table(tables.trials, frame.asked),
        failed_references=_failed_references(tables.references),
        manifest=definitions(readable(tables.manifest)),
    )


def _changes(tables: Tables) -> str:
    line = changes(tables.manifest.get("command", []))
    return f'<p class="changes">Run with <code>{escape(line)}</code></p>' if line else ""


def _caution(tables: Tables) -> str:
    text = caution(tables.manifest)
    return f'<p class="caution">{escape(text)}</p>' if text else ""


def _progress(frame: Frame) -> str:
    search = frame.progress.search
    so_far = f"So far: {search.ended} of {count(search.total, 'trial')}."
    return f'<p class="progress">{so_far}</p>' if search.missing > 0 else ""


def _confirmation(frame: Frame) -> str:
    found = confirmation(frame)
    return _CONFIRMATION.format(tables=confirmation_tables(found)) if found else ""


def _failed_references(references: pd.DataFrame) -> str:
    failed = references[references["state"] == "FAIL"]
    reasons = "; ".join(
        f"{trial_label({}, row['seed'], stage=row.get('stage', 'search'))}: {row['reason']}"
        for _, row in failed.iterrows()
    )
    return f"<p>Floors and ceiling that failed: {escape(reasons)}.</p>" if reasons else ""


def _nothing_to_draw() -> str:
    return "<p>No trial has finished yet, so there is nothing to draw.</p>"


def _front(frame: Frame) -> str:
    """The Pareto front as a table; empty where one metric is optimized, or nothing has finished."""
    rows = front_table(frame)
    if rows.empty:
        return ""
    return f"<h3>Pareto front</h3>{table([number_column(str(name), rows[name]) for name in rows])}"


def _departures(frame: Frame) -> str:
    rows = departures(frame)
    sentence = f"<p>{escape(largest_departure(rows))}</p>"
    if rows.empty:
        return sentence
    rows = rows.drop(columns=["variant", "setting", "alpha"]).rename(columns={"label": "setting"})
    return sentence + table([number_column(str(name), rows[name]) for name in rows])
