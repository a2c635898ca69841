"""Which device a worker computes on, with the answers of CUDA made up."""

from types import SimpleNamespace
from typing import Any

import pytest
import torch

from spreadtune.runtime.worker.device import Claim, claim

MEMORY = 80 * 2**30


class Cuda:
    """A machine with GPUs; remembers which limits were set."""

    def __init__(self) -> None:
        self.limits: list[tuple[float, torch.device]] = []

    def get_device_properties(self, device: torch.device) -> Any:
        return SimpleNamespace(total_memory=MEMORY)

    def set_per_process_memory_fraction(self, fraction: float, device: torch.device) -> None:
        self.limits.append((fraction, device))


class NoCuda:
    def __getattr__(self, name: str) -> Any:
        raise AssertionError(f"a trial on the CPU asked CUDA for {name}")


def test_a_trial_without_gpus_stays_on_the_cpu_whatever_the_machine_has() -> None:
    assert claim(0, cuda=NoCuda()) == Claim(torch.device("cpu"), None)


@pytest.mark.parametrize("gpus", [1, 2])
def test_whole_gpus_have_no_limit(gpus: float) -> None:
    cuda = Cuda()
    assert claim(gpus, cuda=cuda) == Claim(torch.device("cuda", 0), MEMORY)
    assert cuda.limits == []


def test_a_shared_gpu_is_shared_by_memory_too() -> None:
    cuda = Cuda()
    assert claim(0.25, cuda=cuda) == Claim(torch.device("cuda", 0), MEMORY // 4)
    assert cuda.limits == [(0.25, torch.device("cuda", 0))]


def test_a_worker_among_several_has_the_device_that_ray_gave_it() -> None:
    assert claim(1, torch.device("cuda", 3), cuda=Cuda()).device == torch.device("cuda", 3)
