"""Who gets what: CPUs and GPUs of a trial, and how many trials run side by side."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

from spreadtune.errors import UserError
from spreadtune.spec.training import ResourcesConfig


@dataclass(frozen=True)
class Node:
    """What one machine of a cluster offers."""

    cpus: float
    gpus: float


@dataclass(frozen=True)
class Slots:
    """What one trial is given and how many run at once.

    Attributes:
        workers: processes of a trial.
        cpus: CPUs of a worker, also its threads.
        gpus: GPUs of a worker; a fraction shares one. 0: the trial stays on the CPU whatever the machine has.
        count: trials side by side.
    """

    workers: int
    cpus: int
    gpus: float
    count: int

    @property
    def batch_norm(self) -> str | None:
        """Whose statistics batch normalization uses, where several workers share a batch."""
        if self.workers == 1:
            return None
        return "the whole batch (SyncBatchNorm)" if self.gpus else "each worker's own images"


def plan_slots(config: ResourcesConfig, nodes: Sequence[Node]) -> Slots:
    """Fit trials into a cluster; a worker does not span nodes, a trial of several workers may.

    Args:
        config: the study's ``resources``.
        nodes: what there is.

    Raises:
        UserError: a trial can never fit; the message shows the arithmetic.
    """
    gpus = config.gpus_per_worker
    if gpus == "auto":
        gpus = 1.0 if any(node.gpus >= 1 for node in nodes) else 0.0
    cpus = config.cpus_per_worker
    workers = sum(_fitting(node, cpus, gpus) for node in nodes)
    if workers == 0:
        raise UserError(_never(cpus, gpus, nodes))
    if workers < config.workers:
        raise UserError(
            f"resources.workers: a trial asks for {config.workers} workers of {_each(cpus, gpus)}, and "
            f"{workers} fit: {_there(nodes)}; ask for at most {workers}, or for less each"
        )
    count, wanted = workers // config.workers, config.max_concurrent_trials
    return Slots(config.workers, cpus, gpus, count if wanted == "auto" else min(count, wanted))


def actor_resources(slots: Slots) -> dict[str, float]:
    """What Tune reserves for a trial's actor.

    With one worker the actor is the worker. With several it only waits for them, and a CPU of its own would be missing
    for the last of them: trials that hold one each and wait for another would wait for ever. So it takes a sliver of
    the head node, and :attr:`Slots.count` alone limits how many there are.
    """
    if slots.workers > 1:
        return {"node:__internal_head__": 0.001}
    return {"CPU": slots.cpus, "GPU": slots.gpus}


def _fitting(node: Node, cpus: int, gpus: float) -> int:
    """Workers that fit on a node at once."""
    by_cpus = math.floor(node.cpus / cpus)
    if gpus == 0:
        return by_cpus
    if gpus >= 1:
        return min(by_cpus, math.floor(node.gpus / gpus))
    # A worker's share is of one device: at 0.4 each, two workers fit on one GPU and four on two, not five.
    per_device = math.floor(1 / gpus + 1e-9)
    return min(by_cpus, math.floor(node.gpus) * per_device)


def _never(cpus: int, gpus: float, nodes: Sequence[Node]) -> str:
    """Which request is too large, with the arithmetic and the fix."""
    most_cpus, most_gpus = max(node.cpus for node in nodes), max(node.gpus for node in nodes)
    if cpus > most_cpus:
        return (
            f"resources.cpus_per_worker: a worker asks for {cpus} CPUs and the largest node has {most_cpus:g}; "
            f"ask for at most {math.floor(most_cpus)}"
        )
    if gpus > most_gpus:
        return (
            f"resources.gpus_per_worker: a worker asks for {gpus:g} GPUs and the largest node has {most_gpus:g}; "
            "ask for fewer, or for 0 to train on CPUs"
        )
    return f"resources: a worker asks for {_each(cpus, gpus)}, and no node has both: {_there(nodes)}"


def _each(cpus: int, gpus: float) -> str:
    return f"{cpus} CPUs with {gpus:g} GPUs"


def _there(nodes: Sequence[Node]) -> str:
    return ", ".join(f"{node.cpus:g} CPUs with {node.gpus:g} GPUs" for node in nodes)
