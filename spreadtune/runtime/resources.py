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
        cpus: CPUs of a trial, also its threads.
        gpus: GPUs of a trial; a fraction shares one. 0: the trial stays on the CPU whatever the machine has.
        count: trials side by side.
    """

    cpus: int
    gpus: float
    count: int


def plan_slots(config: ResourcesConfig, nodes: Sequence[Node]) -> Slots:
    """Fit trials into a cluster; a trial does not span nodes.

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
    count = sum(_fitting(node, cpus, gpus) for node in nodes)
    if count == 0:
        raise UserError(_never(cpus, gpus, nodes))
    wanted = config.max_concurrent_trials
    return Slots(cpus, gpus, count if wanted == "auto" else min(count, wanted))


def _fitting(node: Node, cpus: int, gpus: float) -> int:
    """Trials that fit on a node at once."""
    by_cpus = math.floor(node.cpus / cpus)
    if gpus == 0:
        return by_cpus
    if gpus >= 1:
        return min(by_cpus, math.floor(node.gpus / gpus))
    # A trial's share is of one device: at 0.4 each, two trials fit on one GPU and four on two, not five.
    per_device = math.floor(1 / gpus + 1e-9)
    return min(by_cpus, math.floor(node.gpus) * per_device)


def _never(cpus: int, gpus: float, nodes: Sequence[Node]) -> str:
    """Which request is too large, with the arithmetic and the fix."""
    most_cpus, most_gpus = max(node.cpus for node in nodes), max(node.gpus for node in nodes)
    if cpus > most_cpus:
        return (
            f"resources.cpus_per_worker: a trial asks for {cpus} CPUs and the largest node has {most_cpus:g}; "
            f"ask for at most {math.floor(most_cpus)}"
        )
    if gpus > most_gpus:
        return (
            f"resources.gpus_per_worker: a trial asks for {gpus:g} GPUs and the largest node has {most_gpus:g}; "
            "ask for fewer, or for 0 to train on CPUs"
        )
    there = ", ".join(f"{node.cpus:g} CPUs with {node.gpus:g} GPUs" for node in nodes)
    return f"resources: a trial asks for {cpus} CPUs with {gpus:g} GPUs, and no node has both: {there}"
