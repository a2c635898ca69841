"""Who gets what: CPUs and GPUs of a trial, and how many trials run side by side."""

import math
from dataclasses import dataclass

from spreadtune.errors import UserError
from spreadtune.spec.training import ResourcesConfig


@dataclass(frozen=True)
class Slots:
    """What one trial is given and how many run at once.

    Attributes:
        cpus: CPUs of a trial, also its threads.
        gpus: GPUs of a trial; a fraction shares one. 0: the trial stays on the CPU.
        count: trials side by side.
    """

    cpus: int
    gpus: float
    count: int

    @property
    def device_type(self) -> str:
        """The device of a trial follows from its request, never from what the machine has."""
        return "cuda" if self.gpus > 0 else "cpu"


def plan_slots(config: ResourcesConfig, cluster_cpus: float, cluster_gpus: float, widest_node_cpus: float) -> Slots:
    """Fit trials into a cluster.

    Args:
        config: the study's ``resources``.
        cluster_cpus: CPUs of all nodes.
        cluster_gpus: GPUs of all nodes.
        widest_node_cpus: CPUs of the largest node: a trial does not span nodes.

    Raises:
        UserError: a trial can never fit; the message shows the arithmetic.
    """
    gpus = config.gpus_per_worker
    gpus = (1.0 if cluster_gpus >= 1 else 0.0) if gpus == "auto" else float(gpus)
    cpus = config.cpus_per_worker
    if cpus > widest_node_cpus:
        raise UserError(
            f"resources.cpus_per_worker: a trial asks for {cpus} CPUs, the largest node has {widest_node_cpus:g}; "
            f"use at most {math.floor(widest_node_cpus)}"
        )
    if gpus > cluster_gpus:
        raise UserError(
            f"resources.gpus_per_worker: a trial asks for {gpus:g} GPUs, the cluster has {cluster_gpus:g}; "
            "use a smaller number, or 0 to train on CPUs"
        )
    fitting = math.floor(cluster_cpus / cpus)
    if gpus > 0:
        # Ray does not split a share over devices: with 0.4 of a GPU each, two trials fit on one and not five on two.
        per_gpu = math.floor(1 / gpus + 1e-9)
        fitting = min(fitting, math.floor(cluster_gpus) * per_gpu if gpus < 1 else math.floor(cluster_gpus / gpus))
    wanted = config.max_concurrent_trials
    return Slots(cpus=cpus, gpus=gpus, count=fitting if wanted == "auto" else min(fitting, wanted))
