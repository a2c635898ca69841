"""Tables: what the run's database and folders say, as Parquet and CSV. Derived, so they may be deleted.

They may be written while the run goes on: trials that have not ended have state RUNNING and no metrics.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import pandas as pd

from spreadtune.errors import UserError
from spreadtune.run_folder import Outcome, RunFolder, write_atomic
from spreadtune.search.results.outcomes import restored_outcome
from spreadtune.search.sampling.space import Parameter
from spreadtune.search.storage.database import database_url
from spreadtune.search.storage.peek import peeked_rows
from spreadtune.search.storage.reading import stored_rows
from spreadtune.search.storage.record import Row, Rows
from spreadtune.spec.metrics import METRICS
from spreadtune.spec.search import SearchConfig
from spreadtune.spec.seed import STAGES
from spreadtune.spec.study import Study

_TYPES = {
    "trial": "int64",
    "variant": "str",
    "stage": "str",
    "setting": "int64",
    "seed": "int64",
    "state": "str",
    "reason": "str",
    "epoch": "int64",
    "attempt": "int64",
    "duplicate_of": "Int64",
    "repeat_of": "Int64",
    "retry_of": "Int64",
    "taken": "str",
    "class_counts": "str",
    "device": "str",
}
_THEORY = ("alpha_c", "alpha_m", "spread", "lowest_class_spread", "highest_class_spread", "images_per_class")

History = list[dict[str, Any]]


@dataclass(frozen=True)
class DerivedTables:
    """One row a trial, one row an epoch of a trial, one row a reference."""

    trials: pd.DataFrame
    history: pd.DataFrame
    references: pd.DataFrame


def export_tables(study: Study, run: RunFolder, *, storage: str | None = None) -> None:
    """Write ``trials.parquet``, ``trials.csv``, ``history.parquet`` and ``references.parquet`` afresh.

    Raises:
        UserError: the database cannot be opened.
        DatabaseAwayError: it does not answer.
    """
    database_url(run, storage)  # of a run whose trials are elsewhere, empty tables would be written without the address
    tables = _derived(study, run, [stored_rows(study, run, storage, stage=stage) for stage in STAGES])
    write_atomic(run.trials_table, tables.trials.to_parquet(None), sync=False)
    write_atomic(run.trials_table.with_suffix(".csv"), tables.trials.to_csv(index=False), sync=False)
    write_atomic(run.history_table, tables.history.to_parquet(None), sync=False)
    write_atomic(run.references_table, tables.references.to_parquet(None), sync=False)


def read_tables(study: Study, run: RunFolder, *, storage: str | None = None) -> DerivedTables:
    """The same tables in memory; the run's folder stays as it is, also one that may not be written.

    Raises:
        UserError: the database cannot be opened or read.
        DatabaseAwayError: it does not answer.
    """
    in_folder = storage is None and not run.manifest().get("storage") and run.database_file.exists()
    if not in_folder:
        database_url(run, storage)
        return _derived(study, run, [stored_rows(study, run, storage, stage=stage) for stage in STAGES])
    try:
        return _derived(study, run, [peeked_rows(study, run, stage=stage) for stage in STAGES])
    except UserError as error:
        raise UserError(f"{run.label}: {error}") from error


def _derived(study: Study, run: RunFolder, stored: Iterable[Mapping[str, Rows]]) -> DerivedTables:
    rows = [
        (variant, row) for of_stage in stored for variant, of_variant in of_stage.items() for row in of_variant.values()
    ]
    rows.sort(key=lambda entry: entry[1].record.trial)
    histories = {row.record.trial: run.trial(row.record.trial).history() for _, row in rows}
    return DerivedTables(
        trials=trials_table(study, run, rows, histories),
        history=history_table(rows, histories),
        references=references_table(run),
    )


def trials_table(
    study: Study, run: RunFolder, rows: list[tuple[str, Row]], histories: Mapping[int, History]
) -> pd.DataFrame:
    """One row a trial; every searched path has its ``param.`` column, empty where the trial has no such parameter."""
    parameters = _parameters(study)
    lines = [
        _trial_line(run, variant, row, histories[row.record.trial], parameters, study.search) for variant, row in rows
    ]
    columns = [
        *("trial", "variant", "stage", "setting", "seed", "state", "reason", "epoch"),
        *("duplicate_of", "repeat_of", "retry_of"),
        *parameters,
        *(f"metric.{name}" for name in METRICS),
        *(test_columns() if study.search.confirm else ()),
        *dict.fromkeys(name for line in lines for name in line if _is_of_member(name)),
        *(["taken"] if any(variant.members for variant in study.variants()) else []),
        *(f"theory.{name}" for name in _THEORY),
        *("class_counts", "seconds", "device"),
    ]
    return _frame(lines, columns)


def history_table(rows: list[tuple[str, Row]], histories: Mapping[int, History]) -> pd.DataFrame:
    """One row an epoch of a trial, the latest attempt's; ``metric.`` before what the trials table calls so."""
    lines = [
        {**_identity(variant, row), **{_history_column(key): value for key, value in epoch.items()}}
        for variant, row in rows
        for epoch in histories[row.record.trial]
    ]
    first = ["trial", "variant", "setting", "seed", "attempt", "epoch"]
    return _frame(lines, list(dict.fromkeys([*first, *(key for line in lines for key in line)])))


