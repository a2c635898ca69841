"""What a searched value may be: ``{uniform: [0, 1]}``, ``{grid: [0.1, 0.5]}``, each with an optional ``when``."""

from typing import TYPE_CHECKING, Annotated, Any, TypeVar

from pydantic import AfterValidator, Field, SerializerFunctionWrapHandler, StrictFloat, StrictInt, model_serializer

from spreadtune.spec.config import Config
from spreadtune.spec.parts import tagged_union
from spreadtune.spec.paths import DottedPath

Scalar = bool | int | float | str


class Domain(Config):
    """The base of all domains.

    Attributes:
        when: the path is searched only where each of these paths has (one of) these values; elsewhere the file's holds.
    """

    when: dict[DottedPath, Scalar | tuple[Scalar, ...]] = Field(default_factory=dict)

    @property
    def kind(self) -> str:
        """What the study file calls it."""
        return next(name for name in type(self).model_fields if name != "when")

    def corners(self) -> tuple[Scalar, ...]:
        """The values to try it with: its ends, or all values where they are listed."""
        raise NotImplementedError

    def reaches(self, value: Any) -> bool:
        """Can a draw equal this value? Of a continuous domain none does, for all that matters."""
        return False

    @model_serializer(mode="wrap")
    def _without_empty_when(self, handler: SerializerFunctionWrapHandler) -> dict[str, Any]:
        values: dict[str, Any] = handler(self)
        return values if values["when"] else {key: value for key, value in values.items() if key != "when"}


def same(value: Any, other: Any) -> bool:
    """Equality in a study file: 1 and 1.0 are the same, 1 and true are not."""
    return isinstance(value, bool) == isinstance(other, bool) and bool(value == other)


_Number = TypeVar("_Number", int, float)


def _ascending(ends: tuple[_Number, _Number]) -> tuple[_Number, _Number]:
    low, high = ends
    if low > high:
        raise ValueError(f"[{low:g}, {high:g}] is reversed, write [{high:g}, {low:g}]")
    if low == high:
        raise ValueError(f"[{low:g}, {high:g}] is empty, the upper end must be above the lower")
    return ends


def _distinct(values: tuple[Scalar, ...]) -> tuple[Scalar, ...]:
    if not values:
        raise ValueError("is empty, give at least one value")
    for index, value in enumerate(values):
        if any(same(value, earlier) for earlier in values[:index]):
            raise ValueError(f"{value!r} is given twice")
    return values


_WholeNumbers = Annotated[tuple[StrictInt, StrictInt], AfterValidator(_ascending)]  # inside Int, ``int`` is the field
Positive = Annotated[StrictFloat, Field(gt=0)]
Fraction = Annotated[StrictFloat, Field(ge=0, le=1)]


class Uniform(Domain):
    """A number, uniform between two ends."""

    uniform: Annotated[tuple[StrictFloat, StrictFloat], AfterValidator(_ascending)]

    def corners(self) -> tuple[Scalar, ...]:
        return self.uniform


class LogUniform(Domain):
    """A positive number whose logarithm is uniform."""

    log_uniform: Annotated[tuple[Positive, Positive], AfterValidator(_ascending)]

    def corners(self) -> tuple[Scalar, ...]:
        return self.log_uniform


class Int(Domain):
    """A whole number, both ends included."""

    int: _WholeNumbers

    def corners(self) -> tuple[Scalar, ...]:
        return self.int

    def reaches(self, value: Any) -> bool:
        low, high = self.int
        return not isinstance(value, bool | str) and value == round(value) and low <= value <= high


class Choice(Domain):
    """One of the values, without order."""

    choice: Annotated[tuple[Scalar, ...], AfterValidator(_distinct)]

    def corners(self) -> tuple[Scalar, ...]:
        return self.choice

    def reaches(self, value: Any) -> bool:
        return any(same(value, own) for own in self.choice)


class Grid(Domain):
    """Every one of the values."""

    grid: Annotated[tuple[Scalar, ...], AfterValidator(_distinct)]

    def corners(self) -> tuple[Scalar, ...]:
        return self.grid

    def reaches(self, value: Any) -> bool:
        return any(same(value, own) for own in self.grid)


class Window(Domain):
    """For ``objective.alpha``: a position u between two ends gives alpha = alpha_c + u (alpha_m - alpha_c).

    alpha_c is where collapse ends, alpha_m where class means vanish (Chen et al., ICML 2022, and
    :mod:`spreadtune.theory`), both for the trial's own temperature, batch and pair scheme.
    """

    window: Annotated[tuple[Fraction, Fraction], AfterValidator(_ascending)]

    def corners(self) -> tuple[Scalar, ...]:
        """The values of alpha between which every window lies, not positions."""
        return (0.0, 1.0)


DOMAINS: dict[str, type[Domain]] = {
    "uniform": Uniform,
    "log_uniform": LogUniform,
    "int": Int,
    "choice": Choice,
    "grid": Grid,
    "window": Window,
}


def _kind(value: Any) -> str | None:
    if isinstance(value, Domain):
        return value.kind
    return next((kind for kind in DOMAINS if kind in value), None) if isinstance(value, dict) else None


if TYPE_CHECKING:
    AnyDomain = Domain
else:
    AnyDomain = tagged_union(DOMAINS, _kind, "domain", DOMAINS)
