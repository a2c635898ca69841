"""The ``objective`` section: what is minimized."""

from typing import TYPE_CHECKING, Literal

from pydantic import Field

from spreadtune.spec.parts import Family, NamedPart, OwnPart, Part


class ObjectiveConfig(NamedPart):
    """What every objective of the package takes."""

    autoencoder_weight: float = Field(0.0, ge=0, description="weight of the reconstruction term; 0: no such term")


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


def is_supcon(objective: ObjectiveConfig) -> bool:
    """Whether it is SupCon alone, in whatever pair scheme: the spread loss at alpha 0 without a reconstruction term."""
    return isinstance(objective, SpreadObjective) and objective.alpha == 0 and objective.autoencoder_weight == 0


class InfoNCEObjective(ObjectiveConfig):
    """InfoNCE (NT-Xent) over all views, blind to labels."""

    name: Literal["infonce"] = "infonce"
    temperature: float = Field(0.5, gt=0, description="of the softmax")


class CrossEntropyObjective(ObjectiveConfig):
    """Softmax regression on the class from the features."""

    name: Literal["cross_entropy"] = "cross_entropy"


class OwnObjective(OwnPart):
    """A user's function ``(embedding_dim, class_count, **arguments) -> spreadtune.objectives.Objective``."""

    autoencoder_weight: float = Field(0.0, ge=0, description="weight of the reconstruction term; not handed on")


OBJECTIVES = Family(
    "objective",
    "objective",
    OwnObjective,
    (
        Part(SpreadObjective, "spreadtune.objectives.spread:build"),
        Part(InfoNCEObjective, "spreadtune.objectives.infonce:build"),
        Part(CrossEntropyObjective, "spreadtune.objectives.cross_entropy:build"),
    ),
)

if TYPE_CHECKING:
    AnyObjective = ObjectiveConfig
else:
    AnyObjective = OBJECTIVES.field()
