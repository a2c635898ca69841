"""Is a subclass predicted better than its class alone allows? A permutation test of predictions that are there.

The predictions of a probe are fixed; the subclasses of the images that it is scored on are dealt out anew inside each
class. If h says no more of an image than its class does, every deal is as likely as what was seen, so the test is exact
whatever the probe learned from, and it costs no fit. How often deals predict right is drawn from the table of true and
predicted subclasses, whose margins a deal leaves as they are, not by shuffling images.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.stats import random_table
from torch import Tensor

from spreadtune.data.labels import Labels

PERMUTATIONS = 999

Table = NDArray[np.int64]


@dataclass(frozen=True)
class BeyondChance:
    """What fixed predictions are worth beside chance.

    Attributes:
        accuracy: share of right ones when subclasses are dealt out by lot inside each class; exact, an expected value.
        p_value: (1 + number of deals that are predicted as well as the truth or better) / (1 + number of deals), so
            never below 1 / 1000 with :data:`PERMUTATIONS` deals (Phipson and Smyth 2010).
    """

    accuracy: float
    p_value: float


def beyond_chance(predicted: Tensor, labels: Labels[Tensor], *, seed: int) -> BeyondChance:
    """Compare predictions of the subclass with deals of the subclasses inside each class.

    Args:
        predicted: (N,) subclasses.
        labels: the true ones, and the classes.
        seed: of the deals.
    """
    guesses, classes, subclasses = (values.cpu().numpy() for values in (predicted, labels.classes, labels.subclasses))
    random = np.random.default_rng(seed)
    expected, right = 0.0, np.zeros(PERMUTATIONS, dtype=np.int64)
    for label in sorted({*classes.tolist()}):
        members = classes == label
        occurring, guessed = _margins(subclasses[members], guesses[members])
        expected += float((occurring * guessed[:-1]).sum() / occurring.sum())
        right += _right_by_lot(occurring, guessed, random)
    observed = int((guesses == subclasses).sum())
    return BeyondChance(expected / len(guesses), float(1 + (right >= observed).sum()) / (1 + PERMUTATIONS))


def _margins(subclasses: NDArray[Any], guesses: NDArray[Any]) -> tuple[Table, Table]:
    """How many images of each subclass there are, and how often each is guessed; last, how often none of them."""
    occurring, counts = np.unique(subclasses, return_counts=True)
    guessed = [int((guesses == subclass).sum()) for subclass in occurring]
    return counts.astype(np.int64), np.array([*guessed, len(guesses) - sum(guessed)], dtype=np.int64)


def _right_by_lot(occurring: Table, guessed: Table, random: np.random.Generator) -> Table:
    """(:data:`PERMUTATIONS`,) how many guesses are right in each deal."""
    tables = random_table(occurring, guessed).rvs(PERMUTATIONS, random_state=random)
    right: Table = np.trace(tables, axis1=1, axis2=2).astype(np.int64)
    return right
