import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.neighbors import KNeighborsClassifier

from spreadtune.evaluation import knn
from spreadtune.evaluation.knn import nearest_neighbors


def random_case(seed: int):
    generator = torch.Generator().manual_seed(seed)
    bank, queries = torch.randn(60, 4, generator=generator), torch.randn(25, 4, generator=generator)
    return bank, torch.randint(5, (60,), generator=generator), queries


@settings(max_examples=20, deadline=None)
@given(st.integers(0, 10_000), st.integers(1, 30), st.sampled_from([0.05, 0.1, 1.0]))
def test_vote_equals_scikit_learn(seed: int, k: int, temperature: float):
    bank, labels, queries = random_case(seed)
    oracle = KNeighborsClassifier(
        k, metric="cosine", algorithm="brute", weights=lambda distances: np.exp((1 - distances) / temperature)
    ).fit(bank.double(), labels)
    vote = nearest_neighbors(bank, queries, k=k).vote(labels, temperature=temperature)
    np.testing.assert_array_equal(vote, oracle.predict(queries.double()))


def test_one_search_serves_several_label_sets():
    bank, labels, queries = random_case(0)
    neighbors = nearest_neighbors(bank, queries, k=1)
    assert neighbors.accuracy(labels, labels[neighbors.indices[:, 0]]) == 1
    assert neighbors.accuracy(labels + 10, labels[neighbors.indices[:, 0]]) == 0


def test_neighbors_are_the_largest_cosines_nearest_first():
    bank, _, queries = random_case(3)
    cosines = torch.cosine_similarity(queries[:, None], bank[None], dim=2)
    expected = cosines.sort(dim=1, descending=True)
    neighbors = nearest_neighbors(bank, queries, k=7)
    assert torch.equal(neighbors.indices, expected.indices[:, :7])
    torch.testing.assert_close(neighbors.similarities, expected.values[:, :7])


def test_equal_cosines_are_taken_in_the_order_of_the_bank():
    bank = torch.ones(50, 2)
    bank[10] = -bank[10]
    neighbors = nearest_neighbors(bank, torch.tensor([[1.0, 1.0], [-1.0, -1.0]]), k=3)
    assert neighbors.indices.tolist() == [[0, 1, 2], [10, 0, 1]]


def test_equal_votes_go_to_the_smallest_label():
    neighbors = nearest_neighbors(torch.ones(4, 2), torch.ones(1, 2), k=4)
    assert neighbors.vote(torch.tensor([7, 3, 3, 7])).tolist() == [3]


def test_nearer_neighbors_outvote_more_numerous_ones():
    angles = torch.tensor([0.0, 1.0, 1.0])
    bank = torch.stack([angles.cos(), angles.sin()], dim=1)
    neighbors = nearest_neighbors(bank, torch.tensor([[1.0, 0.0]]), k=3)
    assert neighbors.vote(torch.tensor([0, 1, 1])).tolist() == [0]
    assert neighbors.vote(torch.tensor([0, 1, 1]), temperature=10).tolist() == [1]


def test_votes_survive_small_temperatures():
    bank, labels, queries = random_case(4)
    neighbors = nearest_neighbors(bank, queries, k=5)
    assert torch.equal(neighbors.vote(labels, temperature=1e-6), labels[neighbors.indices[:, 0]])


def test_a_small_bank_gives_all_it_has():
    assert nearest_neighbors(torch.eye(3), torch.eye(3), k=20).indices.shape == (3, 3)


@pytest.mark.parametrize("similarities_at_once", [1, 130, 10**6])
def test_chunks_change_nothing(monkeypatch, similarities_at_once):
    bank, _, queries = random_case(5)
    whole = nearest_neighbors(bank, queries)
    monkeypatch.setattr(knn, "_SIMILARITIES_AT_ONCE", similarities_at_once)
    assert torch.equal(nearest_neighbors(bank, queries).indices, whole.indices)
