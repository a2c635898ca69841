"""Cells as they are read, and the numbers by which they are sorted."""

import numpy as np
import pandas as pd
import pytest

from spreadtune.analysis.columns import Cell, Column, number_columns, with_half_widths


def cells(values: list[object], decimals: int | None = None) -> list[Cell]:
    return list(Column("", pd.Series(values), decimals))


def test_numbers_are_rounded_and_sorted_unrounded() -> None:
    assert cells([0.123456, 2.0]) == [Cell("0.123", 0.123456), Cell("2", 2.0)]
    assert cells([0.98765, 1.0], decimals=2) == [Cell("0.99", 0.98765), Cell("1.00", 1.0)]
    assert cells([3, 10]) == [Cell("3", 3.0), Cell("10", 10.0)]


def test_what_is_missing_is_a_dash_and_no_number() -> None:
    assert cells([np.nan, 0.5], decimals=3) == [Cell("–", None), Cell("0.500", 0.5)]
    assert cells(["text", None]) == [Cell("text", None), Cell("–", None)]


def test_yes_and_no_are_words_and_no_numbers() -> None:
    assert cells([True, False]) == [Cell("true", None), Cell("false", None)]
    assert cells([True, "text"]) == [Cell("true", None), Cell("text", None)]


@pytest.mark.parametrize(
    ("column", "right"),
    [
        (Column("", pd.Series([1.5])), True),
        (Column("", pd.Series(["1.500 +- 0.2"]), numeric=True), True),
        (Column("", pd.Series(["text"])), False),
    ],
)
def test_numbers_stand_at_the_right(column: Column, right: bool) -> None:
    assert column.at_right == right


def test_a_mean_without_an_interval_stands_alone() -> None:
    column = with_half_widths("", pd.Series([0.5, 0.25, np.nan]), pd.Series([0.01, np.nan, np.nan]))
    assert [cell.text for cell in column] == ["0.500 +- 0.010", "0.250", "–"]


def test_names_are_words_and_what_was_measured_has_three_decimals() -> None:
    numbers = pd.DataFrame({"x": [0.12345], "metric.train_spread": [0.12345], "spread.half_width": [0.00012]})
    shown = {column.heading: [cell.text for cell in column] for column in number_columns(numbers)}
    assert shown == {"x": ["0.123"], "train spread": ["0.123"], "spread ±": ["0.000"]}
