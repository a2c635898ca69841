"""How names and numbers are written."""

import math
from typing import Any

import pytest

from spreadtune.analysis.words import count, in_words, measured, number, values_in_words


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("objective.alpha", "alpha"),
        ("objective.autoencoder_weight", "autoencoder weight"),
        ("model.encoder.width", "encoder width"),
        ("knn_transfer_accuracy", "kNN transfer accuracy"),
    ],
)
def test_names_in_words(name: str, words: str) -> None:
    assert in_words(name) == words


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0.123456, "0.123"),
        (3.0, "3"),
        (1797, "1797"),
        (1e-5, "1e-05"),
        (math.nan, "–"),
        (None, "–"),
        (True, "true"),
        ("conv", "conv"),
    ],
)
def test_numbers(value: Any, text: str) -> None:
    assert number(value) == text


def test_measured_values_have_three_decimals_and_a_half_width_where_there_is_one() -> None:
    assert measured(0.98, 0.0064) == "0.980 +- 0.006"
    assert measured(0.98) == "0.980"


def test_counts_agree_with_their_noun() -> None:
    assert [count(n, "seed") for n in (0, 1, 3)] == ["0 seeds", "1 seed", "3 seeds"]


def test_missing_values_are_not_spoken() -> None:
    assert values_in_words([("objective.alpha", 0.56), ("objective.temperature", math.nan)]) == "alpha 0.56"
