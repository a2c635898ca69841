"""Predictions beside subclasses that are dealt out by lot."""

from itertools import permutations, product

import numpy as np
import pytest
import torch

from spreadtune.data.labels import Labels
from spreadtune.evaluation.chance import PERMUTATIONS, beyond_chance

CLASSES = torch.tensor([0, 0, 0, 0, 0, 1, 1, 1, 1])
SUBCLASSES = torch.tensor([0, 0, 1, 1, 2, 3, 3, 4, 4])


def all_deals() -> list[list[int]]:
    first, second = SUBCLASSES[:5].tolist(), SUBCLASSES[5:].tolist()
    return [[*one, *other] for one, other in product(permutations(first), permutations(second))]


@pytest.mark.parametrize(
    "predicted",
    [
        [0, 0, 1, 1, 2, 3, 3, 4, 4],
        [0, 0, 1, 2, 2, 3, 3, 4, 3],
        [2, 2, 0, 0, 1, 4, 4, 3, 3],
        [0, 0, 0, 0, 0, 3, 3, 3, 3],
        [0, 3, 1, 4, 2, 0, 3, 4, 2],  # some guesses are of the other class, some of none of its subclasses
    ],
)
def test_both_numbers_are_those_of_all_deals(predicted: list[int]):
    right = np.array([(np.array(deal) == predicted).sum() for deal in all_deals()])
    found = beyond_chance(torch.tensor(predicted), Labels(CLASSES, SUBCLASSES), seed=0)
    observed = int((torch.tensor(predicted) == SUBCLASSES).sum())
    exact = (right >= observed).mean()
    assert found.accuracy == pytest.approx(right.mean() / 9)
    assert found.p_value == pytest.approx(exact, abs=4 * (exact * (1 - exact) / PERMUTATIONS) ** 0.5 + 1.1 / 1000)


def large(count: int = 600) -> Labels[torch.Tensor]:
    subclasses = torch.arange(count) % 6
    return Labels(subclasses // 3, subclasses)


def test_whoever_knows_the_subclass_is_beyond_chance():
    labels = large()
    found = beyond_chance(labels.subclasses, labels, seed=0)
    assert (found.accuracy, found.p_value) == pytest.approx((1 / 3, 1 / 1000))


def test_whoever_knows_the_class_alone_is_not():
    """Far better than one in six, and no better than lot inside a class."""
    labels, generator = large(), torch.Generator().manual_seed(0)
    p_values = []
    for seed in range(100):
        guess = 3 * labels.classes + torch.randint(3, (600,), generator=generator)
        found = beyond_chance(guess, labels, seed=seed)
        assert found.accuracy == pytest.approx(1 / 3, abs=0.01)
        p_values.append(found.p_value)
    assert np.mean(p_values) == pytest.approx(0.5, abs=0.1)
    assert np.mean(np.array(p_values) <= 0.1) == pytest.approx(0.1, abs=0.09)


def test_the_same_seed_deals_the_same():
    labels = large(60)
    guess = labels.subclasses.roll(1)
    guess[:20] = labels.subclasses[:20]
    values = [beyond_chance(guess, labels, seed=seed) for seed in (1, 1, 2)]
    assert values[0] == values[1] != values[2]
