"""The driver: one process that holds the run's lock, lets Tune execute and keeps the books."""

import logging
import shutil
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import asdict
from typing import Any

from spreadtune.run_folder import RunFolder, TrialFolder, write_atomic
from spreadtune.run_folder.files import remove_temporary
from spreadtune.run_folder.trial import TAKEN
from spreadtune.runtime.before_start.data_sets import data_warnings, other_datasets
from spreadtune.runtime.cluster.connection import Cluster, ClusterError, connect
from spreadtune.runtime.cluster.control_watch import control_watched
from spreadtune.runtime.cluster.processes import end_children, end_leftovers, processes_recorded
from spreadtune.runtime.cluster.resources import Slots, actor_resources, plan_slots
from spreadtune.runtime.manifest import Manifest
from spreadtune.runtime.monitor import Monitor
from spreadtune.runtime.tune.stop_request import StopRequest
from spreadtune.search.ledger import Ledger
from spreadtune.search.results.progress import Progress
from spreadtune.search.results.tables import export_tables
from spreadtune.search.storage.database import database_url
from spreadtune.search.storage.reading import stored_rows
from spreadtune.spec.load import dump_study, load_run_study
from spreadtune.spec.study import Study
from spreadtune.trial.datasets import dataset_of

logger = logging.getLogger(__name__)


def run_study(
    study: Study,
    run: RunFolder,
    monitor: Monitor,
    *,
    command: Sequence[str],
    storage: str | None = None,
    address: str = "local",
    dashboard: bool = True,
    retry_failed: bool = False,
    stop: StopRequest | None = None,
    on_lost: Callable[[ClusterError], None] | None = None,
    extends: RunFolder | None = None,
) -> Progress:
    """Run what a study's run still lacks, to its tables.

    Args:
        study: the resolved study.
        run: its run folder, new or taken up.
        monitor: told what happens.
        command: what the user typed, for the manifest.
        storage: a database URL; SQLite in the run folder by default.
        address: ``local``, ``auto`` or ``HOST:PORT`` of a Ray cluster.
        dashboard: whether our own cluster has a dashboard.
        retry_failed: give (setting, seed) pairs that failed another trial.
        stop: a request to end early, made from a signal's handler.
        on_lost: called in a thread of its own when Ray has died, in whose calls the main thread hangs: says so and ends
            the process. Without it Ray does, a little later and without a word.
        extends: a run whose trials the samplers learn from before anything is drawn.

    Returns:
        The counts at the end.

    Raises:
        UserError: the run is held by another process, no cluster answers, or a trial can never fit.
        FaultError: the run's folder or its database takes no more; a resume goes on.
        KeyboardInterrupt: it was asked to stop, and did.
    """
    stop = stop or StopRequest()
    with run.lock(), run.gone_unless_begun():
        database_url(run, storage)  # the manifest that is written next would say what was asked, right or wrong
        end_leftovers(run.path.parent.parent, run)
        manifest = Manifest(run, study, command=command, storage=storage)
        dataset = dataset_of(study.data)
        ledger = Ledger.open(study, run, storage=storage, references=dataset.has_subclasses, retry_failed=retry_failed)
        learned = _learn(ledger, extends, storage) if extends else None
        if extends:
            manifest.update(
                extends={"run": extends.label, "trials": learned},
                profile=study.profile or extends.manifest().get("profile"),
            )
        reason = "interrupted"
        try:
            progress = ledger.progress()
            monitor.opened(progress, learned)
            if progress.missing:
                with _cluster(run, address, dashboard, on_lost) as cluster:
                    stop.check()
                    slots = plan_slots(study.resources, cluster.nodes)
                    write_atomic(run.study_file, dump_study(study))  # from here on it is a run, which can be resumed
                    if others := other_datasets(study):
                        manifest.update(transfer_to={name: other.fingerprint for name, other in others.items()})
                    manifest.update(
                        nodes=[asdict(node) for node in cluster.nodes],
                        slots=asdict(slots),
                        batch_norm=slots.batch_norm,
                        data={study.data.dataset.name: dataset.fingerprint},
                        classes=list(dataset.class_names),
                        data_warnings=data_warnings(study),
                    )
                    logger.info("%s on %d nodes: %s", run.label, len(cluster.nodes), slots)
                    monitor.connected(cluster, slots, progress)
                    _execute(ledger, run, slots, monitor, stop)
            else:
                write_atomic(run.study_file, dump_study(study))  # what chooses its best may be another now
            reason = "finished"
        except Exception as error:
            reason = f"{type(error).__name__}: {error}"
            raise
        finally:
            with _first_error_counts(broken=reason not in ("finished", "interrupted")):
                ledger.close()
                if run.study_file.exists():
                    if reason == "finished":
                        remove_temporary(run.path)  # of processes that were killed while they wrote
                    manifest.end(reason, usage=_usage(run))
                    logger.info("%s: %s", run.label, reason)
                    export_tables(study, run, storage=storage)
        return ledger.progress()


