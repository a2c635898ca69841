"""What is known of each image beside its pixels, as one value from the source of a data set to its measurements."""

from collections.abc import Callable
from dataclasses import dataclass, fields, replace
from typing import Any, Generic, Protocol, TypeVar


class _Array(Protocol):
    """A NumPy array or a tensor; torch is not imported here."""

    def __getitem__(self, rows: Any, /) -> Any: ...
    def __len__(self) -> int: ...


A = TypeVar("A", bound=_Array)
B = TypeVar("B", bound=_Array)

GIVEN = ("subclasses", "attributes")
"""What the source of a data set says of each image, where it says it, and its cache keeps; classes and groups follow
from the hierarchy."""


@dataclass(frozen=True, eq=False)
class Labels(Generic[A]):
    """The labels of N images, in NumPy arrays or, on a device, in tensors.

    Attributes:
        classes: int64 (N,), what training sees.
        subclasses: int64 (N,), what transfer asks for.
        attributes: int64 (N,), what should not matter for the class and goes along with it in training, such as a
            background; None where the data set knows none. Training never sees it.
        groups: int64 (N,), class and attribute as one number; None likewise.
    """

    classes: A
    subclasses: A
    attributes: A | None = None
    groups: A | None = None

    def __len__(self) -> int:
        return len(self.classes)

    def map(self, change: Callable[[A], B]) -> "Labels[B]":
        """Every label array changed alike: moved, converted."""
        present = {field.name: getattr(self, field.name) for field in fields(self)}
        return Labels(**{name: change(values) for name, values in present.items() if values is not None})

    def take(self, rows: Any) -> "Labels[A]":
        """Those of some images: positions, a mask or a slice."""
        return self.map(lambda values: values[rows])

    def with_subclasses_as_classes(self) -> "Labels[A]":
        """For training on what transfer asks for."""
        return replace(self, classes=self.subclasses)

    def given(self) -> dict[str, A]:
        """What the source said, by the names in :data:`GIVEN`."""
        return {name: values for name in GIVEN if (values := getattr(self, name)) is not None}

    def by_name(self) -> dict[str, A]:
        """By what a label of one image is called: ``class``, ``subclass``, and of groups ``attribute``, ``group``."""
        found = {"class": self.classes, "subclass": self.subclasses}
        if self.attributes is not None and self.groups is not None:
            found |= {"attribute": self.attributes, "group": self.groups}
        return found
