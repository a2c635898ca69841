"""What this machine offers to a cluster of its own, asked without starting one."""

import math
import os
from pathlib import Path

from spreadtune.runtime.resources import Node
from spreadtune.spec.training import ResourcesConfig

_CGROUP = Path("/sys/fs/cgroup")


def this_machine(config: ResourcesConfig) -> Node:
    """CPUs that a local cluster would have, and GPUs where trials may ask for any (asking for them loads torch)."""
    return Node(cpus=_cpus(_CGROUP), gpus=0 if config.gpus_per_worker == 0 else _gpus())


def load() -> float:
    """How busy each CPU of this machine was in the last minute, 1 being fully."""
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
