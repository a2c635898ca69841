"""What Ray's memory monitor ends costs that trial alone, and is told in one sentence."""

from types import SimpleNamespace
from typing import Any

import pytest
from ray.air.execution._internal.actor_manager import RayActorManager
from ray.exceptions import OutOfMemoryError, RayActorError
from ray.train.v2._internal.exceptions import WorkerHealthCheckFailedError
from ray.train.v2.api.exceptions import WorkerGroupError

from spreadtune.runtime.worker.out_of_memory import memory_reason, spare_other_trials

RAYS_WORDS = "Memory on the node (IP: 192.0.2.2, ID: 81aa) was 22.90GB used / 23.54GB limit (0.97)"
IN_OUR_WORDS = "Ray ended the worker to free its machine, where 22.90GB of 23.54GB were in use"


def test_what_is_said_of_rays_errors() -> None:
    plain, dead = OutOfMemoryError(RAYS_WORDS), RayActorError(error_msg="gone")
    assert memory_reason(plain) == IN_OUR_WORDS
    assert memory_reason(OutOfMemoryError("other words")) == "Ray ended the worker to free its machine"
    assert memory_reason(dead) is None
    assert memory_reason(None) is None
    group = WorkerGroupError("", {0: dead, 1: WorkerHealthCheckFailedError("a health check failed", plain)})
    assert memory_reason(group) == IN_OUR_WORDS
    assert memory_reason(WorkerGroupError("", {0: dead})) is None


def test_tunes_manager_of_actors_takes_it_for_the_death_of_one(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("_actor_task_failed", "_actor_start_failed"):
        monkeypatch.setattr(RayActorManager, name, getattr(RayActorManager, name))
    told: list[Exception] = []

    def tell(actor: Any, error: Exception) -> None:
        told.append(error)

    actor = SimpleNamespace(actor_id=1, _on_error=tell)
    task = SimpleNamespace(_tracked_actor=actor, _on_error=tell)
    manager: Any = SimpleNamespace(_failed_actor_ids=set(), _cleanup_actor=lambda tracked_actor: None)
    for _ in range(2):
        spare_other_trials()
    error = OutOfMemoryError(RAYS_WORDS)
    RayActorManager._actor_task_failed(manager, tracked_actor_task=task, exception=error)
    RayActorManager._actor_start_failed(manager, actor, error)
    assert [memory_reason(error) for error in told] == [IN_OUR_WORDS] * 3
    assert all(isinstance(error, RayActorError) for error in told)
