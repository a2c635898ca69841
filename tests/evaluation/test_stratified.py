import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from spreadtune.evaluation.stratified import at_most, few_of_each, held_out_tenth, rank_within_label

label_lists = st.lists(st.integers(-3, 3), min_size=1, max_size=80).map(torch.tensor)


@given(label_lists, st.integers(0, 2**63 - 1))
def test_ranks_number_the_examples_of_each_label(labels, seed):
    ranks = rank_within_label(labels, seed=seed)
    for label in labels.unique():
        members = ranks[labels == label]
        assert members.sort().values.tolist() == list(range(len(members)))


@given(label_lists, st.integers(0, 100))
def test_a_tenth_of_every_label_is_held_out_and_something_is_left(labels, seed):
    held = held_out_tenth(labels, seed=seed)
    for label in labels.unique():
        count = int((labels == label).sum())
        taken = int(held[labels == label].sum())
        assert taken == (0 if count == 1 else max(1, int(count / 10 + 0.5)))
        assert taken < count


@given(label_lists, st.integers(1, 12))
def test_few_of_each_takes_the_shots_or_all_there_are(labels, shots):
    drawn = few_of_each(labels, shots, seed=0)
    for label in labels.unique():
        assert int(drawn[labels == label].sum()) == min(shots, int((labels == label).sum()))


def test_draws_follow_the_seed():
    labels = torch.zeros(200, dtype=torch.long)
    assert torch.equal(held_out_tenth(labels, seed=1), held_out_tenth(labels, seed=1))
    assert not torch.equal(held_out_tenth(labels, seed=1), held_out_tenth(labels, seed=2))


def test_every_example_is_drawn_equally_often():
    labels = torch.tensor([0] * 10 + [1] * 5)
    drawn = torch.stack([few_of_each(labels, 1, seed=seed) for seed in range(1000)]).double().mean(dim=0)
    torch.testing.assert_close(drawn, torch.tensor([0.1] * 10 + [0.2] * 5).double(), atol=0.05, rtol=0)


@pytest.mark.parametrize("seed", range(3))
def test_a_sample_has_the_proportions_of_the_labels(seed):
    labels = torch.tensor([0] * 600 + [1] * 300 + [2] * 99 + [3])[
        torch.randperm(1000, generator=torch.Generator().manual_seed(0))
    ]
    some = at_most(labels, 100, seed=seed)
    counts = labels[some].bincount().tolist()
    assert sum(counts) == 100
    assert counts == pytest.approx([60, 30, 10, 1], abs=1.5)
    assert some.tolist() == sorted({*some.tolist()})
    assert torch.equal(some, at_most(labels, 100, seed=seed))
    assert not torch.equal(some, at_most(labels, 100, seed=seed + 1))


def test_a_sample_of_few_is_all_of_them():
    assert at_most(torch.tensor([4, 4, 2]), 3, seed=0).tolist() == [0, 1, 2]
