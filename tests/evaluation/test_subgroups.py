"""Clusters inside classes, on points whose clusters are known, and their agreement with groups by hand."""

from itertools import combinations

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.metrics import f1_score, precision_score, recall_score

from spreadtune.data.labels import Labels
from spreadtune.evaluation.group_measures import GroupMeasures, TrainSubgroups
from spreadtune.evaluation.measures import Fitted
from spreadtune.evaluation.representations import Representations
from spreadtune.evaluation.subgroups import find_subgroups, group_agreement, recovery
from spreadtune.spec.seed import Seed

SEED = Seed(study=0)


def clustered(counts: list[int], seed: int = 0, images: int = 40) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
    """Embeddings, classes and clusters: of each class so many tight clusters, far apart."""
    generator = torch.Generator().manual_seed(seed)
    centers = torch.nn.functional.normalize(torch.randn(sum(counts), 16, generator=generator), dim=1)
    clusters = torch.arange(sum(counts)).repeat_interleave(images)
    classes = torch.repeat_interleave(torch.arange(len(counts)), torch.tensor(counts))[clusters]
    rows = centers[clusters] + 0.02 * torch.randn(len(clusters), 16, generator=generator)
    return 3 * rows, classes, clusters


@pytest.mark.parametrize("counts", [[2, 3], [4, 2, 5]])
def test_clusters_that_lie_apart_are_found_with_their_number(counts):
    rows, classes, clusters = clustered(counts)
    found = find_subgroups(rows, classes, seed=0)
    assert [len(found.centers[label]) for label in range(len(counts))] == counts
    assert len(found) == sum(counts)
    assigned = found.assign(rows, classes)
    pairs = {*zip(assigned.tolist(), clusters.tolist(), strict=True)}
    assert len(pairs) == sum(counts)
    assert group_agreement(assigned, clusters, classes) == pytest.approx(1)


def test_other_images_go_to_the_nearest_cluster_of_their_class():
    rows, classes, _ = clustered([2, 3])
    found = find_subgroups(rows, classes, seed=0)
    others = torch.randn(50, 16, generator=torch.Generator().manual_seed(1))
    labels = torch.arange(50) % 2
    z = torch.nn.functional.normalize(others.double(), dim=1).numpy()
    for row, label, cluster in zip(z, labels.tolist(), found.assign(others, labels).tolist(), strict=True):
        centers = found.centers[label]
        assert cluster - found.first[label] == np.argmin([np.linalg.norm(row - center) for center in centers])


def test_a_collapsed_class_is_one_cluster():
    rows, classes, _ = clustered([1, 2])
    rows[classes == 0] = rows[0].clone()
    found = find_subgroups(rows, classes, seed=0)
    assert (len(found.centers[0]), len(found.centers[1])) == (1, 2)


def test_the_same_seed_gives_the_same_clusters():
    rows, classes, _ = clustered([3, 3], seed=5)
    one, other = (find_subgroups(rows, classes, seed=7) for _ in range(2))
    assert all(np.array_equal(one.centers[label], other.centers[label]) for label in (0, 1))


@given(st.lists(st.tuples(st.integers(0, 2), st.integers(0, 1)), min_size=2, max_size=12))
def test_agreement_is_the_index_over_pairs(images):
    """Adjusted Rand index from pairs of images, of one class."""
    estimated, groups = (torch.tensor(values) for values in zip(*images, strict=True))
    found = group_agreement(estimated, groups, torch.zeros(len(images), dtype=torch.long))
    if len(groups.unique()) == 1:
        assert found is None
        return
    pairs = [(estimated[i] == estimated[j], groups[i] == groups[j]) for i, j in combinations(range(len(images)), 2)]
    a, b = (sum(bool(each[side]) for each in pairs) for side in (0, 1))
    both = sum(bool(one and other) for one, other in pairs)
    expected = a * b / len(pairs)
    most = (a + b) / 2
    index = (both - expected) / (most - expected) if most != expected else 1.0
    assert found == pytest.approx(index)


@settings(max_examples=30)
@given(st.lists(st.tuples(st.integers(0, 3), st.integers(0, 1)), min_size=1, max_size=20))
def test_recovery_is_the_best_f1_of_any_cluster(images):
    estimated, groups = (torch.tensor(values) for values in zip(*images, strict=True))
    for group in groups.unique().tolist():
        truth = (groups == group).numpy()
        scores = [
            tuple(score(truth, (estimated == cluster).numpy()) for score in (f1_score, precision_score, recall_score))
            for cluster in estimated.unique()
        ]
        found = recovery(estimated, groups, group)
        assert found.f1 == pytest.approx(max(scores)[0])
        assert any(each == pytest.approx((found.f1, found.precision, found.recall)) for each in scores)


def test_the_metrics_tell_how_well_the_worst_group_was_found():
    rows, classes, clusters = clustered([2, 2])
    attributes = clusters % 2
    labels = Labels(classes, classes, attributes, clusters)
    seen = Representations(rows, rows, labels)
    measures = GroupMeasures(Fitted(seen, held_out=0), seen, TrainSubgroups(seen, SEED))
    assert measures.group_ari() == pytest.approx(1)
    assert measures.worst_group_f1() == measures.worst_group_precision() == measures.worst_group_recall() == 1
    plain = Representations(rows, rows, Labels(classes, classes))
    without = GroupMeasures(Fitted(plain, held_out=0), plain, TrainSubgroups(plain, SEED))
    names = ("group_ari", "worst_group_f1", "worst_group_precision", "worst_group_recall")
    assert [getattr(without, name)() for name in names] == [None] * 4
