"""Inside each class: clusters, silhouettes and variance beside the subclasses."""

import math
import warnings
from itertools import combinations, permutations

import numpy as np
import pytest
import torch
from sklearn.cluster import KMeans
from sklearn.metrics import adjusted_rand_score, normalized_mutual_info_score
from torch import Tensor

from spreadtune.data.labels import Labels
from spreadtune.evaluation.subclasses import (
    STARTS,
    ClassRows,
    class_rows,
    cluster_agreement,
    silhouette,
    subclass_share,
)


def blobs(noise: float, per_subclass: int = 12, seed: int = 0) -> tuple[Tensor, Labels[Tensor]]:
    """Two classes of three subclasses each, and one of a single subclass."""
    generator = torch.Generator().manual_seed(seed)
    subclasses = torch.arange(7).repeat(per_subclass)
    centers = torch.randn(7, 6, generator=generator)[subclasses]
    rows = centers + noise * torch.randn(len(subclasses), 6, generator=generator)
    return rows, Labels(subclasses // 3, subclasses)


def few(subclasses: list[int], seed: int = 0) -> ClassRows:
    rows = np.random.default_rng(seed).normal(size=(len(subclasses), 2))
    return ClassRows(rows / np.linalg.norm(rows, axis=1, keepdims=True), np.array(subclasses))


def test_classes_of_one_subclass_are_left_out():
    embeddings, labels = blobs(noise=0.5)
    rows = class_rows(embeddings, labels)
    assert [{*each.subclasses.tolist()} for each in rows] == [{0, 1, 2}, {3, 4, 5}]
    first = torch.nn.functional.normalize(embeddings.double(), dim=1)[labels.classes == 0].numpy()
    assert rows[0].z == pytest.approx(first, abs=1e-15)


def test_clusters_that_are_the_subclasses_agree():
    agreement = cluster_agreement(class_rows(*blobs(noise=0.01)), seed=0)
    assert (agreement.ari, agreement.nmi) == pytest.approx((1, 1))


def test_subclasses_by_lot_do_not_agree_but_for_what_chance_gives():
    """Over many deals both are what they are by lot."""
    embeddings, labels = blobs(noise=0.5)
    found = []
    for seed in range(60):
        order = torch.randperm(36, generator=torch.Generator().manual_seed(seed))
        subclasses = labels.subclasses.clone()
        for k in (0, 1):
            members = (labels.classes == k).nonzero()[:, 0]
            subclasses[members] = subclasses[members[order]]
        found.append(cluster_agreement(class_rows(embeddings, Labels(labels.classes, subclasses)), seed=0))
    assert np.mean([each.ari for each in found]) == pytest.approx(0, abs=0.01)
    assert np.mean([each.nmi for each in found]) == pytest.approx(found[0].nmi_chance, abs=0.01)


@pytest.mark.slow
def test_what_lot_gives_is_the_mean_over_all_deals():
    rows = few([0, 0, 0, 1, 1, 2])
    agreement = cluster_agreement([rows], seed=0)
    clusters = _of_seed(rows)
    deals = [*permutations(rows.subclasses)]
    assert agreement.nmi == pytest.approx(normalized_mutual_info_score(rows.subclasses, clusters))
    assert agreement.nmi_chance == pytest.approx(np.mean([normalized_mutual_info_score(d, clusters) for d in deals]))
    assert np.mean([adjusted_rand_score(deal, clusters) for deal in deals]) == pytest.approx(0, abs=1e-12)


def _of_seed(rows: ClassRows) -> np.ndarray:
    return KMeans(len({*rows.subclasses.tolist()}), n_init=STARTS, random_state=0).fit_predict(rows.z)


def test_the_rand_index_by_pairs():
    """(pairs that agree - expected) / (most - expected), counted pair by pair."""
    rows = few([0, 0, 0, 1, 1, 1, 2, 2], seed=3)
    clusters, truth = _of_seed(rows), rows.subclasses
    together = [(truth[i] == truth[j], clusters[i] == clusters[j]) for i, j in combinations(range(8), 2)]
    both = sum(t and c for t, c in together)
    of_truth, of_clusters = (sum(pair[k] for pair in together) for k in (0, 1))
    expected = of_truth * of_clusters / len(together)
    ari = (both - expected) / ((of_truth + of_clusters) / 2 - expected)
    assert cluster_agreement([rows], seed=0).ari == pytest.approx(ari)


def test_classes_count_alike():
    one, other = few([0, 0, 0, 1, 1]), few([2, 2, 3, 3, 4, 4, 4, 4, 4], seed=1)
    alone = [cluster_agreement([rows], seed=0) for rows in (one, other)]
    together = cluster_agreement([one, other], seed=0)
    assert together.ari == pytest.approx((alone[0].ari + alone[1].ari) / 2)
    assert silhouette([one, other]) == pytest.approx((silhouette([one]) + silhouette([other])) / 2)


def test_the_same_seed_gives_the_same_bits():
    rows = class_rows(*blobs(noise=1.0))
    assert cluster_agreement(rows, seed=2**63 - 1) == cluster_agreement(rows, seed=2**63 - 1)


def test_a_collapsed_class_has_numbers_and_nobody_is_warned():
    embeddings, labels = torch.full((42, 5), 0.3), blobs(noise=0.5, per_subclass=6)[1]
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        agreement = cluster_agreement(class_rows(embeddings, labels), seed=0)
        assert (agreement.ari, agreement.nmi, agreement.nmi_chance) == pytest.approx((0, 0, 0), abs=1e-12)
        assert silhouette(class_rows(embeddings, labels)) == pytest.approx(0, abs=1e-9)
    assert math.isnan(subclass_share(embeddings, labels))


def test_silhouette_is_its_definition():
    rows = few([0, 0, 0, 1, 1, 2, 2, 2, 3], seed=5)  # the last one is alone
    distance = 1 - rows.z @ rows.z.T
    values = []
    for i, own in enumerate(rows.subclasses):
        means = {}
        for label in {*rows.subclasses.tolist()}:
            others = [j for j in range(9) if rows.subclasses[j] == label and j != i]
            means[label] = np.mean([distance[i, j] for j in others]) if others else None
        a, b = means.pop(own), min(means.values())
        values.append(0 if a is None else (b - a) / max(a, b))
    assert silhouette([rows]) == pytest.approx(np.mean(values))


def test_silhouette_of_images_that_are_all_alone_has_no_value():
    assert math.isnan(silhouette([few([0, 1, 2])]))


@pytest.mark.parametrize("seed", range(3))
def test_subclass_share_is_its_definition(seed: int):
    embeddings, labels = blobs(noise=0.7, seed=seed)
    z = torch.nn.functional.normalize(embeddings.double(), dim=1)

    def scatter(of: Tensor, values: range) -> float:
        groups = [z[of == value] for value in values]
        return sum(float((row - rows.mean(dim=0)).square().sum()) for rows in groups for row in rows)

    share = 1 - scatter(labels.subclasses, range(6)) / scatter(labels.classes, range(2))
    assert subclass_share(embeddings, labels) == pytest.approx(share)


def test_subclass_share_from_lot_to_points():
    embeddings, labels = blobs(noise=0.7)
    generator = torch.Generator().manual_seed(0)
    one_class = labels.classes == 0
    rows, classes = embeddings[one_class], labels.classes[one_class]
    deals = [labels.subclasses[one_class][torch.randperm(36, generator=generator)] for _ in range(300)]
    by_lot = np.mean([subclass_share(rows, Labels(classes, deal)) for deal in deals])
    assert by_lot == pytest.approx((3 - 1) / (36 - 1), abs=0.005)
    assert subclass_share(*blobs(noise=0.0)) == pytest.approx(1)
