"""Which device a trial computes on, and how much of it is its own. All that the runtime asks of CUDA is asked here."""

from dataclasses import dataclass
from typing import Any, Protocol

import torch


class Cuda(Protocol):
    """What is needed of :mod:`torch.cuda`."""

    def get_device_properties(self, device: torch.device) -> Any: ...

    def set_per_process_memory_fraction(self, fraction: float, device: torch.device) -> None: ...


@dataclass(frozen=True)
class Claim:
    """A device and the bytes of its memory that a process may use; None on a CPU."""

    device: torch.device
    memory: int | None


def claim(gpus: float, device: torch.device | None = None, cuda: Cuda = torch.cuda) -> Claim:
    """The device for a worker that was given so many GPUs, its share of the memory set as this process' limit.

    What was asked for decides, never what the machine has: since Ray 2.60 a process without GPUs sees them all.

    Args:
        gpus: of one worker; 0 is the CPU, a fraction a GPU that others use too.
        device: which of the visible GPUs; the first by default. Ray shows a process its own only.
        cuda: what answers for CUDA.
    """
    if gpus == 0:
        return Claim(torch.device("cpu"), None)
    device = device or torch.device("cuda", 0)
    share = min(gpus, 1.0)
    if share < 1:
        cuda.set_per_process_memory_fraction(share, device)
    return Claim(device, int(share * cuda.get_device_properties(device).total_memory))
