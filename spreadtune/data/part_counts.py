"""How many images of each class, subclass and group every part has."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from spreadtune.data.hierarchy import Hierarchy, Integers
from spreadtune.data.split_name import SPLIT_NAMES, SplitName

WORDS: Mapping[SplitName, str] = {"train": "training", "validation": "validation", "test": "test"}

_NAMED = 4  # classes or subclasses: of more the smallest and the largest are told


@dataclass(frozen=True, eq=False)
class Level:
    """The images of each label of a kind in every part.

    Attributes:
        things: what the labels are called.
        names: L names.
        counts: for each part int64 (L,).
    """

    things: str
    names: Sequence[str]
    counts: Mapping[SplitName, Integers]

    @property
    def fewest(self) -> Integers:
        """int64 (L,), the images of each label in the part that has fewest of it."""
        fewest: Integers = np.min([self.counts[part] for part in SPLIT_NAMES], axis=0)
        return fewest

    def of(self, label: int) -> str:
        """``rare of class animal (3 training, 0 validation, 0 test)``."""
        counts = ", ".join(f"{self.counts[part][label]} {WORDS[part]}" for part in SPLIT_NAMES)
        return f"{self.names[label]} ({counts})"


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
    def levels(self) -> Iterator["Level"]:
        """What every part has to have images of: subclasses, and groups where there are some."""
        hierarchy = self.hierarchy
        subclasses = [hierarchy.described(subclass) for subclass in range(len(hierarchy.subclass_names))]
        yield Level(hierarchy.finest, subclasses, self.subclasses)
        if self.groups:
            yield Level("groups", hierarchy.group_names, self.groups)

    def described(self, part: SplitName) -> str:
        """``training 1078: below five 541, five and above 537; 10 subclasses of 104 (8) to 110 (3)``."""
        counts, hierarchy = self.subclasses[part], self.hierarchy
        text = f"{WORDS[part]} {counts.sum()}: {_described(hierarchy.class_names, self.classes(part), 'classes')}"
        if hierarchy.has_subclasses:
            text += f"; {_described(hierarchy.subclass_names, counts, 'subclasses')}"
        if part in self.groups:
            text += f"; {_described(hierarchy.group_names, self.groups[part], 'groups', 'group ({})')}"
        return text


def _described(names: Sequence[str], counts: Integers, things: str, one: str = "{}") -> str:
    if len(names) <= _NAMED:
        return ", ".join(f"{one.format(name)} {count}" for name, count in zip(names, counts, strict=True))
    low, high = int(counts.argmin()), int(counts.argmax())
    if counts[low] == counts[high]:
        return f"{len(names)} {things} of {counts[low]} each"
    return f"{len(names)} {things} of {counts[low]} ({names[low]}) to {counts[high]} ({names[high]})"
