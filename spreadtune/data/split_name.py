"""The three parts of a data set."""

from typing import Literal, get_args

SplitName = Literal["train", "validation", "test"]
SPLIT_NAMES: tuple[SplitName, ...] = get_args(SplitName)
