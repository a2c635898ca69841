"""Random generators made from a trial's named streams (``spreadtune.spec.seed``)."""

from collections.abc import Iterator
from contextlib import contextmanager

import torch

from spreadtune.spec.seed import Seed


def generator(seed: Seed, stream: str, step: int = 0, device: torch.device | str = "cpu") -> torch.Generator:
    """A generator on ``device`` at the start of the named stream."""
    return torch.Generator(device).manual_seed(seed.stream(stream, step))


@contextmanager
def seeded(seed: Seed, stream: str) -> Iterator[None]:
    """Draw torch's global CPU randomness (initialization) from the named stream, leaving what was there untouched."""
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed.stream(stream))
        yield
