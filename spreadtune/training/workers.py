"""The workers of a trial: one process, or several that share every batch.

What is trained on several workers is the mean of their losses. A loss of the whole batch is the same on each of them;
one of a worker's own images is scaled so that the mean is that of the whole batch. Then loss and gradient are those of
one process on the whole batch, however the batch is cut.
"""

from abc import ABC, abstractmethod
from collections.abc import Callable
from typing import TypeVar

from torch import Tensor, nn

T = TypeVar("T")


class Workers(ABC):
    """One of ``count`` processes that train a trial together.

    Attributes:
        rank: which of them this one is, from 0; the first leads: it writes what is written.
        count: how many there are.
    """

    rank: int
    count: int

    @property
    def leads(self) -> bool:
        return self.rank == 0

    def part(self, total: int) -> slice:
        """This worker's part of ``total`` images; the parts of two workers differ by one image at most."""
        return part_of(total, self.rank, self.count)

    @abstractmethod
    def led(self, compute: Callable[[], T]) -> T:
        """What the leader computes, told to all; so is what it raises."""

    @abstractmethod
    def share(self, value: T) -> T:
        """The leader's value on every worker."""

    @abstractmethod
    def whole(self, part: Tensor, total: int, dim: int = 0) -> Tensor:
        """Every worker's part of ``total`` entries along ``dim``, in order; with gradient."""

    @abstractmethod
    def mean(self, values: Tensor) -> Tensor:
        """The mean over workers, entry by entry."""

    @abstractmethod
    def parallel(self, module: nn.Module) -> nn.Module:
        """The module whose parameters' gradients are means over workers."""

    @abstractmethod
    def align(self, module: nn.Module) -> None:
        """Give the module the leader's buffers: running statistics, where they are each worker's own."""


class OneWorker(Workers):
    """A trial in one process."""

    rank = 0
    count = 1

    def led(self, compute: Callable[[], T]) -> T:
        return compute()

    def share(self, value: T) -> T:
        return value

    def whole(self, part: Tensor, total: int, dim: int = 0) -> Tensor:
        return part

    def mean(self, values: Tensor) -> Tensor:
        return values

    def parallel(self, module: nn.Module) -> nn.Module:
        return module

    def align(self, module: nn.Module) -> None: ...


ONE_WORKER = OneWorker()


def part_of(total: int, rank: int, count: int) -> slice:
    """The ``rank``-th of ``count`` consecutive parts of ``total`` entries, which differ by one in length at most."""
    return slice(rank * total // count, (rank + 1) * total // count)
