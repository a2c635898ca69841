"""The ``objective`` section: what is minimized.

An objective declares here what others have to know of it: whether it uses labels, its terms, what it is called, which
theory it has, and with what a ceiling is trained.
"""

from typing import TYPE_CHECKING, ClassVar, Literal

from pydantic import Field, StrictFloat

from spreadtune.spec.config import nothing
from spreadtune.spec.parts import Family, NamedPart, OwnPart, Part
from spreadtune.theory.scheme import Scheme, SpreadLoss

SUPCON = "SupCon"


class ObjectiveConfig(NamedPart):
    """What every objective of the package takes.

    Attributes:
        uses_labels: whether the classes of the images enter; where they do not, training on subclasses would be no
            ceiling.
        terms: the names of its terms, less any reconstruction; metrics of a term are measured where it is among them.
    """

    uses_labels: ClassVar[bool] = True
    terms: ClassVar[tuple[str, ...]] = ()

    autoencoder_weight: StrictFloat = Field(0.0, ge=0, description="weight of the reconstruction term; 0: no such term")

    @property
    def words(self) -> str:
        """What its loss is called at its values, less any reconstruction term."""
        return self.name

    def spread_loss(self, views: int) -> SpreadLoss | None:
        """The loss of which :mod:`spreadtune.theory` speaks, where this is one, for so many views; else None."""
        return None

    def supervised(self) -> "ObjectiveConfig":
        """The objective with which a ceiling is trained: one that sees labels, without weights that spread a class."""
        return self.model_copy(update={"autoencoder_weight": 0.0})


class SpreadObjective(ObjectiveConfig):
    """(1 - alpha) supcon + alpha class-conditional InfoNCE, plus the reconstruction term."""

    terms: ClassVar[tuple[str, ...]] = ("supcon", "ccinfonce")

    name: Literal["spread"] = "spread"
    alpha: StrictFloat = Field(0.0, ge=0, le=1, description="weight of class-conditional InfoNCE; 0: SupCon alone")
    temperature: StrictFloat = Field(0.5, gt=0, description="of the softmax, in both terms")
    pairs: Literal["cross_view", "all"] = Field(
        "cross_view", description="cross_view: one view against another; all: every view against all others"
    )
    denominator: Literal["negatives", "all"] = Field(
        "negatives", description="what a positive of the supervised term competes with"
    )
    positive_logit_clamp: StrictFloat | None = Field(
        None,
        gt=0,
        exclude_if=nothing,
        description="largest logit of a positive in the supervised numerator, as the paper's code has it; no theory",
    )

    @property
    def words(self) -> str:
        words = {0.0: SUPCON, 1.0: "class-conditional InfoNCE"}.get(self.alpha, "spread loss")
        clamp = self.positive_logit_clamp
        return words if clamp is None else f"{words}, positive logits clamped at {clamp:g}"

    def spread_loss(self, views: int) -> SpreadLoss | None:
        if self.positive_logit_clamp is not None:  # the clamp spreads classes by itself
            return None
        return SpreadLoss(self.alpha, Scheme(self.temperature, self.pairs, self.denominator, views))

    def supervised(self) -> "SpreadObjective":
        return self.model_copy(update={"alpha": 0.0, "autoencoder_weight": 0.0, "positive_logit_clamp": None})


class SupConKhoslaObjective(SpreadObjective):
    """SupCon of Khosla et al. (2020): the spread loss at alpha 0, all views compared, all in the denominator."""

    name: Literal["supcon_khosla"] = "supcon_khosla"  # type: ignore[assignment]
    alpha: StrictFloat = Field(0.0, ge=0, le=0, description="0: SupCon alone")
    pairs: Literal["all"] = Field("all", description="every view against all others")
    denominator: Literal["all"] = Field("all", description="a positive competes with all others")
    positive_logit_clamp: None = Field(None, exclude_if=nothing, description="none")


