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
    alpha: float = Field(0.0, ge=0, le=1)
    temperature: float = Field(0.5, gt=0)
    pairs: Literal["cross_view", "all"] = "cross_view"
    denominator: Literal["negatives", "all"] = "negatives"


class InfoNCEObjective(ObjectiveConfig):
    """InfoNCE (NT-Xent) over all views, blind to labels."""

    name: Literal["infonce"] = "infonce"
    temperature: float = Field(0.5, gt=0)


class CrossEntropyObjective(ObjectiveConfig):
    """Softmax regression on the class from the features."""

    name: Literal["cross_entropy"] = "cross_entropy"


class OwnObjective(OwnPart):
    """A user's function ``(embedding_dim, class_count, **arguments) -> spreadtune.objectives.Objective``."""

    autoencoder_weight: float = Field(0.0, ge=0)


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
