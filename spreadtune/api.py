"""What a notebook imports: run a study, read what a run found.

>>> import spreadtune
>>> results = spreadtune.run(spreadtune.load_study("digits_alpha_sweep", seeds=5))
>>> results.trials.groupby("param.objective.alpha")["metric.transfer_accuracy"].mean()
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from spreadtune.run_folder import find_run
from spreadtune.spec.load import load_run_study, load_study
from spreadtune.spec.study import Study

if TYPE_CHECKING:
    from spreadtune.analysis.compare import Comparison
    from spreadtune.analysis.results import Results
    from spreadtune.errors import FaultError
    from spreadtune.runtime.before_start.which_run import Chosen
    from spreadtune.runtime.monitor import Monitor
    from spreadtune.runtime.tune.stop_request import StopRequest

__all__ = ["compare", "load_results", "load_study", "run"]


def run(
    study: Study | str,
    *,
    results: str | Path = "results",
    resume: bool | str = False,
    fresh: bool = False,
    storage: str | None = None,
    data_root: str | Path | None = None,
    address: str = "local",
    dashboard: bool = False,
    monitor: Monitor | None = None,
) -> Results:
    """Run a study to its tables and its report.

    Args:
        study: a study from :func:`load_study`, or its name.
        results: the folder of all runs.
        resume: True goes on with the newest run of this study, a text with that run (folder, NAME or NAME/ID).
        fresh: start a new run although an unfinished one exists.
        storage: a database URL; SQLite in the run folder by default.
        data_root: the folder of data sets, ``SPREADTUNE_DATA`` by default; it is set for this process.
        address: ``local`` starts a Ray cluster on this machine, ``auto`` or ``HOST:PORT`` joins one.
        dashboard: whether the local cluster has a dashboard.
        monitor: told what happens; nothing is shown without one.

    Raises:
        spreadtune.errors.UserError: a mistake in what was asked.
    """
    from spreadtune.data.root import use_data_root
    from spreadtune.runtime.before_start.preflight import preflight
    from spreadtune.runtime.before_start.which_run import new_run, resumed_run

    if isinstance(study, str):
        study = load_study(study)
    if data_root:
        use_data_root(data_root)
    preflight(study, storage=storage, address=address)
    folder = Path(results)
    if resume:
        chosen = resumed_run(study, folder, resume if isinstance(resume, str) else None)
    else:
        chosen = new_run(
            study, folder, fresh=fresh, resume_command="spreadtune.run(study, resume=True)", storage=storage
        )
    return execute(chosen, storage=storage, address=address, dashboard=dashboard, monitor=monitor)


def execute(
    chosen: Chosen,
    *,
    storage: str | None = None,
    address: str = "local",
    dashboard: bool = False,
    monitor: Monitor | None = None,
    command: Sequence[str] = tuple(sys.argv),
    stop: StopRequest | None = None,
    on_lost: Callable[[FaultError], None] | None = None,
) -> Results:
    """Run a chosen run to its report, or to a request to stop; see :func:`run`."""
    from spreadtune.analysis.results import Results
    from spreadtune.runtime.driver import run_study
    from spreadtune.runtime.monitor import SilentMonitor

    run_study(
        chosen.study,
        chosen.run,
        monitor or SilentMonitor(),
        command=list(command),
        storage=storage,
        address=address,
        dashboard=dashboard,
        retry_failed=chosen.resumed,
        stop=stop,
        on_lost=on_lost,
        extends=chosen.extends,
    )
    results = Results(chosen.run)
    results.write_report()
    return results


def load_results(run: str | Path, *, results: str | Path = "results", storage: str | None = None) -> Results:
    """What a run found, its tables written afresh from its database; works while it runs, too.

    Args:
        run: a run folder, NAME (its newest run) or NAME/ID below ``results``.
        results: the folder of all runs.
        storage: the run's database URL, where it was given one.

    Raises:
        spreadtune.errors.UserError: there is no such run.
    """
    from spreadtune.analysis.results import Results
    from spreadtune.search.results.tables import export_tables

    folder = find_run(str(run), Path(results))
    export_tables(load_run_study(folder), folder, storage=storage)
    return Results(folder)


def peek_results(run: str | Path, *, results: str | Path = "results", storage: str | None = None) -> Results:
    """The same in memory: nothing is written into the run's folder, which may be read-only; see :func:`load_results`.

    Raises:
        spreadtune.errors.UserError: there is no such run.
    """
    from spreadtune.analysis.results import Results

    return Results.of_database(find_run(str(run), Path(results)), storage=storage)


def compare(
    runs: Sequence[str | Path | Results], *, results: str | Path = "results", storage: str | None = None
) -> Comparison:
    """Runs beside each other: what differs between them, and what came out.

    >>> comparison = spreadtune.compare(["digits_alpha_sweep/20260301-100000-beef", "digits_alpha_sweep"])
    >>> print(comparison.answer())
    >>> comparison.pairs  # differences at equal settings, paired where seeds match
    >>> comparison.write_report("comparison.html")

    Args:
        runs: at least two: run folders, NAME, NAME/ID or results that are loaded. The others are compared with the
            first. Nothing is written into their folders.
        results: the folder of all runs.
        storage: the database URL of those runs that were given one.

    Raises:
        spreadtune.errors.UserError: there is no such run, one has no finished trial, or they cannot be compared.
    """
    from spreadtune.analysis.compare import Comparison
    from spreadtune.analysis.results import Results

    def loaded(run: str | Path | Results) -> Results:
        if isinstance(run, Results):
            return run
        folder = find_run(str(run), Path(results))
        return Results.of_database(folder, storage=storage if folder.manifest().get("storage") else None)

    return Comparison.of([loaded(run) for run in runs])
