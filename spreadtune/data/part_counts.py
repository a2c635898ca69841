"""How many images of each class and subclass every part has."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from spreadtune.data.hierarchy import Hierarchy, Integers
from spreadtune.data.split_name import SPLIT_NAMES, SplitName

WORDS: Mapping[SplitName, str] = {"train": "training", "validation": "validation", "test": "test"}

_NAMED = 4  # classes or subclasses: of more the smallest and the largest are told


@dataclass(frozen=True, eq=False)
class PartCounts:
    """The images of every part.

    Attributes:
        hierarchy: the K classes and S subclasses.
        subclasses: for each part int64 (S,), its images of each subclass.
    """

    hierarchy: Hierarchy
    subclasses: Mapping[SplitName, Integers]

    def classes(self, part: SplitName) -> Integers:
        """int64 (K,), the images of each class."""
        counts = np.zeros(len(self.hierarchy.class_names), dtype=np.int64)
        np.add.at(counts, self.hierarchy.class_of_subclass, self.subclasses[part])
        return counts

    @property
    def fewest(self) -> Integers:
        """int64 (S,), the images of each subclass in the part that has fewest of it."""
        fewest: Integers = np.min([self.subclasses[part] for part in SPLIT_NAMES], axis=0)
        return fewest

    def of(self, subclass: int) -> str:
        """``rare of class animal (3 training, 0 validation, 0 test)``."""
        counts = ", ".join(f"{self.subclasses[part][subclass]} {WORDS[part]}" for part in SPLIT_NAMES)
        return f"{self.hierarchy.described(subclass)} ({counts})"

    def described(self, part: SplitName) -> str:
        """``training 1078: below five 541, five and above 537; 10 subclasses of 104 (8) to 110 (3)``."""
        counts, hierarchy = self.subclasses[part], self.hierarchy
        text = f"{WORDS[part]} {counts.sum()}: {_described(hierarchy.class_names, self.classes(part), 'classes')}"
        if hierarchy.has_subclasses:
            text += f"; {_described(hierarchy.subclass_names, counts, 'subclasses')}"
        return text


def _described(names: Sequence[str], counts: Integers, things: str) -> str:
    if len(names) <= _NAMED:
        return ", ".join(f"{name} {count}" for name, count in zip(names, counts, strict=True))
    low, high = int(counts.argmin()), int(counts.argmax())
    if counts[low] == counts[high]:
        return f"{len(names)} {things} of {counts[low]} each"
    return f"{len(names)} {things} of {counts[low]} ({names[low]}) to {counts[high]} ({names[high]})"
