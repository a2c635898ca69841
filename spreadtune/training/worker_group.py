"""Several workers over ``torch.distributed``: NCCL on GPUs, gloo on CPUs. Who starts them makes the process group."""

import pickle
from collections.abc import Callable
from typing import Any, TypeVar, cast

import torch
import torch.distributed as dist
from torch import Tensor, nn
from torch.nn.parallel import DistributedDataParallel

from spreadtune.training.workers import Workers, part_of

T = TypeVar("T")


class WorkerGroup(Workers):
    """This process among those of the default process group."""

    def __init__(self) -> None:
        self.rank, self.count = dist.get_rank(), dist.get_world_size()

    def led(self, compute: Callable[[], T]) -> T:
        found: T | None = None
        raised: Exception | None = None
        if self.leads:
            try:
                found = compute()
            except Exception as error:
                raised = _portable(error)
        found, raised = self.share((found, raised))
        if raised is not None:
            raise raised
        return cast(T, found)

    def share(self, value: T) -> T:
        """One broadcast of a pickled object."""
        held = [value]
        dist.broadcast_object_list(held, src=0)
        return held[0]

    def whole(self, part: Tensor, total: int, dim: int = 0) -> Tensor:
        """One all_gather, and one all_reduce in the backward pass."""
        rows = part.movedim(dim, 0)
        whole: Tensor = _Whole.apply(rows, total, self)
        return whole.movedim(0, dim)

    def mean(self, values: Tensor) -> Tensor:
        """One all_reduce."""
        total = values.clone()
        dist.all_reduce(total)
        return total / self.count

    def parallel(self, module: nn.Module) -> nn.Module:
        if not any(parameter.requires_grad for parameter in module.parameters()):
            return module
        # A head that the objective does not look at, say, has no gradient to wait for.
        return DistributedDataParallel(module, gradient_as_bucket_view=True, find_unused_parameters=True)

    def align(self, module: nn.Module) -> None:
        """One broadcast for each buffer."""
        for buffer in module.buffers():
            dist.broadcast(buffer, src=0)


def _portable(error: Exception) -> Exception:
    """The error itself where it survives a journey between processes; not all that take arguments do."""
    try:
        pickle.loads(pickle.dumps(error))
    except Exception:
        return RuntimeError(f"{type(error).__name__}: {error}")
    return error


def is_lost_connection(error: BaseException) -> bool:
    """Whether an error only tells that another worker is gone.

    NCCL's errors have a class. Gloo's are RuntimeErrors like any other, thrown out of ``backward()`` too; they name the
    file of its transport layer.
    """
    return isinstance(error, dist.DistError) or (isinstance(error, RuntimeError) and "gloo/transport" in str(error))


class _Whole(torch.autograd.Function):
    """All workers' rows, in order.

    Backward, a row's gradient is the sum of what it got on every worker, since each worker's loss is a part of what is
    minimized. Gathering without it would lose the gradient through other workers' losses, which is the classic mistake:
    the averaged gradient then is one over the number of workers of the right one.
    """

    @staticmethod
    def forward(ctx: Any, rows: Tensor, total: int, workers: WorkerGroup) -> Tensor:
        ctx.part = workers.part(total)
        longest = -(-total // workers.count)
        padded = rows.new_zeros(longest, *rows.shape[1:])
        padded[: len(rows)] = rows
        gathered = [torch.empty_like(padded) for _ in range(workers.count)]
        dist.all_gather(gathered, padded)
        parts = [part_of(total, rank, workers.count) for rank in range(workers.count)]
        return torch.cat([piece[: part.stop - part.start] for piece, part in zip(gathered, parts, strict=True)])

    @staticmethod
    def backward(ctx: Any, *gradients: Tensor) -> tuple[Tensor, None, None]:
        total = gradients[0].contiguous().clone()
        dist.all_reduce(total)
        return total[ctx.part], None, None
