"""What is private in Ray is still there and means what it meant."""

import inspect
import os
import pickle
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import psutil
import pytest
import ray
from ray._private import services
from ray.air.execution._internal.actor_manager import RayActorManager
from ray.train.v2._internal.exceptions import WorkerHealthCheckFailedError
from ray.train.v2.api.exceptions import WorkerGroupError
from ray.tune.experiment import Trial

from spreadtune.runtime.cluster.connection import connect
from spreadtune.runtime.cluster.machine import memory_for_workers
from spreadtune.runtime.ray_internals import (
    FAILURES_OF_ACTORS,
    causes_of_group_failure,
    error_of,
    own_cluster_options,
    own_process_groups,
    translate_failures_of_actors,
)


def test_ray_takes_the_memory_that_is_promised() -> None:
    (name,) = own_cluster_options(1.0)
    assert f'kwargs.pop("{name}"' in inspect.getsource(ray.init)


def test_a_process_that_is_started_leads_a_group_of_its_own() -> None:
    assert issubclass(services.ConsolePopen, subprocess.Popen)
    tell = [sys.executable, "-c", "import os; print(os.getpgid(0) == os.getpid())"]
    with own_process_groups():
        assert subprocess.run(tell, capture_output=True, text=True, check=True).stdout == "True\n"
    assert subprocess.run(tell, capture_output=True, text=True, check=True).stdout == "False\n"


@pytest.mark.slow
def test_a_cluster_of_our_own_has_both() -> None:
    with connect(dashboard=False, cpus=1) as cluster:
        assert [node.memory for node in cluster.nodes] == [pytest.approx(memory_for_workers(), rel=0.01)]
        groups = {os.getpgid(process.pid) for process in psutil.Process().children(recursive=True)}
        assert groups
        assert os.getpgid(0) not in groups


def test_what_tunes_manager_of_actors_hears_of_failures_is_translated_once(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in FAILURES_OF_ACTORS:  # a study in this process may have wrapped them already
        monkeypatch.setattr(RayActorManager, name, inspect.unwrap(getattr(RayActorManager, name)))
    told: list[str] = []

    def tell(actor: Any, error: Exception) -> None:
        told.append(str(error))

    actor = SimpleNamespace(actor_id=1, _on_error=tell)
    task = SimpleNamespace(_tracked_actor=actor, _on_error=tell)
    manager: Any = SimpleNamespace(_failed_actor_ids=set(), _cleanup_actor=lambda tracked_actor: None)
    for _ in range(2):
        translate_failures_of_actors(
            lambda each: ray.exceptions.RayActorError(error_msg=f"{each}!") if each == "gone" else each
        )
    RayActorManager._actor_task_failed(manager, tracked_actor_task=task, exception="gone")
    RayActorManager._actor_start_failed(manager, actor, "gone")
    assert told == ["gone!"] * 3


def test_the_causes_of_a_group_s_failure_are_its_workers_own() -> None:
    fault, cause = RuntimeError("a fault"), RuntimeError("the cause")
    told = WorkerHealthCheckFailedError("a health check failed", cause)
    assert causes_of_group_failure(WorkerGroupError("", {0: fault, 1: told})) == [fault, cause]
    assert causes_of_group_failure(fault) == []


def test_a_trial_s_error_is_where_tune_writes_it(tmp_path: Path) -> None:
    assert isinstance(inspect.getattr_static(Trial, "pickled_error_file"), property)
    file = tmp_path / "error.pkl"
    file.write_bytes(pickle.dumps(RuntimeError("a fault")))
    assert str(error_of(SimpleNamespace(pickled_error_file=str(file)))) == "a fault"
    assert error_of(SimpleNamespace(pickled_error_file=None)) is None
