"""What there is to compute with: CPUs, memory, GPUs."""

import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import psutil

from spreadtune.runtime.doctor.check import Check
from spreadtune.runtime.doctor.units import GIB, size

LITTLE_MEMORY = 2 * GIB
"""A driver with Ray's own processes and one trial on small images takes about so much."""


@dataclass(frozen=True)
class Machine:
    """CPUs and memory as this process may use them.

    Attributes:
        cpus: that this process may run on.
        cpus_there: that the machine has.
        cpu_limit: CPUs' worth of time that the control group gives; None: no limit.
        memory: bytes of the machine.
        memory_free: bytes that can be had now.
        memory_limit: bytes that the control group gives; None: no limit.
    """

    cpus: int
    cpus_there: int
    cpu_limit: float | None
    memory: int
    memory_free: int
    memory_limit: int | None


@dataclass(frozen=True)
class Gpu:
    """A GPU that torch sees; its memory in bytes."""

    name: str
    memory: int


@dataclass(frozen=True)
class Gpus:
    """What torch says of GPUs.

    Attributes:
        seen: those it can use.
        built_for_cuda: whether this torch can use any.
        driver: whether the machine has NVIDIA's driver loaded.
    """

    seen: Sequence[Gpu]
    built_for_cuda: bool
    driver: bool


def read_machine(groups: Path = Path("/sys/fs/cgroup")) -> Machine:
    """This machine; ``groups`` is where the control groups are mounted (both versions are understood)."""
    memory = psutil.virtual_memory()
    return Machine(
        cpus=len(os.sched_getaffinity(0)),
        cpus_there=os.cpu_count() or 1,
        cpu_limit=_cpu_limit(groups),
        memory=memory.total,
        memory_free=memory.available,
        memory_limit=_memory_limit(groups, memory.total),
    )


def read_gpus() -> Gpus:
    """Asks torch, which is imported for that."""
    import torch

    count = torch.cuda.device_count() if torch.cuda.is_available() else 0
    properties = [torch.cuda.get_device_properties(index) for index in range(count)]
    return Gpus(
        seen=[Gpu(each.name, each.total_memory) for each in properties],
        built_for_cuda=torch.version.cuda is not None,
        driver=Path("/dev/nvidiactl").exists(),
    )


def check_cpus(machine: Machine) -> Check:
    text = f"{machine.cpus} of {machine.cpus_there} may be used"
    if machine.cpu_limit is None or machine.cpu_limit >= machine.cpus:
        return Check("CPUs", "ok", text)
    side_by_side = max(1, int(machine.cpu_limit))
    return Check(
        "CPUs",
        "warning",
        f"{text}, and the control group gives the time of {machine.cpu_limit:g}",
        f"if trials are slow side by side, --set resources.max_concurrent_trials={side_by_side}",
    )


def check_memory(machine: Machine) -> Check:
    limit = machine.memory_limit
    text = f"{size(machine.memory_free)} of {size(machine.memory)} free"
    text += f", the control group allows {size(limit)}" if limit is not None else ""
    if min(machine.memory_free, limit or machine.memory_free) < LITTLE_MEMORY:
        fix = "end what else runs, or --set resources.max_concurrent_trials=1"
        return Check("memory", "warning", f"{text}; below {size(LITTLE_MEMORY)} workers may be killed", fix)
    return Check("memory", "ok", text)


def check_gpus(gpus: Gpus) -> Check:
    if gpus.seen:
        return Check("GPUs", "ok", ", ".join(f"{gpu.name} with {size(gpu.memory)}" for gpu in gpus.seen))
    if not gpus.driver:
        return Check("GPUs", "ok", "none; trials run on the CPUs")
    if not gpus.built_for_cuda:
        fix = "install torch with CUDA"
        return Check("GPUs", "warning", "NVIDIA's driver is there, and this torch is built without CUDA", fix)
    fix = "see whether nvidia-smi works, and whether CUDA_VISIBLE_DEVICES hides them"
    return Check("GPUs", "warning", "NVIDIA's driver is there, and torch sees no GPU", fix)


def _cpu_limit(groups: Path) -> float | None:
    now, period = (_word(groups / "cpu.max", place) for place in (0, 1))
    if now is None:
        now, period = (_word(groups / "cpu" / f"cpu.cfs_{name}_us") for name in ("quota", "period"))
    if now is None or period is None or not now.isdecimal():  # "max" and -1: no limit
        return None
    return int(now) / int(period)


def _memory_limit(groups: Path, total: int) -> int | None:
    word = _word(groups / "memory.max") or _word(groups / "memory" / "memory.limit_in_bytes")
    if word is None or not word.isdecimal() or int(word) >= total:  # version 1 writes a huge number for none
        return None
    return int(word)


def _word(file: Path, place: int = 0) -> str | None:
    try:
        return file.read_text().split()[place]
    except (OSError, IndexError):
        return None
