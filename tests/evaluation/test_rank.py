"""In how many directions rows spread."""

import math

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from spreadtune.evaluation.rank import effective_rank, rankme
from tests.evaluation.circle import A_LABELS, B_LABELS, A, B, pooled


def of_singular_values(rows: np.ndarray, epsilon: float = 0.0) -> float:
    values = np.linalg.svd(rows, compute_uv=False)
    shares = values / values.sum() + epsilon
    return math.exp(-sum(share * math.log(share) for share in shares if share > 0))


def test_golden_values():
    assert effective_rank(pooled(B, B_LABELS)[0]) == pytest.approx(1.950624, abs=1e-6)
    assert effective_rank(pooled(A, A_LABELS)[0]) == pytest.approx(1, abs=1e-9)


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 10_000), st.integers(2, 9), st.integers(2, 9))
def test_both_are_their_definition(seed: int, count: int, dim: int):
    rows = 3 * torch.randn(count, dim, generator=torch.Generator().manual_seed(seed), dtype=torch.float64) + 1
    z = torch.nn.functional.normalize(rows, dim=1).numpy()
    assert effective_rank(rows) == pytest.approx(of_singular_values(z - z.mean(0)), rel=1e-5)
    assert rankme(rows) == pytest.approx(of_singular_values(rows.numpy(), 1e-7), rel=1e-5)


@pytest.mark.parametrize("dim", [2, 3, 6])
def test_bounds(dim: int):
    """The corners of a simplex lie equally far in all of its directions; an orthonormal frame is that for RankMe."""
    assert effective_rank(torch.eye(dim)) == pytest.approx(dim - 1, rel=1e-9)
    assert rankme(7 * torch.eye(dim).repeat(3, 1)) == pytest.approx(dim, rel=1e-5)


def test_collapsed_classes_have_few_directions():
    corners = torch.randn(4, 20, generator=torch.Generator().manual_seed(0)).repeat(50, 1)
    assert effective_rank(corners) <= 3 + 1e-4
    assert rankme(corners) <= 4 + 1e-3


def test_an_offset_counts_for_rankme_alone():
    rows = torch.randn(200, 5, generator=torch.Generator().manual_seed(0))
    assert rankme(rows + 100) < 1.5 < rankme(rows)
    assert rankme(1e-6 * rows) == pytest.approx(rankme(rows), rel=1e-4)


def test_a_point_has_no_effective_rank_and_zeros_no_rank_at_all():
    assert math.isnan(effective_rank(torch.full((30, 4), 0.3)))
    assert math.isnan(rankme(torch.zeros(30, 4)))
