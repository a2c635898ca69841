"""The two levels of labels: subclasses, and the classes above them."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from spreadtune.data.labels import Labels

Integers = NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class Hierarchy:
    """Names of classes and subclasses, and the class of each subclass.

    Attributes:
        class_names: K names.
        subclass_names: S names.
        class_of_subclass: int64 (S,), values in 0 .. K - 1; the identity where labels have only one level.
    """

    class_names: Sequence[str]
    subclass_names: Sequence[str]
    class_of_subclass: Integers

    @property
    def has_subclasses(self) -> bool:
        """Whether a class has more than one subclass."""
        return len(self.subclass_names) > len(self.class_names)

    @property
    def finest(self) -> str:
        """What the finer level is called: subclasses, or classes where there is one level only."""
        return "subclasses" if self.has_subclasses else "classes"

    def labels(self, subclasses: Integers) -> Labels[Integers]:
        """Of images whose subclasses are known, int64 (N,)."""
        return Labels(classes=self.class_of_subclass[subclasses], subclasses=subclasses)

    def described(self, subclass: int) -> str:
        """The name of a subclass, with that of its class where they are two."""
        name = str(self.subclass_names[subclass])
        if not self.has_subclasses:
            return name
        return f"{name} of class {self.class_names[self.class_of_subclass[subclass]]}"
