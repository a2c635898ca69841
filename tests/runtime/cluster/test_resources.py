"""Who gets what, by arithmetic alone."""

from typing import Any

import pytest

from spreadtune.errors import UserError
from spreadtune.runtime.cluster.resources import Node, Slots, actor_resources, plan_slots, worker_resources
from spreadtune.spec.training import ResourcesConfig


@pytest.mark.parametrize(
    ("asked", "nodes", "slots"),
    [
        ({}, [Node(2, 0)], (1, 0, 2)),
        ({}, [Node(16, 4)], (1, 1, 4)),
        ({"gpus_per_worker": 0}, [Node(16, 4)], (1, 0, 16)),
        ({"gpus_per_worker": 0.5}, [Node(16, 2)], (1, 0.5, 4)),
        ({"gpus_per_worker": 0.4}, [Node(16, 2)], (1, 0.4, 4)),  # a fifth would need halves of both devices
        ({"gpus_per_worker": 0.1}, [Node(16, 1)], (1, 0.1, 10)),
        ({"gpus_per_worker": 2}, [Node(16, 3), Node(16, 3)], (1, 2, 2)),  # a pair on each, none across
        ({"cpus_per_worker": 4}, [Node(16, 8)], (4, 1, 4)),  # CPUs are what runs out
        ({"cpus_per_worker": 4}, [Node(6, 0), Node(6, 0)], (4, 0, 2)),
        ({}, [Node(4, 0), Node(4, 1)], (1, 1, 1)),
        ({"max_concurrent_trials": 1}, [Node(8, 0)], (1, 0, 1)),
        ({"max_concurrent_trials": 100}, [Node(8, 0)], (1, 0, 8)),
        ({"workers": 2}, [Node(16, 4)], (1, 1, 2)),
        ({"workers": 3}, [Node(16, 4)], (1, 1, 1)),  # the fourth GPU cannot be a trial
        ({"workers": 2, "gpus_per_worker": 2}, [Node(16, 3), Node(16, 3)], (1, 2, 1)),  # one worker on each node
        ({"workers": 2, "gpus_per_worker": 0, "cpus_per_worker": 2}, [Node(5, 0), Node(3, 0)], (2, 0, 1)),
    ],
)
def test_slots(asked: dict[str, Any], nodes: list[Node], slots: tuple[int, float, int]) -> None:
    planned = plan_slots(ResourcesConfig.model_validate(asked), nodes)
    assert (planned.cpus, planned.gpus, planned.count) == slots


@pytest.mark.parametrize(
    ("asked", "nodes", "message"),
    [
        (
            {"cpus_per_worker": 4},
            [Node(2, 0), Node(3, 0)],
            "resources.cpus_per_worker: a worker asks for 4 CPUs and the largest node has 3; ask for at most 3",
        ),
        (
            {"gpus_per_worker": 1},
            [Node(2, 0)],
            "resources.gpus_per_worker: a worker asks for 1 GPUs and the largest node has 0; "
            "ask for fewer, or for 0 to train on CPUs",
        ),
        (
            {"cpus_per_worker": 4, "gpus_per_worker": 1},
            [Node(8, 0), Node(2, 1)],
            "resources: a worker asks for 4 CPUs with 1 GPUs, and no node has both: "
            "8 CPUs with 0 GPUs, 2 CPUs with 1 GPUs",
        ),
        (
            {"workers": 3},
            [Node(16, 1), Node(16, 1)],
            "resources.workers: a trial asks for 3 workers of 1 CPUs with 1 GPUs, and 2 fit: "
            "16 CPUs with 1 GPUs, 16 CPUs with 1 GPUs; ask for at most 2, or for less each",
        ),
    ],
)
def test_what_never_fits_is_refused_with_the_arithmetic(asked: dict[str, Any], nodes: list[Node], message: str) -> None:
    with pytest.raises(UserError) as mistake:
        plan_slots(ResourcesConfig.model_validate(asked), nodes)
    assert str(mistake.value) == message


GIB = 1024**3


