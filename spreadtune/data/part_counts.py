"""How many images of each class, subclass and group every part has."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

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
        groups: for each part int64 (G,), its images of each group; empty where the data set has none.
    """

    hierarchy: Hierarchy
    subclasses: Mapping[SplitName, Integers]
    groups: Mapping[SplitName, Integers] = field(default_factory=dict)

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
        return f"{self.hierarchy.described(subclass)} ({_by_part(self.subclasses, subclass)})"

    def of_group(self, group: int) -> str:
        """``landbird, water (184 training, 466 validation, 2255 test)``."""
        return f"{self.hierarchy.group_names[group]} ({_by_part(self.groups, group)})"

    @property
    def fewest_of_group(self) -> Integers:
        """int64 (G,), the images of each group in the part that has fewest of it; empty without groups."""
        counts = [self.groups[part] for part in SPLIT_NAMES if part in self.groups]
        fewest: Integers = np.min(counts, axis=0) if counts else np.zeros(0, dtype=np.int64)
        return fewest

    def described(self, part: SplitName) -> str:
        """``training 1078: below five 541, five and above 537; 10 subclasses of 104 (8) to 110 (3)``."""
        counts, hierarchy = self.subclasses[part], self.hierarchy
        text = f"{WORDS[part]} {counts.sum()}: {_described(hierarchy.class_names, self.classes(part), 'classes')}"
        if hierarchy.has_subclasses:
            text += f"; {_described(hierarchy.subclass_names, counts, 'subclasses')}"
        if part in self.groups:
            text += f"; {_described(hierarchy.group_names, self.groups[part], 'groups', 'group ({})')}"
        return text


def _by_part(counts: Mapping[SplitName, Integers], label: int) -> str:
    return ", ".join(f"{counts[part][label]} {WORDS[part]}" for part in SPLIT_NAMES)


def _described(names: Sequence[str], counts: Integers, things: str, one: str = "{}") -> str:
    if len(names) <= _NAMED:
        return ", ".join(f"{one.format(name)} {count}" for name, count in zip(names, counts, strict=True))
    low, high = int(counts.argmin()), int(counts.argmax())
    if counts[low] == counts[high]:
        return f"{len(names)} {things} of {counts[low]} each"
    return f"{len(names)} {things} of {counts[low]} ({names[low]}) to {counts[high]} ({names[high]})"
