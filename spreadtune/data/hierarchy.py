"""What labels mean: subclasses, the classes above them, and groups, which cross classes with an attribute."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from spreadtune.data.labels import Labels

Integers = NDArray[np.int64]


@dataclass(frozen=True)
class Attribute:
    """What should not matter for the class and goes along with it in training, such as a background.

    Attributes:
        names: of its A values.
        absent: pairs of a class and a value of which there are no images anywhere, and which are no groups.
    """

    names: tuple[str, ...]
    absent: frozenset[tuple[int, int]] = frozenset()


def group_name(class_name: str, value: str) -> str:
    """``landbird, water``."""
    return f"{class_name}, {value}"


@dataclass(frozen=True, eq=False)
class Hierarchy:
    """Names of classes and subclasses, the class of each subclass, and the groups.

    Attributes:
        class_names: K names.
        subclass_names: S names.
        class_of_subclass: int64 (S,), values in 0 .. K - 1; the identity where labels have only one level.
        attribute: crosses the classes into groups; None where the data set knows none.
    """

    class_names: Sequence[str]
    subclass_names: Sequence[str]
    class_of_subclass: Integers
    attribute: Attribute | None = None

    @property
    def has_subclasses(self) -> bool:
        """Whether a class has more than one subclass."""
        return len(self.subclass_names) > len(self.class_names)

    @property
    def finest(self) -> str:
        """What the finer level is called: subclasses, or classes where there is one level only."""
        return "subclasses" if self.has_subclasses else "classes"

    @cached_property
    def groups(self) -> list[tuple[int, int]]:
        """The class and the attribute's value of each group, class by class; empty without an attribute."""
        attribute = self.attribute
        if attribute is None:
            return []
        pairs = ((k, a) for k in range(len(self.class_names)) for a in range(len(attribute.names)))
        return [pair for pair in pairs if pair not in attribute.absent]

    @cached_property
    def group_names(self) -> tuple[str, ...]:
        """``landbird, water``."""
        return tuple(map(self.named_group, self.groups))

    def named_group(self, pair: tuple[int, int]) -> str:
        """The name of a pair of a class and a value, whether it is a group or not."""
        assert self.attribute is not None, "only a data set with an attribute has values of it"
        return group_name(self.class_names[pair[0]], self.attribute.names[pair[1]])

    def labels(self, subclasses: Integers, attributes: Integers | None = None) -> Labels[Integers]:
        """Of images whose subclasses and values of the attribute are known, int64 (N,) each."""
        classes = self.class_of_subclass[subclasses]
        if attributes is None:
            return Labels(classes=classes, subclasses=subclasses)
        return Labels(classes, subclasses, attributes, self._group_of[classes, attributes])

    def described(self, subclass: int) -> str:
        """The name of a subclass, with that of its class where they are two."""
        name = str(self.subclass_names[subclass])
        if not self.has_subclasses:
            return name
        return f"{name} of class {self.class_names[self.class_of_subclass[subclass]]}"

    @cached_property
    def _group_of(self) -> Integers:
        """int64 (K, A), the group of a class and a value; -1 where there is none."""
        assert self.attribute is not None, "only a data set with an attribute has values of it"
        table = np.full((len(self.class_names), len(self.attribute.names)), -1, dtype=np.int64)
        for group, pair in enumerate(self.groups):
            table[pair] = group
        return table
