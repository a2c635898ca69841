"""The ``objective`` section: what is minimized.

An objective declares here what others have to know of it: whether it uses labels, and which theory it has.
"""

from typing import TYPE_CHECKING, ClassVar, Literal

from pydantic import Field

from spreadtune.spec.parts import Family, NamedPart, OwnPart, Part
from spreadtune.theory.scheme import Scheme, SpreadLoss


class ObjectiveConfig(NamedPart):
    """What every objective of the package takes.

    Attributes:
        uses_labels: whether the classes of the images enter; where they do not, training on subclasses would be no
            ceiling.
    """

    uses_labels: ClassVar[bool] = True

    autoencoder_weight: float = Field(0.0, ge=0, description="weight of the reconstruction term; 0: no such term")

    def spread_loss(self, views: int) -> SpreadLoss | None:
        """The loss of which :mod:`spreadtune.theory` speaks, where this is one, for so many views; else None."""
        return None


class SpreadObjective(ObjectiveConfig):
    """(1 - alpha) supcon + alpha class-conditional InfoNCE, plus the reconstruction term."""

    name: Literal["spread"] = "spread"
    alpha: float = Field(0.0, ge=0, le=1, description="weight of class-conditional InfoNCE; 0: SupCon alone")
    temperature: float = Field(0.5, gt=0, description="of the softmax, in both terms")
    pairs: Literal["cross_view", "all"] = Field(
        "cross_view", description="cross_view: one view against another; all: every view against all others"
    )
    denominator: Literal["negatives", "all"] = Field(
        "negatives", description="what a positive of the supervised term competes with"
    )

    def spread_loss(self, views: int) -> SpreadLoss:
        return SpreadLoss(self.alpha, Scheme(self.temperature, self.pairs, self.denominator, views))


def is_supcon(objective: ObjectiveConfig) -> bool:
    """Whether it is SupCon alone, in whatever pair scheme: the spread loss at alpha 0 without a reconstruction term."""
    return isinstance(objective, SpreadObjective) and objective.alpha == 0 and objective.autoencoder_weight == 0


class InfoNCEObjective(ObjectiveConfig):
    """InfoNCE (NT-Xent) over all views, blind to labels."""

    uses_labels: ClassVar[bool] = False

    name: Literal["infonce"] = "infonce"
    temperature: float = Field(0.5, gt=0, description="of the softmax")


class JointObjective(ObjectiveConfig):
    """(1 - infonce_weight) supcon + infonce_weight InfoNCE, plus the reconstruction term."""

    name: Literal["joint"] = "joint"
    infonce_weight: float = Field(0.5, ge=0, le=1, description="weight of InfoNCE over all views; 0: SupCon alone")
    temperature: float = Field(0.5, gt=0, description="of the softmax, in both terms")
    pairs: Literal["cross_view", "all"] = Field(
        "cross_view", description="who is compared with whom in the supervised term"
    )
    denominator: Literal["negatives", "all"] = Field(
        "negatives", description="what a positive of the supervised term competes with"
    )


class CrossEntropyObjective(ObjectiveConfig):
    """Softmax regression on the class from the features."""

    name: Literal["cross_entropy"] = "cross_entropy"


class OwnObjective(OwnPart):
    """A user's function ``(embedding_dim, class_count, **arguments) -> spreadtune.objectives.Objective``."""

    autoencoder_weight: float = Field(0.0, ge=0, description="weight of the reconstruction term; not handed on")

    @property
    def uses_labels(self) -> bool:
        """What the class or function says of itself; True where it says nothing."""
        return bool(getattr(OBJECTIVES.function(self), "uses_labels", True))

    def spread_loss(self, views: int) -> None:
        """The theory speaks of the package's spread loss only."""


OBJECTIVES = Family(
    "objective",
    "objective",
    OwnObjective,
    (
        Part(SpreadObjective, "spreadtune.objectives.spread:build"),
        Part(InfoNCEObjective, "spreadtune.objectives.infonce:build"),
        Part(JointObjective, "spreadtune.objectives.joint:build"),
        Part(CrossEntropyObjective, "spreadtune.objectives.cross_entropy:build"),
    ),
)


def supervised(objective: ObjectiveConfig) -> ObjectiveConfig:
    """The objective with which a ceiling is trained: SupCon where the file's own is spread, or blind to labels.

    One that is blind gives its temperature where it has one. No ceiling has a reconstruction term.
    """
    if not objective.uses_labels:
        temperature = getattr(objective, "temperature", None)
        return SpreadObjective() if temperature is None else SpreadObjective(temperature=temperature)
    zeros = {name: 0.0 for name in ("alpha", "autoencoder_weight") if hasattr(objective, name)}
    return objective.model_copy(update=zeros)


if TYPE_CHECKING:
    AnyObjective = ObjectiveConfig
else:
    AnyObjective = OBJECTIVES.field()
