import math

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import Tensor

from spreadtune.evaluation import geometry
from spreadtune.evaluation.geometry import alignment, class_uniformity, spread, tolerance, uniformity
from tests.evaluation.circle import A_LABELS, B_LABELS, A, B, on_circle, pooled, random_batch


def same_class_cosines(embeddings: Tensor, labels: Tensor) -> dict[int, list[float]]:
    """The definition, pair by pair."""
    cosines: dict[int, list[float]] = {}
    for i in range(len(labels)):
        for j in range(len(labels)):
            if i != j and labels[i] == labels[j]:
                cosine = torch.cosine_similarity(embeddings[i].double(), embeddings[j].double(), dim=0)
                cosines.setdefault(int(labels[i]), []).append(float(cosine))
    return cosines


def test_golden_values_of_batch_a():
    assert alignment(A) == pytest.approx(0, abs=1e-12)
    assert uniformity(A[0]) == pytest.approx(-4, abs=1e-12)
    assert tolerance(*pooled(A, A_LABELS)) == pytest.approx(1, abs=1e-12)
    assert spread(*pooled(A, A_LABELS)) == pytest.approx(0, abs=1e-12)
    assert class_uniformity(*pooled(A, A_LABELS)) == pytest.approx(0, abs=1e-12)


def test_golden_values_of_batch_b():
    assert alignment(B) == pytest.approx(0.112333, abs=1e-6)
    assert uniformity(B[0]) == pytest.approx(-2.632281, abs=1e-6)
    assert tolerance(*pooled(B, B_LABELS)) == pytest.approx(0.601547, abs=1e-6)
    assert spread(*pooled(B, B_LABELS)) == pytest.approx(0.398453, abs=1e-6)
    assert spread(B[0], B_LABELS) == pytest.approx(0.616978, abs=1e-6)


def test_spread_is_half_the_mean_squared_within_class_distance():
    mean_squared_distances = (0.433547, 1.160265)  # of the classes of batch B, all views
    assert spread(*pooled(B, B_LABELS)) == pytest.approx(sum(mean_squared_distances) / 2 / 2, abs=1e-6)


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 10_000))
def test_spread_and_tolerance_are_their_definitions(seed: int):
    embeddings, labels = random_batch(seed)
    cosines = same_class_cosines(embeddings, labels)
    means = [1 - sum(of_class) / len(of_class) for of_class in cosines.values()]
    pairs = [cosine for of_class in cosines.values() for cosine in of_class]
    assert spread(embeddings, labels) == pytest.approx(sum(means) / len(means), abs=1e-12)
    assert tolerance(embeddings, labels) == pytest.approx(sum(pairs) / len(pairs), abs=1e-12)


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 10_000), st.floats(1e-3, 1e3))
def test_spread_feels_neither_order_nor_names_nor_lengths(seed: int, length: float):
    embeddings, labels = random_batch(seed)
    order = torch.randperm(len(labels), generator=torch.Generator().manual_seed(seed))
    changed = spread(embeddings[order] * length, 7 - 3 * labels[order])
    assert changed == pytest.approx(spread(embeddings, labels), abs=1e-6)


def test_spread_reaches_its_bound_on_a_simplex():
    corners = torch.eye(5) - 1 / 5
    assert spread(corners, torch.zeros(5, dtype=torch.long)) == pytest.approx(5 / 4)


def test_spread_resolves_nearly_collapsed_classes():
    angles = torch.tensor([-1e-7, 1e-7], dtype=torch.float64)
    embeddings = torch.stack([angles.cos(), angles.sin()], dim=1)
    assert spread(embeddings, torch.tensor([0, 0])) == pytest.approx(2e-14, rel=1e-6)


def test_classes_with_one_member_are_left_out():
    embeddings = torch.cat([B[0], on_circle([[33.0]])[0]])
    assert spread(embeddings, torch.tensor([0, 0, 1, 1, 2])) == pytest.approx(spread(B[0], B_LABELS))


@pytest.mark.parametrize("measure", [spread, tolerance, class_uniformity])
def test_no_class_with_two_members_is_an_error(measure):
    with pytest.raises(ValueError, match="no class has two members"):
        measure(A[0], A_LABELS)


def test_alignment_is_its_definition_for_three_views():
    views = torch.randn(3, 6, 4, generator=torch.Generator().manual_seed(0))
    z = torch.nn.functional.normalize(views.double(), dim=-1)
    pairs = [(z[v] - z[w]).square().sum(dim=1).mean() for v in range(3) for w in range(3) if v != w]
    assert alignment(views) == pytest.approx(float(sum(pairs)) / 6, abs=1e-12)


def test_alignment_needs_two_views():
    with pytest.raises(ValueError, match="got 1"):
        alignment(A[:1])


@pytest.mark.parametrize("rows_at_once", [1, 4, 1024])
def test_uniformity_is_its_definition_however_it_is_cut(monkeypatch, rows_at_once):
    monkeypatch.setattr(geometry, "_ROWS_AT_ONCE", rows_at_once)
    embeddings, _ = random_batch(1)
    z = torch.nn.functional.normalize(embeddings.double(), dim=-1)
    kernel = [math.exp(-3 * float((z[i] - z[j]).square().sum())) for i in range(len(z)) for j in range(i)]
    assert uniformity(embeddings, t=3) == pytest.approx(math.log(sum(kernel) / len(kernel)), abs=1e-12)


def test_uniformity_stays_finite_where_the_kernel_underflows():
    assert uniformity(torch.tensor([[1.0, 0.0], [-1.0, 0.0]]), t=1e3) == pytest.approx(-4e3)


def test_uniformity_needs_a_pair():
    with pytest.raises(ValueError, match="got 1"):
        uniformity(A[0][:1])


@pytest.mark.parametrize("seed", range(3))
def test_class_uniformity_is_its_definition(seed: int):
    embeddings, labels = random_batch(seed)
    values = []
    for members in same_class_cosines(embeddings, labels).values():  # every pair twice
        kernel = [math.exp(-2 * (2 - 2 * cosine)) for cosine in members]
        values.append(math.log(sum(kernel) / len(kernel)))
    assert class_uniformity(embeddings, labels) == pytest.approx(sum(values) / len(values), abs=1e-12)


def test_classes_of_opposite_points_are_as_uniform_as_pairs_can_be():
    opposite = torch.tensor([[1.0, 0], [-1, 0], [0, 1], [0, -1], [1, 1]])
    assert class_uniformity(opposite, torch.tensor([0, 0, 1, 1, 2])) == pytest.approx(-8)


def test_tight_clumps_are_spread_and_not_uniform():
    labels = torch.zeros(8, dtype=torch.long)
    even = on_circle([[45.0 * k for k in range(8)]])[:, 0]
    clumps = on_circle([[180.0 * (k % 2) for k in range(8)]])[:, 0]
    assert spread(clumps, labels) == pytest.approx(spread(even, labels))
    assert class_uniformity(clumps, labels) > class_uniformity(even, labels) + 0.5
