"""Who gets what: CPUs and GPUs of a trial, and how many trials run side by side."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

from spreadtune.errors import UserError
from spreadtune.spec.quantities import size_text
from spreadtune.spec.training import ResourcesConfig


@dataclass(frozen=True)
class Node:
    """What one machine of a cluster offers.

    Attributes:
        memory: bytes for workers; infinite where nobody counts it.
    """

    cpus: float
    gpus: float
    memory: float = math.inf


@dataclass(frozen=True)
class Slots:
    """What one trial is given and how many run at once.

    Attributes:
        workers: processes of a trial.
        cpus: CPUs of a worker, also its threads.
        gpus: GPUs of a worker; a fraction shares one. 0: the trial stays on the CPU whatever the machine has.
        count: trials side by side.
        memory: bytes that a worker's process may use; None where it is not limited.
    """

    workers: int
    cpus: int
    gpus: float
    count: int
    memory: int | None = None

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
    each = Node(config.cpus_per_worker, gpus, config.memory_per_worker or 0)
    workers = sum(_fitting(node, each) for node in nodes)
    if workers == 0:
        raise UserError(_never(each, nodes))
    if workers < config.workers:
        raise UserError(
            f"resources.workers: a trial asks for {config.workers} workers of {_offer(each, each)}, and "
            f"{workers} fit: {_there(nodes, each)}; ask for at most {workers}, or for less each"
        )
    count, wanted = workers // config.workers, config.max_concurrent_trials
    count = count if wanted == "auto" else min(count, wanted)
    return Slots(config.workers, config.cpus_per_worker, gpus, count, config.memory_per_worker)


def actor_resources(slots: Slots) -> dict[str, float]:
    """What Tune reserves for a trial's actor.

    With one worker the actor is the worker. With several it only waits for them, and a CPU of its own would be missing
    for the last of them: trials that hold one each and wait for another would wait for ever. So it takes a sliver of
    the head node, and :attr:`Slots.count` alone limits how many there are.
    """
    if slots.workers > 1:
        return {"node:__internal_head__": 0.001}
    return worker_resources(slots.cpus, slots.gpus, slots.memory)


def worker_resources(cpus: int, gpus: float, memory: int | None) -> dict[str, float]:
    """What Ray reserves for a worker. Of memory Ray only counts how much is promised; see ``worker/memory.py``."""
    return {"CPU": cpus, "GPU": gpus, **({"memory": memory} if memory else {})}


def _fitting(node: Node, each: Node) -> int:
    """Workers that fit on a node at once."""
    fitting = math.floor(node.cpus / each.cpus)
    if each.memory and math.isfinite(node.memory):
        fitting = min(fitting, math.floor(node.memory / each.memory))
    if each.gpus == 0:
        return fitting
    if each.gpus >= 1:
        return min(fitting, math.floor(node.gpus / each.gpus))
    # A worker's share is of one device: at 0.4 each, two workers fit on one GPU and four on two, not five.
    per_device = math.floor(1 / each.gpus + 1e-9)
    return min(fitting, math.floor(node.gpus) * per_device)


def _never(each: Node, nodes: Sequence[Node]) -> str:
    """Which request is too large, with the arithmetic and the fix."""
    most = Node(*(max(getattr(node, name) for node in nodes) for name in ("cpus", "gpus", "memory")))
    if each.cpus > most.cpus:
        return (
            f"resources.cpus_per_worker: a worker asks for {each.cpus:g} CPUs and the largest node has {most.cpus:g}; "
            f"ask for at most {math.floor(most.cpus)}"
        )
    if each.gpus > most.gpus:
        return (
            f"resources.gpus_per_worker: a worker asks for {each.gpus:g} GPUs and the largest node has {most.gpus:g}; "
            "ask for fewer, or for 0 to train on CPUs"
        )
    if each.memory > most.memory:
        return (
            f"resources.memory_per_worker: a worker asks for {size_text(each.memory)} and the largest node has "
            f"{size_text(most.memory)} for workers; ask for at most that"
        )
    together = "all of it" if each.memory else "both"
    return f"resources: a worker asks for {_offer(each, each)}, and no node has {together}: {_there(nodes, each)}"


def _there(nodes: Sequence[Node], each: Node) -> str:
    return ", ".join(_offer(node, each) for node in nodes)


def _offer(node: Node, each: Node) -> str:
    """What a node has, or a worker asks for; memory where workers ask for any."""
    memory = f" and {size_text(node.memory)}" if each.memory and math.isfinite(node.memory) else ""
    return f"{node.cpus:g} CPUs with {node.gpus:g} GPUs{memory}"
