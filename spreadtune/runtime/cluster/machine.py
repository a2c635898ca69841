"""What this machine offers to a cluster of its own, asked without starting one."""

import math
import os
from pathlib import Path

import psutil

from spreadtune.runtime.cluster.resources import Node
from spreadtune.spec.training import ResourcesConfig

_CGROUP = Path("/sys/fs/cgroup")

FOR_WORKERS = 0.9
"""Of a machine's memory; the rest is for the system, Ray and the driver."""


def this_machine(config: ResourcesConfig) -> Node:
    """CPUs and memory that a local cluster would have, and GPUs where trials may ask for any (asking loads torch)."""
    gpus = 0 if config.gpus_per_worker == 0 else _gpus()
    return Node(cpus=_cpus(_CGROUP), gpus=gpus, memory=memory_for_workers())


def memory_for_workers(cgroup: Path = _CGROUP) -> int:
    """Bytes of this machine, or of the container around this process, that workers may be promised."""
    limits = [psutil.virtual_memory().total]
    for file in ("memory.max", "memory/memory.limit_in_bytes"):
        try:
            limits.append(int((cgroup / file).read_text()))
        except (OSError, ValueError):  # no such file, or "max"
            continue
    return int(min(limits) * FOR_WORKERS)


def load() -> float:
    """How many processes wanted each CPU of this machine in the last minute."""
    return os.getloadavg()[0] / _cpus(_CGROUP)


def _cpus(cgroup: Path) -> int:
    """As Ray counts them: all, or inside a container the whole ones of its quota. Affinity does not enter there."""
    quota = _quota(cgroup)
    everything = os.cpu_count() or 1
    return min(everything, max(1, math.floor(quota))) if quota else everything


def _quota(cgroup: Path) -> float | None:
    """CPUs that a control group (version 2, else 1) may use; None where it may use all."""
    for files in (("cpu.max",), ("cpu/cpu.cfs_quota_us", "cpu/cpu.cfs_period_us")):
        try:
            quota, period = " ".join((cgroup / file).read_text() for file in files).split()
        except (OSError, ValueError):
            continue
        return int(quota) / int(period) if quota.isdecimal() else None
    return None


def _gpus() -> int:
    import torch

    return torch.cuda.device_count()
