"""What is private in Ray and used here all the same; nothing else of ours knows of it.

Each says why it is needed and what breaks without it. ``tests/runtime/test_ray_internals.py`` fails where another Ray
has it no longer. Ray is imported by what needs it: this module is read by commands that start none.
"""

import functools
import pickle
import subprocess
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

FAILURES_OF_ACTORS = ("_actor_task_failed", "_actor_start_failed")
"""The methods by which Tune's manager of actors hears of failures."""


def own_cluster_options(memory: float) -> dict[str, Any]:
    """Arguments of ``ray.init`` for a cluster of our own that promises so many bytes to workers.

    Why: Ray has no public one, and counts what is free at its start. Without it a plan and a run would count different
    slots where ``resources.memory_per_worker`` is set.
    """
    return {"_memory": memory}


@contextmanager
def own_process_groups() -> Iterator[None]:
    """Processes that are started in the block lead process groups of their own.

    Why: cluster schedulers and ``timeout`` send SIGTERM to a whole group, and Ray, which starts its processes by
    ``subprocess.Popen``, leaves them in the driver's. Without it they would end before trials had ended their epoch.
    They still end with the driver, which the kernel tells them.
    """
    plain = subprocess.Popen.__init__

    def grouped(self: Any, *arguments: Any, **options: Any) -> None:
        plain(self, *arguments, **{"process_group": 0, **options})

    subprocess.Popen.__init__ = grouped  # type: ignore[method-assign]
    try:
        yield
    finally:
        subprocess.Popen.__init__ = plain  # type: ignore[method-assign]


def translate_failures_of_actors(translate: Callable[[Any], Any]) -> None:
    """Pass what Tune's manager of actors hears of failures through ``translate``; harmless the second time.

    Why: the manager raises for an error that it does not know, Ray's ``OutOfMemoryError`` among them, and has no place
    to tell it of one. Without it the memory monitor's end of one worker ends the whole run.

    Args:
        translate: called with each argument, errors and others, and returns what is handed on.
    """
    from ray.air.execution._internal.actor_manager import RayActorManager

    for name in FAILURES_OF_ACTORS:
        handle = getattr(RayActorManager, name)
        if not hasattr(handle, "__wrapped__"):
            setattr(RayActorManager, name, _translated(handle, translate))


def _translated(handle: Callable[..., None], translate: Callable[[Any], Any]) -> Callable[..., None]:
    @functools.wraps(handle)
    def handle_any(*positional: Any, **named: Any) -> None:
        handle(*map(translate, positional), **{name: translate(value) for name, value in named.items()})

    return handle_any


def causes_of_group_failure(error: BaseException) -> list[Exception]:
    """What befell the workers of a group that has failed; empty for any other error.

    Why: of a worker that vanished, Ray Train tells by an error of its own that holds Ray's. Without it a group's worker
    that Ray ended for memory would count as any lost one, and be tried again as often.
    """
    failures = getattr(error, "worker_failures", None) or {}
    return [getattr(failure, "health_check_failure", failure) for failure in failures.values()]


def error_of(tune_trial: Any) -> BaseException | None:
    """The error that a trial of Tune's has ended with, if it has.

    Why: Tune's own ``get_pickled_error`` looks in the experiment's storage, where the file arrives later. Without it
    the scheduler would not hear why a worker is gone.
    """
    file = tune_trial.pickled_error_file
    error: BaseException | None = pickle.loads(Path(file).read_bytes()) if file else None
    return error