def references_table(run: RunFolder) -> pd.DataFrame:
    """One row a reference: stage, seed, how it ended, floors and ceiling by name (``raw_pixels.transfer_accuracy``).

    One of a confirmation has them on the test split too (``test.raw_pixels.transfer_accuracy``).
    """
    lines: list[dict[str, Any]] = []
    for stage in STAGES:
        for seed in run.references(stage):
            outcome = run.reference(seed, stage).outcome() or _UNENDED
            state = "RUNNING" if outcome is _UNENDED else outcome.state
            lines.append({"stage": stage, "seed": seed, "state": state, "reason": outcome.reason, **outcome.metrics})
    first = ["stage", "seed", "state", "reason"]
    return _frame(lines, list(dict.fromkeys([*first, *(key for line in lines for key in line)])))


_UNENDED = Outcome("FAIL")


def _trial_line(
    run: RunFolder, variant: str, row: Row, history: History, parameters: Mapping[str, str], search: SearchConfig
) -> dict[str, Any]:
    record = row.record
    folder = run.trial(record.trial)
    published = folder.outcome()
    if published is None and row.state != "RUNNING":
        published = restored_outcome(folder, row, search)
    outcome = published or _UNENDED
    drawn = {**record.params, **record.values}
    return {
        **_identity(variant, row),
        "stage": record.stage,
        # A published outcome counts before Optuna knows of it.
        "state": published.state if published else row.state,
        "reason": outcome.reason,
        "epoch": outcome.epoch if published else (history or [{"epoch": 0}])[-1]["epoch"],
        "duplicate_of": record.duplicate_of,
        "repeat_of": record.repeat_of,
        "retry_of": record.retry_of,
        **{column: drawn.get(name) for column, name in parameters.items()},
        **{f"metric.{name}": outcome.metrics.get(name) for name in METRICS},
        **{name: outcome.metrics.get(name) for name in test_columns()},
        **_of_members(outcome.metrics),
        "taken": ", ".join(f"{name} from trial {number}" for name, number in folder.taken().items()) or None,
        **{f"theory.{name}": outcome.theory.get(name) for name in _THEORY},
        "class_counts": _class_counts(outcome),
        "seconds": outcome.details.get("seconds"),
        "device": outcome.details.get("device"),
    }


def _of_members(metrics: Mapping[str, float]) -> dict[str, float]:
    """``metric.contrast.spread`` and ``test.contrast.spread``: what is measured of one encoder of several."""
    columns = {name if name.startswith("test.") else f"metric.{name}": value for name, value in metrics.items()}
    return {name: value for name, value in columns.items() if _is_of_member(name)}


def _is_of_member(column: str) -> bool:
    kind, _, rest = column.partition(".")
    member, dot, metric = rest.partition(".")
    return kind in ("metric", "test") and bool(dot) and member not in METRICS and metric in METRICS


def _class_counts(outcome: Outcome) -> str | None:
    """Images of each class in the trial's batches, on average: ``64.25 63.75``."""
    counts = outcome.details.get("batch_class_counts")
    return " ".join(f"{count:.6g}" for count in counts) if counts else None


def test_columns() -> list[str]:
    """``test.NAME``: what a confirmation measures on the sealed split, under the names that it has in an outcome."""
    return [f"test.{name}" for name, metric in METRICS.items() if metric.part == "kept apart"]


def _identity(variant: str, row: Row) -> dict[str, Any]:
    return {
        "trial": row.record.trial,
        "variant": variant,
        "setting": row.record.setting,
        "seed": row.record.seed,
    }


def _parameters(study: Study) -> dict[str, str]:
    """Column -> name of the value, of all variants; a window has alpha and its position."""
    columns = {}
    for variant in study.variants():
        for path, domain in variant.space.items():
            for name in (path, Parameter.of(path, domain).name):
                columns[f"param.{name}"] = name
    return columns


def _history_column(key: str) -> str:
    return f"metric.{key}" if key.rpartition(".")[2] in METRICS else key


def _frame(lines: list[dict[str, Any]], columns: list[str]) -> pd.DataFrame:
    """A table with one type a column, so that an empty one reads like a full one."""
    return pd.DataFrame({name: _column(name, [line.get(name) for line in lines]) for name in columns})


def _column(name: str, values: list[Any]) -> "pd.Series[Any]":
    """Numbers are floats, unless the table's meaning makes them whole; a mixture (a choice of 1 and 'auto') is text."""
    if name in _TYPES:
        return pd.Series(values, dtype=_TYPES[name])
    given = [value for value in values if value is not None]
    if given and all(isinstance(value, bool) for value in given):
        return pd.Series(values, dtype="boolean")
    if all(isinstance(value, int | float) and not isinstance(value, bool) for value in given):
        return pd.Series(values, dtype="float64")
    return pd.Series([None if value is None else str(value) for value in values], dtype="str")
