"""No loss makes the host wait for the device: no read of a value, no shape that depends on data."""

import pytest
import torch
from torch.utils._python_dispatch import TorchDispatchMode

from spreadtune.objectives import infonce_loss, spread_loss


class Operators(TorchDispatchMode):
    """Records every operator, and which of them indexed with a mask."""

    def __init__(self) -> None:
        super().__init__()
        self.names: list[str] = []

    def __torch_dispatch__(self, func, types, args=(), kwargs=None):
        name = func.overloadpacket.__name__
        indices = args[1] if name in ("index", "index_put", "index_put_") else ()
        masked = any(index is not None and index.dtype in (torch.bool, torch.uint8) for index in indices)
        self.names.append(f"{name} by mask" if masked else name)
        return func(*args, **(kwargs or {}))


WAITING = {"_local_scalar_dense", "item", "nonzero", "masked_select", "unique", "index by mask", "index_put by mask"}


def operators(function) -> Operators:
    embeddings = torch.randn(2, 6, 4, generator=torch.Generator().manual_seed(0)).requires_grad_()
    with Operators() as seen:
        function(embeddings).backward()
    return seen


@pytest.mark.parametrize("pairs", ["cross_view", "all"])
@pytest.mark.parametrize("denominator", ["negatives", "all"])
def test_spread_loss_never_waits(pairs, denominator):
    labels, alpha, temperature = torch.arange(6) % 2, torch.tensor(0.3), torch.tensor(0.5)
    seen = operators(
        lambda z: spread_loss(z, labels, alpha=alpha, temperature=temperature, pairs=pairs, denominator=denominator)
    )
    assert not WAITING & set(seen.names)


def test_infonce_loss_never_waits():
    temperature = torch.tensor(0.5)
    assert not WAITING & set(operators(lambda z: infonce_loss(z, temperature=temperature)).names)


@pytest.mark.parametrize("pairs", ["cross_view", "all"])
def test_terms_of_the_spread_loss_share_one_product(pairs):
    embeddings = torch.randn(2, 6, 4, generator=torch.Generator().manual_seed(0))
    with Operators() as seen:
        spread_loss(embeddings, torch.arange(6) % 2, alpha=0.3, temperature=0.5, pairs=pairs)
    assert sum(name in ("mm", "bmm", "matmul", "addmm", "baddbmm") for name in seen.names) == 1


@pytest.mark.parametrize(
    "waits", [lambda z: z[z > 0].sum(), lambda z: z.sum() * z.sum().item(), lambda z: z.sum() * len(z.nonzero())]
)
def test_the_recorder_notices_waiting(waits):
    assert WAITING & set(operators(waits).names)
