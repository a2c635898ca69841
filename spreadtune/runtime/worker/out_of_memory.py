"""Ray's own monitor, which ends workers of a machine that runs out of memory, and what Tune makes of that.

Ray then raises ``OutOfMemoryError`` for what the worker was doing. Tune's manager of actors takes actors that died for
failed trials, but does not know this error: it raises, and all of ``fit`` ends with every trial that is in training.
So the error is told to it as what it is, the death of an actor.
"""

import re
from typing import Any

from ray.exceptions import OutOfMemoryError, RayActorError

from spreadtune.runtime.ray_internals import causes_of_group_failure, translate_failures_of_actors


class ActorOutOfMemoryError(RayActorError):  # type: ignore[misc]
    """An actor that Ray ended because its machine was running out of memory."""


def spare_other_trials() -> None:
    """Let one trial fail where Tune would end them all. Harmless the second time."""
    translate_failures_of_actors(_as_a_death)


def memory_reason(error: BaseException | None) -> str | None:
    """What to say of a worker that Ray ended for memory; None for any other error.

    Groups tell of theirs in the text of an error of their own.
    """
    if isinstance(error, OutOfMemoryError | ActorOutOfMemoryError):
        return _told(str(error))
    causes = causes_of_group_failure(error) if error else []
    return next((reason for reason in map(memory_reason, causes) if reason), None)


def _told(message: str) -> str:
    used = re.search(r"was (\S+) used / (\S+) limit", message)
    on_its_machine = f", where {used[1]} of {used[2]} were in use" if used else ""
    return f"Ray ended the worker to free its machine{on_its_machine}"


def _as_a_death(value: Any) -> Any:
    return ActorOutOfMemoryError(error_msg=str(value)) if isinstance(value, OutOfMemoryError) else value