@contextmanager
def _cluster(
    run: RunFolder, address: str, dashboard: bool, on_lost: Callable[[ClusterError], None] | None
) -> Iterator[Cluster]:
    """The cluster, its processes recorded where it is our own, watched for its death."""
    with (
        _recorded(run, address),
        connect(address, dashboard=dashboard) as cluster,
        control_watched(cluster.control, lambda: _lost(on_lost)),
    ):
        yield cluster


def _learn(ledger: Ledger, extends: RunFolder, storage: str | None) -> int:
    """Hand on what the extended run found; how many of its trials fit the new space."""
    elsewhere = storage if extends.manifest().get("storage") else None
    learned = ledger.learn(stored_rows(load_run_study(extends), extends, elsewhere), extends.label)
    logger.info("begins with %d trials of %s", learned, extends.label)
    return learned


def _lost(on_lost: Callable[[ClusterError], None] | None) -> None:
    """Ray has died. The books are in order, as they are at any moment; what it leaves of its processes is ended."""
    error = ClusterError("Ray's control service (GCS) has ended in the middle of the run")
    logger.info("%s", error)
    if on_lost:
        end_children()
        on_lost(error)


@contextmanager
def _first_error_counts(*, broken: bool) -> Iterator[None]:
    """What goes wrong in the block is only logged where the run has broken down already: it has the same cause."""
    try:
        yield
    except Exception:
        if not broken:
            raise
        logger.info("and at the end of it:", exc_info=True)


def _recorded(run: RunFolder, address: str) -> AbstractContextManager[None]:
    """A cluster that was there before is none of ours to end."""
    return processes_recorded(run.processes_file) if address == "local" else nullcontext()


def _execute(ledger: Ledger, run: RunFolder, slots: Slots, monitor: Monitor, stop: StopRequest) -> None:
    """Let Tune run trials until the ledger has nothing left to hand out."""
    from spreadtune.runtime.worker.actor import train_in_actor, train_in_group

    fill_slots(ledger, run, slots, monitor, train_in_actor if slots.workers == 1 else train_in_group, stop)


def fill_slots(
    ledger: Ledger,
    run: RunFolder,
    slots: Slots,
    monitor: Monitor,
    trainable: Callable[[Mapping[str, Any]], None],
    stop: StopRequest,
) -> None:
    """Hand the ledger's assignments to ``trainable``, as many side by side as there are slots, until none is left.

    Raises:
        KeyboardInterrupt: it was asked to stop, and trials were left for a resume.
    """
    from ray import tune

    from spreadtune.runtime.tune.adapters import LedgerScheduler, LedgerSearcher, NothingToWaitFor, Quiet
    from spreadtune.runtime.tune.jobs import Jobs
    from spreadtune.runtime.worker.out_of_memory import spare_other_trials

    spare_other_trials()
    scratch = run.path / ".tune"  # Ray's own snapshots, which nothing of ours reads
    jobs = Jobs(ledger, slots, monitor, str(scratch), stop)
    tuner = tune.Tuner(
        tune.with_resources(trainable, actor_resources(slots)),
        tune_config=tune.TuneConfig(
            search_alg=LedgerSearcher(jobs),
            scheduler=LedgerScheduler(jobs),
            num_samples=-1,
            max_concurrent_trials=slots.count,
            reuse_actors=True,
        ),
        run_config=tune.RunConfig(
            name="tune",
            storage_path=str(scratch),
            verbose=0,
            callbacks=[Quiet()],
            stop=NothingToWaitFor(jobs),
            failure_config=tune.FailureConfig(max_failures=0),  # retries are the jobs'
        ),
    )
    try:
        with stop.heeded(jobs.ask_all_to_stop):
            tuner.fit()
        if stop.made:
            jobs.leave_what_is_left()
        if jobs.broken:
            raise jobs.broken
        if jobs.left or (stop.made and ledger.progress().missing):
            raise KeyboardInterrupt
    finally:
        shutil.rmtree(scratch, ignore_errors=True)


def _usage(run: RunFolder) -> Mapping[str, float]:
    """CPU- and GPU-seconds of everything that was trained, attempts that were cut short included."""
    folders = [*map(run.trial, run.trials()), *run.every_reference()]
    spent = [(_seconds(folder), folder.environment()) for folder in folders]
    cpu = sum(seconds * used.get("threads", 1) * used.get("workers", 1) for seconds, used in spent)
    gpu = sum(seconds * used.get("workers", 1) for seconds, used in spent if used.get("device") == "cuda")
    return {"cpu_seconds": cpu, "gpu_seconds": gpu}


def _seconds(folder: TrialFolder) -> float:
    attempts = (attempt for encoder in folder.encoders().values() for attempt in encoder.attempts())
    lines = (line for attempt in attempts for line in attempt.history() if TAKEN not in line)
    return sum(float(line.get("seconds", 0.0)) for line in lines)
