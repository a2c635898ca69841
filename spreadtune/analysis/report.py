"""The report of a run: one HTML file that needs nothing else, neither files nor network."""

import logging
from pathlib import Path

import pandas as pd

from spreadtune.analysis.answer import answer, caution
from spreadtune.analysis.beside_supcon import beside_supcon
from spreadtune.analysis.columns import Column, number_columns
from spreadtune.analysis.confirmation import confirmation
from spreadtune.analysis.confirmation_table import confirmation_tables
from spreadtune.analysis.departures import departures, largest_departure
from spreadtune.analysis.figures import all_figures
from spreadtune.analysis.frame import Frame, build_frame
from spreadtune.analysis.front import front_table
from spreadtune.analysis.page import page
from spreadtune.analysis.paper.section import against_paper
from spreadtune.analysis.provenance import changes, lines
from spreadtune.analysis.tables import Tables
from spreadtune.analysis.trials_table import trial_columns
from spreadtune.analysis.variants import contrast_columns
from spreadtune.analysis.words import count
from spreadtune.run_folder import write_atomic
from spreadtune.search.assignment import trial_label

logger = logging.getLogger("spreadtune.analysis.report")


def write_report(tables: Tables) -> Path:
    """Write ``report.html`` into the run folder, whole or not at all, and return its path."""
    path = tables.run.report_file
    write_atomic(path, render(tables))
    logger.info("report written: %s", path)
    return path


def render(tables: Tables) -> str:
    """The report as one HTML page."""
    frame = build_frame(tables)
    found, departing = confirmation(frame), departures(frame)
    return page(
        "report.html",
        title=tables.run.label,
        run=tables.run,
        description=tables.study.description,
        changes=changes(tables.manifest.get("command", [])),
        cautions=_cautions(tables),
        progress=_progress(frame),
        answer=answer(frame),
        front=number_columns(front_table(frame)),
        beside_supcon=beside_supcon(frame),
        contrasts=contrast_columns(frame),
        confirmation=confirmation_tables(found) if found else [],
        paper=against_paper(frame),
        test_split_opened=len(frame.confirmed) > 0,
        figures=all_figures(frame),
        largest_departure=largest_departure(departing),
        departures=_departure_columns(departing),
        trial_count=len(tables.trials),
        trials=trial_columns(tables.trials, frame.asked),
        failed_references=_failed_references(tables.references),
        manifest=lines(tables.manifest),
    )


def _cautions(tables: Tables) -> list[str]:
    lines = [caution(tables.manifest), *(f"{line}." for line in tables.manifest.get("data_warnings", ()))]
    return [line for line in lines if line]


def _progress(frame: Frame) -> str:
    search = frame.progress.search
    return f"So far: {search.ended} of {count(search.total, 'trial')}." if search.missing > 0 else ""


def _failed_references(references: pd.DataFrame) -> str:
    failed = references[references["state"] == "FAIL"]
    return "; ".join(
        f"{trial_label({}, row['seed'], stage=row.get('stage', 'search'))}: {row['reason']}"
        for _, row in failed.iterrows()
    )


def _departure_columns(departing: pd.DataFrame) -> list[Column]:
    """Each setting's departure from theory; nothing where no setting has one."""
    if departing.empty:
        return []
    named = departing.drop(columns=["variant", "setting", "alpha"]).rename(columns={"label": "setting"})
    return number_columns(named)
