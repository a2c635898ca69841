"""The spread loss minimized over every coordinate, from the collapsed simplex with noise, beside the theory."""

from typing import Any

import pytest
import torch
from torch import Tensor

from spreadtune import theory
from spreadtune.evaluation.geometry import spread
from spreadtune.objectives import free_embeddings

SCHEMES = [
    {"pairs": pairs, "denominator": denominator}
    for pairs in ("cross_view", "all")
    for denominator in ("negatives", "all")
]


def labels_of(counts: list[int]) -> Tensor:
    return torch.repeat_interleave(torch.arange(len(counts)), torch.tensor(counts))


def free_spread(alpha: float, counts: list[int], temperature: float, **scheme: Any) -> float:
    return spread(free_embeddings(alpha, counts, temperature, **scheme), labels_of(counts))


def mean_norms(alpha: float, counts: list[int], temperature: float) -> list[float]:
    z, labels = free_embeddings(alpha, counts, temperature), labels_of(counts)
    return [float(z[labels == y].mean(dim=0).norm()) for y in range(len(counts))]


@pytest.mark.parametrize("scheme", SCHEMES, ids=lambda scheme: "-".join(scheme.values()))
@pytest.mark.parametrize(("classes", "n", "temperature"), [(2, 8, 0.5)])
def test_classes_open_at_alpha_c(scheme: dict[str, Any], classes: int, n: int, temperature: float) -> None:
    counts = [n] * classes
    alpha_c = theory.collapse_threshold(counts, temperature, **scheme)
    assert free_spread(max(alpha_c - 0.02, 0.0), counts, temperature, **scheme) < 0.005
    assert free_spread(alpha_c + 0.02, counts, temperature, **scheme) > 0.01


@pytest.mark.parametrize(("classes", "n", "temperature"), [(2, 16, 0.5), (4, 8, 1.0)])
def test_class_means_vanish_at_alpha_m(classes: int, n: int, temperature: float) -> None:
    counts = [n] * classes
    alpha_m = theory.means_vanish_threshold(counts, temperature)
    assert min(mean_norms(alpha_m - 0.02, counts, temperature)) > 0.1
    assert max(mean_norms(alpha_m + 0.02, counts, temperature)) < 0.01


@pytest.mark.slow
@pytest.mark.parametrize("scheme", SCHEMES, ids=lambda scheme: "-".join(scheme.values()))
@pytest.mark.parametrize(("classes", "n", "temperature"), [(2, 64, 0.5), (4, 8, 1.0), (10, 12, 0.7), (2, 16, 2.0)])
def test_large_batches_open_at_alpha_c(scheme: dict[str, Any], classes: int, n: int, temperature: float) -> None:
    test_classes_open_at_alpha_c(scheme, classes, n, temperature)


@pytest.mark.slow
@pytest.mark.parametrize(("classes", "n", "temperature"), [(2, 64, 0.5), (20, 25, 0.5), (10, 12, 0.7)])
def test_class_means_of_large_batches_vanish_at_alpha_m(classes: int, n: int, temperature: float) -> None:
    test_class_means_vanish_at_alpha_m(classes, n, temperature)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("classes", "n", "temperature", "curve"),
    [
        (2, 64, 0.5, {0.515: 0.0, 0.525: 0.0130, 0.569: 0.1245, 0.665: 0.6956, 0.68: 0.9342, 0.705: 1.0159}),
        (20, 25, 0.5, {0.52: 0.334, 0.58: 1.042}),
    ],
)
def test_the_published_curves(classes: int, n: int, temperature: float, curve: dict[float, float]) -> None:
    found = {alpha: free_spread(alpha, [n] * classes, temperature) for alpha in curve}
    assert found == pytest.approx(curve, abs=1e-3)


@pytest.mark.parametrize("alpha", [0.4, 0.7])
def test_unequal_classes_are_those_of_the_theory(alpha: float) -> None:
    counts = [6, 26]
    z, labels = free_embeddings(alpha, counts, 0.5), labels_of(counts)
    found = [spread(z[labels == y], labels[labels == y]) for y in (0, 1)]
    assert found == pytest.approx(theory.class_spreads(alpha, counts, 0.5), abs=1e-3)


def test_the_rows_are_of_length_one_and_class_counts_are_rounded() -> None:
    z = free_embeddings(0.5, [3.4, 1.6, 0.2], 0.5)
    assert z.shape == (5, 5)
    assert z.dtype == torch.float64
    assert z.norm(dim=1).tolist() == pytest.approx([1.0] * 5)


def test_one_class_is_refused() -> None:
    with pytest.raises(ValueError, match="two classes or more are needed, got 1 with an image"):
        free_embeddings(0.5, [8, 0.3], 0.5)
