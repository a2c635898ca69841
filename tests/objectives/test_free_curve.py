"""The minimum found with few numbers is that over every coordinate, and that of theory where it has a formula."""

from collections.abc import Sequence
from typing import Any

import pytest
import torch

from spreadtune import theory
from spreadtune.evaluation.geometry import spread
from spreadtune.objectives import free_embedding_curve, free_embeddings, spread_loss
from spreadtune.objectives.free_curve import loss_of_means
from spreadtune.objectives.free_minimum import simplex, whole_counts
from spreadtune.theory import Scheme

SCHEMES = [
    {"pairs": pairs, "denominator": denominator}
    for pairs in ("cross_view", "all")
    for denominator in ("negatives", "all")
]
each_scheme = pytest.mark.parametrize("scheme", SCHEMES, ids=lambda scheme: "-".join(scheme.values()))


@pytest.mark.parametrize(
    ("classes", "n", "temperature", "curve"),
    [
        (2, 64, 0.5, {0.515: 0.0, 0.525: 0.0130, 0.569: 0.1245, 0.665: 0.6956, 0.68: 0.9342, 0.705: 1.0159}),
        (20, 25, 0.5, {0.52: 0.334, 0.55: 0.816}),
        (20, 25, 0.1, {0.02: 0.040, 0.3: 0.301}),
        pytest.param(20, 25, 0.5, {0.50: 0.0, 0.58: 1.042}, marks=pytest.mark.slow),
        pytest.param(20, 25, 0.1, {0.01: 0.0, 0.1: 0.190, 0.5: 0.367, 0.8: 0.479}, marks=pytest.mark.slow),
    ],
)
def test_the_published_curves(classes: int, n: int, temperature: float, curve: dict[float, float]) -> None:
    found = free_embedding_curve(list(curve), [n] * classes, temperature)
    assert found == pytest.approx(list(curve.values()), abs=1e-3)


@pytest.mark.parametrize(
    ("counts", "temperature"),
    [
        ((20, 108), 0.5),
        ((2, 3, 6), 1.0),
        pytest.param((6, 26), 0.2, marks=pytest.mark.slow),
        pytest.param((154, 102, 64), 0.1, marks=pytest.mark.slow),
        pytest.param((5,) * 6, 0.3, marks=pytest.mark.slow),
    ],
)
def test_the_curve_is_the_theorys_where_it_has_one(counts: Sequence[int], temperature: float) -> None:
    alphas = [0.0, 0.4, 0.6, 0.7, 1.0]
    predicted = [theory.predicted_spread(alpha, counts, temperature) for alpha in alphas]
    assert free_embedding_curve(alphas, counts, temperature) == pytest.approx(predicted, abs=1e-3)


@each_scheme
@pytest.mark.parametrize(("counts", "views"), [((2, 5, 3), 3), pytest.param((4, 4), 2, marks=pytest.mark.slow)])
def test_the_curve_is_that_of_every_coordinate(scheme: dict[str, Any], counts: list[int], views: int) -> None:
    alphas = [0.4, 0.6]
    labels = torch.repeat_interleave(torch.arange(len(counts)), torch.tensor(counts))
    found = [spread(free_embeddings(alpha, counts, 0.5, views=views, **scheme), labels) for alpha in alphas]
    assert free_embedding_curve(alphas, counts, 0.5, views=views, **scheme) == pytest.approx(found, abs=1e-3)


@each_scheme
@pytest.mark.parametrize("counts", [(3, 3), (1, 4, 2)])
def test_one_anchor_of_each_class_has_the_loss_of_a_batch(scheme: dict[str, Any], counts: tuple[int, ...]) -> None:
    """The embeddings z_i = (m_k, b_k e_i) written out, and the loss of training."""
    C, B = len(counts), sum(counts)
    generator = torch.Generator().manual_seed(0)
    rows = torch.nn.functional.normalize(torch.randn(C, C + 1, dtype=torch.float64, generator=generator), dim=1)
    labels = torch.repeat_interleave(torch.arange(C), torch.tensor(counts))
    corners = torch.block_diag(*(simplex(n) if n > 1 else torch.ones(1, 1, dtype=torch.float64) for n in counts))
    z = torch.cat([rows[labels, :-1], rows[labels, -1:] * corners], dim=1)
    assert z.shape == (B, C + B)
    expected = spread_loss(z.expand(3, -1, -1), labels, alpha=0.3, temperature=0.4, **scheme)
    found = loss_of_means(torch.tensor(counts), Scheme(0.4, views=3, **scheme))(rows, 0.3)
    assert found.item() == pytest.approx(expected.item(), rel=1e-12)


@each_scheme
@pytest.mark.parametrize(
    ("counts", "temperature"), [((64, 64), 0.5), pytest.param((25,) * 20, 0.5, marks=pytest.mark.slow)]
)
def test_the_curve_leaves_zero_at_alpha_c(scheme: dict[str, Any], counts: tuple[int, ...], temperature: float) -> None:
    alpha_c = theory.collapse_threshold(counts, temperature, **scheme)
    below, above = free_embedding_curve([max(alpha_c - 0.02, 0.0), alpha_c + 0.02], counts, temperature, **scheme)
    assert below < 0.005
    assert above > 0.01


def test_the_curve_does_not_depend_on_the_tilt_of_its_start() -> None:
    curves = [free_embedding_curve([0.3, 0.6], [3, 5, 8], 0.5, pairs="all", seed=seed) for seed in (0, 1)]
    assert curves[0] == pytest.approx(curves[1], abs=1e-3)


def test_class_counts_are_rounded_and_empty_classes_left_out() -> None:
    assert whole_counts([6.4, 0.4, 1.5]) == [6, 2]
    assert free_embedding_curve([0.6], [6.4, 6.4], 0.5) == free_embedding_curve([0.6], [6, 6, 0.2], 0.5)


@pytest.mark.parametrize(
    ("counts", "scheme", "message"),
    [
        ([8], {}, "two classes or more are needed, got 1"),
        ([1, 1], {}, "one image of a class cannot spread"),
        ([8, 8], {"pairs": "cross"}, "pairs must be 'cross_view' or 'all', got 'cross'"),
        ([8, 8], {"views": 1}, "views must be two or more"),
    ],
)
def test_what_has_no_answer_is_refused(counts: list[float], scheme: dict[str, Any], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        free_embedding_curve([0.5], counts, 0.5, **scheme)


def test_the_clamp_of_the_published_code_spreads_classes_by_itself():
    """Positives at the clamped logit, a cosine of 1 * 0.5, where the plain loss collapses (alpha below alpha_c)."""
    [plain], [clamped] = (
        free_embedding_curve([0.5], [64, 64], 0.5, **options) for options in ({}, {"positive_logit_clamp": 1.0})
    )
    assert plain == pytest.approx(0, abs=1e-6)
    assert clamped == pytest.approx(0.5, abs=0.01)