def is_supcon(objective: ObjectiveConfig) -> bool:
    """Whether it is SupCon alone, in whatever pair scheme: the spread loss at alpha 0 without a reconstruction term."""
    loss = objective.spread_loss(views=2)
    return loss is not None and loss.alpha == 0 and objective.autoencoder_weight == 0


class InfoNCEObjective(ObjectiveConfig):
    """InfoNCE (NT-Xent) over all views, blind to labels."""

    uses_labels: ClassVar[bool] = False
    terms: ClassVar[tuple[str, ...]] = ("infonce",)

    name: Literal["infonce"] = "infonce"
    temperature: StrictFloat = Field(0.5, gt=0, description="of the softmax")

    @property
    def words(self) -> str:
        return "InfoNCE"

    def supervised(self) -> SpreadObjective:
        return SpreadObjective(temperature=self.temperature)


class JointObjective(ObjectiveConfig):
    """(1 - infonce_weight) supcon + infonce_weight InfoNCE, plus the reconstruction term."""

    terms: ClassVar[tuple[str, ...]] = ("supcon", "infonce")

    name: Literal["joint"] = "joint"
    infonce_weight: StrictFloat = Field(
        0.5, ge=0, le=1, description="weight of InfoNCE over all views; 0: SupCon alone"
    )
    temperature: StrictFloat = Field(0.5, gt=0, description="of the softmax, in both terms")
    pairs: Literal["cross_view", "all"] = Field(
        "cross_view", description="who is compared with whom in the supervised term"
    )
    denominator: Literal["negatives", "all"] = Field(
        "negatives", description="what a positive of the supervised term competes with"
    )

    @property
    def words(self) -> str:
        return {0.0: SUPCON, 1.0: "InfoNCE"}.get(self.infonce_weight, "SupCon + InfoNCE")

    def supervised(self) -> "JointObjective":
        return self.model_copy(update={"infonce_weight": 0.0, "autoencoder_weight": 0.0})


class CrossEntropyObjective(ObjectiveConfig):
    """Softmax regression on the class from the features."""

    terms: ClassVar[tuple[str, ...]] = ("cross_entropy",)

    name: Literal["cross_entropy"] = "cross_entropy"

    @property
    def words(self) -> str:
        return "cross-entropy"


class OwnObjective(OwnPart):
    """A user's function ``(embedding_dim, class_count, **arguments) -> spreadtune.objectives.Objective``.

    Its terms are known when it is called, and not here.
    """

    terms: ClassVar[tuple[str, ...]] = ()

    autoencoder_weight: StrictFloat = Field(0.0, ge=0, description="weight of the reconstruction term; not handed on")

    @property
    def uses_labels(self) -> bool:
        """What the class or function says of itself; True where it says nothing."""
        return bool(getattr(OBJECTIVES.function(self), "uses_labels", True))

    @property
    def words(self) -> str:
        return self.name

    def spread_loss(self, views: int) -> None:
        """The theory speaks of the package's spread loss only."""

    def supervised(self) -> "OwnObjective | SpreadObjective":
        """Itself, or SupCon at its default temperature where it is blind to labels."""
        return self.model_copy(update={"autoencoder_weight": 0.0}) if self.uses_labels else SpreadObjective()


OBJECTIVES = Family(
    "objective",
    "objective",
    OwnObjective,
    (
        Part(SpreadObjective, "spreadtune.objectives.spread:build"),
        Part(SupConKhoslaObjective, "spreadtune.objectives.spread:build"),
        Part(InfoNCEObjective, "spreadtune.objectives.infonce:build"),
        Part(JointObjective, "spreadtune.objectives.joint:build"),
        Part(CrossEntropyObjective, "spreadtune.objectives.cross_entropy:build"),
    ),
)


if TYPE_CHECKING:
    AnyObjective = ObjectiveConfig
else:
    AnyObjective = OBJECTIVES.field()