@pytest.mark.parametrize(
    ("asked", "nodes", "count"),
    [
        ({"memory_per_worker": "4GiB"}, [Node(16, 0, 10 * GIB)], 2),
        ({"memory_per_worker": "4GiB"}, [Node(16, 0, 7 * GIB), Node(16, 0, 7 * GIB)], 2),  # no worker spans nodes
        ({"memory_per_worker": "4GiB"}, [Node(1, 0, 64 * GIB)], 1),
        ({"memory_per_worker": "1GiB", "gpus_per_worker": 0.25}, [Node(16, 1, 3 * GIB)], 3),
        ({"memory_per_worker": "3GiB", "workers": 2}, [Node(16, 0, 4 * GIB), Node(16, 0, 10 * GIB)], 2),
        ({"memory_per_worker": "4GiB"}, [Node(3, 0)], 3),  # where nobody counts memory
        ({}, [Node(4, 0, 100)], 4),
    ],
)
def test_slots_never_promise_more_memory_than_a_node_has(asked: dict[str, Any], nodes: list[Node], count: int) -> None:
    planned = plan_slots(ResourcesConfig.model_validate(asked), nodes)
    assert planned.count == count
    assert planned.memory == ResourcesConfig.model_validate(asked).memory_per_worker


def test_more_memory_than_any_node_has_is_refused_with_the_arithmetic() -> None:
    with pytest.raises(UserError) as mistake:
        plan_slots(ResourcesConfig(memory_per_worker=64 * GIB), [Node(2, 0, 8 * GIB), Node(2, 0, 20.5 * GIB)])
    assert str(mistake.value) == (
        "resources.memory_per_worker: a worker asks for 64 GiB and the largest node has 20.5 GiB for workers; "
        "ask for at most that"
    )
    with pytest.raises(UserError) as mistake:
        plan_slots(
            ResourcesConfig(memory_per_worker=8 * GIB, cpus_per_worker=4), [Node(4, 0, GIB), Node(1, 0, 8 * GIB)]
        )
    assert str(mistake.value) == (
        "resources: a worker asks for 4 CPUs with 0 GPUs and 8 GiB, and no node has all of it: "
        "4 CPUs with 0 GPUs and 1 GiB, 1 CPUs with 0 GPUs and 8 GiB"
    )


def test_ray_reserves_the_memory_too() -> None:
    assert actor_resources(Slots(1, 2, 0, 1, memory=GIB)) == {"CPU": 2, "GPU": 0, "memory": GIB}
    assert worker_resources(1, 1, None) == {"CPU": 1, "GPU": 1}


def test_one_worker_is_the_actor_and_several_have_an_actor_that_takes_no_cpu() -> None:
    assert actor_resources(Slots(workers=1, cpus=2, gpus=0.5, count=1)) == {"CPU": 2, "GPU": 0.5}
    assert actor_resources(Slots(workers=2, cpus=2, gpus=1, count=1)) == {"node:__internal_head__": 0.001}


@pytest.mark.parametrize(
    ("workers", "gpus", "told"),
    [(1, 1, None), (2, 1, "the whole batch (SyncBatchNorm)"), (2, 0, "each worker's own images")],
)
def test_whose_statistics_batch_norm_uses(workers: int, gpus: float, told: str | None) -> None:
    assert Slots(workers, 1, gpus, 1).batch_norm == told


def test_a_share_of_a_gpu_for_each_of_several_workers_is_refused() -> None:
    with pytest.raises(ValueError, match=r"0\.5 of a GPU for each of 2 workers: NCCL wants a GPU for each"):
        ResourcesConfig(workers=2, gpus_per_worker=0.5)
    assert ResourcesConfig(workers=1, gpus_per_worker=0.5)
    assert ResourcesConfig(workers=2, gpus_per_worker=0)


@pytest.mark.parametrize("gpus", [1.5, -1, "some"])
def test_requests_that_mean_nothing(gpus: Any) -> None:
    with pytest.raises(ValueError, match="gpus_per_worker"):
        ResourcesConfig(gpus_per_worker=gpus)
