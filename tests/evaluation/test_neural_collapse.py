"""Classes beside one another, by golden values, closed forms and slow transcriptions."""

import math
from itertools import combinations, permutations

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import Tensor

from spreadtune.evaluation.geometry import spread
from spreadtune.evaluation.neural_collapse import cdnv, class_separation, collapse, nc1, nc2
from tests.evaluation.circle import A_LABELS, B_LABELS, A, B, pooled, random_batch

MEASURES = (collapse, class_separation, nc1, nc2, cdnv)

Rows = np.ndarray


def by_class(embeddings: Tensor, labels: Tensor) -> dict[int, Rows]:
    z = torch.nn.functional.normalize(embeddings.double(), dim=1).numpy()
    return {int(label): z[(labels == label).numpy()] for label in labels.unique()}


def covariances(embeddings: Tensor, labels: Tensor) -> tuple[Rows, Rows]:
    """S_W and S_B, image by image."""
    classes = by_class(embeddings, labels)
    everything = np.concatenate([*classes.values()])
    within, between = (np.zeros((everything.shape[1],) * 2) for _ in range(2))
    for rows in classes.values():
        for row in rows:
            within += np.outer(row - rows.mean(0), row - rows.mean(0)) / len(everything)
            between += np.outer(rows.mean(0) - everything.mean(0), rows.mean(0) - everything.mean(0)) / len(everything)
    return within, between


def test_golden_values_of_batch_a():
    """Every class is a point, and two points are a simplex."""
    values = [measure(*pooled(A, A_LABELS)) for measure in MEASURES]
    assert values == pytest.approx([1, 1, 0, 0, 0], abs=1e-12)


def test_golden_values_of_batch_b():
    within, between = covariances(*pooled(B, B_LABELS))
    assert np.trace(within) == pytest.approx(0.298840, abs=1e-6)
    assert np.trace(within + between) == pytest.approx(0.990829, abs=1e-6)
    assert nc1(*pooled(B, B_LABELS)) == pytest.approx(0.008709, abs=1e-6)
    assert cdnv(*pooled(B, B_LABELS)) == pytest.approx(0.107964, abs=1e-6)
    assert collapse(*pooled(B, B_LABELS)) == pytest.approx(1 - 0.298840 / 0.990829, abs=1e-6)
    # the mean distance of all 8 * 7 pairs is 8 / 7 of the total variance
    assert class_separation(*pooled(B, B_LABELS)) == pytest.approx(1 - 0.398453 / (0.990829 * 8 / 7), abs=1e-6)


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 10_000), st.integers(2, 7), st.integers(2, 6))
def test_each_is_its_definition(seed: int, classes: int, dim: int):
    embeddings, labels = random_batch(seed, classes=classes, count=21, dim=dim)
    if len(labels.unique()) < 2:
        return
    groups = by_class(embeddings, labels)
    within, between = covariances(embeddings, labels)
    assert collapse(embeddings, labels) == pytest.approx(1 - np.trace(within) / np.trace(within + between))
    pinv = np.linalg.pinv(between, rcond=1e-10, hermitian=True)
    assert nc1(embeddings, labels) == pytest.approx(np.trace(within @ pinv) / len(groups), rel=1e-6)

    def variance(rows: Rows) -> float:
        return sum(((row - rows.mean(0)) ** 2).sum() for row in rows) / len(rows)

    values = [
        (variance(one) + variance(other)) / (2 * ((one.mean(0) - other.mean(0)) ** 2).sum())
        for one, other in combinations(groups.values(), 2)
    ]
    assert cdnv(embeddings, labels) == pytest.approx(sum(values) / len(values))
    rows = np.concatenate([*groups.values()])
    distances = [1 - one @ other for one, other in permutations(rows, 2)]
    separation = 1 - spread(embeddings, labels) / (sum(distances) / len(distances))
    assert class_separation(embeddings, labels) == pytest.approx(separation)
    centers = np.array([each.mean(0) for each in groups.values()])
    gram = (centers - centers.mean(0)) @ (centers - centers.mean(0)).T
    simplex = (np.eye(len(groups)) - 1 / len(groups)) / math.sqrt(len(groups) - 1)
    assert nc2(embeddings, labels) == pytest.approx(np.linalg.norm(gram / np.linalg.norm(gram) - simplex), abs=1e-9)
    assert 0 <= nc2(embeddings, labels) <= math.sqrt(2)


@pytest.mark.parametrize("classes", [2, 3, 5])
def test_a_collapsed_simplex_is_the_end_of_all_of_them(classes: int):
    """Also where classes have different numbers of images, for class means count alike."""
    labels = torch.arange(classes).repeat(4)[: 4 * classes - 1]
    corners = (torch.eye(classes) - 1 / classes)[labels]
    assert [measure(corners, labels) for measure in MEASURES] == pytest.approx([1, 1, 0, 0, 0], abs=1e-9)


def test_class_means_on_a_line_are_no_simplex():
    line = torch.tensor([[0.0, 1.0], [0.5, 1.0], [1.0, 1.0]]).repeat(2, 1)
    assert nc2(line, torch.arange(3).repeat(2)) > 0.5


def test_classes_by_lot_are_not_separated_and_seem_a_little_collapsed():
    generator = torch.Generator().manual_seed(0)
    rows = torch.randn(60, 8, generator=generator)
    draws = [torch.arange(4).repeat(15)[torch.randperm(60, generator=generator)] for _ in range(300)]
    assert np.mean([class_separation(rows, labels) for labels in draws]) == pytest.approx(0, abs=0.003)
    assert np.mean([collapse(rows, labels) for labels in draws]) == pytest.approx(3 / 59, abs=0.003)


def test_where_class_means_meet_there_is_nothing_to_compare_with():
    opposite = torch.tensor([[1.0, 0], [-1, 0], [0, 1], [0, -1]])
    labels = torch.tensor([0, 0, 1, 1])
    assert collapse(opposite, labels) == pytest.approx(0, abs=1e-12)
    assert class_separation(opposite, labels) < 0  # images of a class are further apart than any two
    assert all(math.isnan(measure(opposite, labels)) for measure in (nc1, nc2, cdnv))


@pytest.mark.parametrize("measure", MEASURES)
def test_equal_rows_have_no_value(measure):
    assert math.isnan(measure(torch.full((300, 7), 0.3), torch.arange(300) % 2))


def test_nearly_collapsed_classes_are_resolved():
    angles = torch.tensor([-1e-7, 1e-7, math.pi / 2, math.pi / 2], dtype=torch.float64)
    rows = torch.stack([angles.cos(), angles.sin()], dim=1)
    assert cdnv(rows, torch.tensor([0, 0, 1, 1])) == pytest.approx(1e-14 / 4, rel=1e-6)


def test_of_images_that_are_all_alone_there_are_no_pairs():
    with pytest.raises(ValueError, match="no class has two members"):
        class_separation(A[0], A_LABELS)
