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

GIVEN = ("subclasses",)
"""What the source of a data set says of each image, and its cache keeps; the classes follow from the hierarchy."""


@dataclass(frozen=True, eq=False)
class Labels(Generic[A]):
    """The labels of N images, in NumPy arrays or, on a device, in tensors.

    Attributes:
        classes: int64 (N,), what training sees.
        subclasses: int64 (N,), what transfer asks for.
    """

    classes: A
    subclasses: A

    def __len__(self) -> int:
        return len(self.classes)

    def map(self, change: Callable[[A], B]) -> "Labels[B]":
        """Every label array changed alike: moved, converted."""
        return Labels(**{field.name: change(getattr(self, field.name)) for field in fields(self)})

    def take(self, rows: Any) -> "Labels[A]":
        """Those of some images: positions, a mask or a slice."""
        return self.map(lambda values: values[rows])

    def with_subclasses_as_classes(self) -> "Labels[A]":
        """For training on what transfer asks for."""
        return replace(self, classes=self.subclasses)

    def given(self) -> dict[str, A]:
        """What the source said, by the names in :data:`GIVEN`."""
        return {name: getattr(self, name) for name in GIVEN}

    def by_name(self) -> dict[str, A]:
        """By what a label of one image is called: ``class``, ``subclass``."""
        return {"class": self.classes, "subclass": self.subclasses}
