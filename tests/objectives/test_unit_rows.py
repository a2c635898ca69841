"""Rows are normalized as by PyTorch, bit for bit, but a row without a direction gets no gradient."""

from contextlib import nullcontext

import pytest
import torch
import torch.nn.functional as F
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import Tensor

from spreadtune.objectives.unit_rows import SHORTEST, unit_rows

DTYPES = st.sampled_from([torch.float32, torch.float64])
LENGTHS = st.one_of(
    st.just(0.0),
    st.floats(-45, 15).map(lambda exponent: 10**exponent),
    st.sampled_from([SHORTEST, SHORTEST * (1 - 1e-5), SHORTEST * (1 + 1e-5)]),
)


@st.composite
def batches(draw) -> tuple[Tensor, Tensor]:
    """Rows of any length, zero and tiny ones among them, and the gradient that arrives at z."""
    dtype, dim = draw(DTYPES), draw(st.integers(1, 6))
    lengths = torch.tensor(draw(st.lists(LENGTHS, min_size=1, max_size=8)), dtype=torch.float64)
    generator = torch.Generator().manual_seed(draw(st.integers(0, 10_000)))
    directions = F.normalize(torch.randn(len(lengths), dim, dtype=torch.float64, generator=generator), dim=-1)
    arriving = torch.randn(len(lengths), dim, dtype=torch.float64, generator=generator)
    return (directions * lengths[:, None]).to(dtype), arriving.to(dtype)


def plain(rows: Tensor) -> Tensor:
    return F.normalize(rows, dim=-1)


def derived(function, rows: Tensor, arriving: Tensor, autocast: bool = False) -> tuple[Tensor, Tensor]:
    """z and the gradient at the rows."""
    leaf = rows.clone().requires_grad_()
    with torch.autocast("cpu", torch.bfloat16) if autocast else nullcontext():
        z = function(leaf)
    z.backward(arriving)
    assert leaf.grad is not None
    return z.detach(), leaf.grad


def check(found: tuple[Tensor, Tensor], expected: tuple[Tensor, Tensor], rows: Tensor, arriving: Tensor) -> None:
    long_enough = rows.norm(dim=-1) >= SHORTEST
    assert torch.equal(found[0], expected[0])
    assert torch.equal(found[1][long_enough], expected[1][long_enough])
    assert not found[1][~long_enough].any()
    bound = arriving.norm(dim=-1) / SHORTEST
    assert (found[1].norm(dim=-1) <= bound * (1 + 1e-5)).all()


@settings(deadline=None)
@given(batches(), st.booleans())
def test_it_is_pytorchs_but_for_the_gradient_of_rows_without_direction(batch, autocast):
    found, expected = (derived(function, *batch, autocast) for function in (unit_rows, plain))
    check(found, expected, *batch)


@pytest.mark.parametrize(
    "backend", ["aot_eager", pytest.param("inductor", marks=pytest.mark.slow)], ids=["traced", "compiled"]
)
@pytest.mark.parametrize("dtype", [torch.float32, torch.float64])
@pytest.mark.parametrize("autocast", [False, True])
def test_compiled_it_is_what_pytorchs_is_compiled(backend, dtype, autocast):
    generator = torch.Generator().manual_seed(0)
    rows, arriving = torch.randn(2, 40, 16, dtype=dtype, generator=generator)
    rows[3], rows[7], rows[9] = 0, rows[7] * 1e-20, rows[9] * 1e-9
    torch.compiler.reset()
    found, expected = (
        derived(torch.compile(function, backend=backend, fullgraph=True), rows, arriving, autocast)
        for function in (unit_rows, plain)
    )
    check(found, expected, rows, arriving)


def test_a_zero_row_stays_zero():
    assert not unit_rows(torch.zeros(2, 3)).any()


def test_the_gradient_is_that_of_the_formula():
    rows = torch.randn(4, 3, dtype=torch.float64, generator=torch.Generator().manual_seed(0)).requires_grad_()
    assert torch.autograd.gradcheck(unit_rows, rows)
    assert torch.autograd.gradgradcheck(unit_rows, rows)
