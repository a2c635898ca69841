"""Ray's own monitor, which ends workers of a machine that runs out of memory, and what Tune makes of that.

Ray then raises ``OutOfMemoryError`` for what the worker was doing. Tune's manager of actors takes actors that died for
failed trials, but does not know this error: it raises, and all of ``fit`` ends with every trial that is in training.
So the error is told to it as what it is, the death of an actor.
"""

import functools
import re
from collections.abc import Callable
from typing import Any

from ray.air.execution._internal.actor_manager import RayActorManager
from ray.exceptions import OutOfMemoryError, RayActorError


class ActorOutOfMemoryError(RayActorError):  # type: ignore[misc]
    """An actor that Ray ended because its machine was running out of memory."""


def spare_other_trials() -> None:
    """Let one trial fail where Tune would end them all. Harmless the second time."""
    for name in ("_actor_task_failed", "_actor_start_failed"):
        handle = getattr(RayActorManager, name)
        if not hasattr(handle, "__wrapped__"):
            setattr(RayActorManager, name, _told_as_a_death(handle))


def memory_reason(error: BaseException | None) -> str | None:
    """What to say of a worker that Ray ended for memory; None for any other error.

    Groups tell of theirs in the text of an error of their own.
    """
    if isinstance(error, OutOfMemoryError | ActorOutOfMemoryError):
        return _told(str(error))
    failures = getattr(error, "worker_failures", None) or {}
    causes = [getattr(failure, "health_check_failure", failure) for failure in failures.values()]
    return next((reason for reason in map(memory_reason, causes) if reason), None)


def _told(message: str) -> str:
    used = re.search(r"was (\S+) used / (\S+) limit", message)
    on_its_machine = f", where {used[1]} of {used[2]} were in use" if used else ""
    return f"Ray ended the worker to free its machine{on_its_machine}"


def _told_as_a_death(handle: Callable[..., None]) -> Callable[..., None]:
    @functools.wraps(handle)
    def handle_any(*positional: Any, **named: Any) -> None:
        handle(*map(_as_a_death, positional), **{name: _as_a_death(value) for name, value in named.items()})

    return handle_any


def _as_a_death(value: Any) -> Any:
    return ActorOutOfMemoryError(error_msg=str(value)) if isinstance(value, OutOfMemoryError) else value
