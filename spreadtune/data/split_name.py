"""The three parts of a data set."""

from collections.abc import Mapping
from typing import Literal, get_args

SplitName = Literal["train", "validation", "test"]
SPLIT_NAMES: tuple[SplitName, ...] = get_args(SplitName)

NUMBERED: Mapping[str, SplitName] = {"0": "train", "1": "validation", "2": "test"}
"""The parts as published tables number them."""
