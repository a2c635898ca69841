"""The ``search`` section: what is tried, how often, and what counts as best."""

from collections.abc import Iterable
from typing import TYPE_CHECKING, Annotated, Any, Literal

from pydantic import (
    AfterValidator,
    BeforeValidator,
    Field,
    SerializerFunctionWrapHandler,
    StrictInt,
    model_serializer,
    model_validator,
)

from spreadtune.spec.config import Config, nothing
from spreadtune.spec.domain import AnyDomain
from spreadtune.spec.goal import Bound, Direction, Goal, Selection
from spreadtune.spec.members import plain_path
from spreadtune.spec.metrics import METRICS, stood_for
from spreadtune.spec.parts import NamedPart, named, tagged_union
from spreadtune.spec.paths import DottedPath, other_way
from spreadtune.spec.validation_errors import error_at, file_name

Sampler = Literal["grid", "random", "qmc", "tpe", "gp", "nsga2"]

MOST_TRIALS = 100_000
"""Of a variant in one run: beyond it a number is a slip of the hand, and a plan of it would fill the memory."""

MOST_OBJECTIVES = 3
"""Above three nearly every setting is on the Pareto front, which then says nothing."""


class NoStopping(NamedPart):
    """Every trial runs to its last epoch."""

    name: Literal["none"] = "none"


class Stopping(NamedPart):
    """Trials may be stopped before their last epoch, by what is measured during training."""

    metric: str | None = Field(
        None, exclude_if=nothing, description="whose stand-in decides; where several metrics are optimized"
    )
    member: str | None = Field(
        None,
        exclude_if=nothing,
        description="of trials with members: whose epochs decide; whole: all together, while the last one trains",
    )


class MedianStopping(Stopping):
    """Stop a trial that is worse than the median of earlier trials at the same epoch."""

    name: Literal["median"] = "median"
    min_epochs: StrictInt = Field(1, ge=1, description="no trial stops before this epoch")
    startup_trials: StrictInt = Field(5, ge=1, description="no trial stops before this many have finished")


class SuccessiveHalving(Stopping):
    """Asynchronous successive halving (Li et al., MLSys 2020): the best 1/reduction of each rung goes on."""

    name: Literal["successive_halving"] = "successive_halving"
    min_epochs: StrictInt = Field(1, ge=1, description="the epoch of the first rung")
    reduction: StrictInt = Field(3, ge=2, description="one in so many goes on from a rung")


class Hyperband(Stopping):
    """Successive halving in brackets that differ in how early they begin to stop (Li et al., JMLR 2018)."""

    name: Literal["hyperband"] = "hyperband"
    min_epochs: StrictInt = Field(1, ge=1, description="the epoch of the first rung of the bracket that stops earliest")
    max_epochs: StrictInt | None = Field(None, ge=1, description="no rung lies after it; training.epochs when left out")
    reduction: StrictInt = Field(3, ge=2)

    @model_validator(mode="after")
    def _max_above_min(self) -> "Hyperband":
        if self.max_epochs is not None and self.max_epochs < self.min_epochs:
            raise error_at("max_epochs", f"is below min_epochs ({self.min_epochs})")
        return self


STOPPINGS: dict[str, type[NamedPart]] = {
    "none": NoStopping,
    "median": MedianStopping,
    "successive_halving": SuccessiveHalving,
    "hyperband": Hyperband,
}


def _stopping(value: Any) -> str | None:
    name = value.get("name") if isinstance(value, dict) else getattr(value, "name", None)
    return name if name in STOPPINGS else None


if TYPE_CHECKING:
    AnyStopping = NoStopping | MedianStopping | SuccessiveHalving | Hyperband
else:
    AnyStopping = Annotated[tagged_union(STOPPINGS, _stopping, "early stopping", STOPPINGS), BeforeValidator(named)]


def _bound_text(text: Any) -> str:
    return Bound.parse("", text).text


def _transfer_accuracy() -> dict[str, Direction]:
    return {"transfer_accuracy": "maximize"}


class VariantConfig(Config):
    """A named set of overrides; its ``space``, when given, replaces the search's."""

    set: dict[DottedPath, Any] = Field(default_factory=dict)
    space: dict[DottedPath, AnyDomain] | None = None
    against: str | tuple[str, ...] | None = Field(
        None, description="the variants, one or several, that the report sets its best setting against"
    )

    @property
    def others(self) -> tuple[str, ...]:
        """Those variants."""
        return (self.against,) if isinstance(self.against, str) else self.against or ()

    @model_serializer(mode="wrap")
    def _without_absent(self, handler: SerializerFunctionWrapHandler) -> dict[str, Any]:
        return {key: value for key, value in handler(self).items() if value is not None}


class ConfirmConfig(Config):
    """After the search: the best setting of every variant and the best SupCon, trained anew and measured on test."""

    seeds: StrictInt = Field(ge=1, le=MOST_TRIALS, description="fresh repetitions of each of these settings")


class SearchConfig(Config):
    """How the settings are drawn. ``space`` keeps the order of the file: the last path of a grid varies fastest."""

    seed: StrictInt = Field(0, ge=0, description="everything random of the study comes from it")
    seeds: StrictInt = Field(
        1,
        ge=1,
        le=MOST_TRIALS,
        description="repetitions of each setting of a grid; else the most that racing gives a promising setting",
    )
    sampler: Sampler = "grid"
    trials: StrictInt | None = Field(
        None, ge=1, le=MOST_TRIALS, description="setting x seed, per variant; a grid counts its own"
    )
    early_stopping: AnyStopping = NoStopping()
    space: dict[DottedPath, AnyDomain] = Field(default_factory=dict)
    variants: dict[Annotated[str, AfterValidator(file_name)], VariantConfig] = Field(default_factory=dict)
    optimize: dict[str, Direction] = Field(default_factory=_transfer_accuracy)
    subject_to: dict[str, Annotated[str, BeforeValidator(_bound_text)]] | None = Field(
        None, exclude_if=nothing, description="what a setting has to keep, for example class_accuracy: '>= 0.9'"
    )
    select_on: str | dict[str, Direction] | None = Field(
        None, exclude_if=nothing, description="what chooses the best setting; the first optimized metric by default"
    )
    confirm: ConfirmConfig | None = Field(
        None, exclude_if=nothing, description="the best of each variant, and the best SupCon, on the test split"
    )

    @property
    def objectives(self) -> tuple[Goal, ...]:
        """What is optimized, in the order of the file."""
        return tuple(Goal(metric, direction) for metric, direction in self.optimize.items())

    @property
    def selection(self) -> Selection:
        """What chooses the best of the settings that were tried."""
        fine = METRICS[self._goal.metric].needs_subclasses
        others = [goal for goal in self.objectives if goal.metric != self._goal.metric]
        ties = [goal for goal in others if fine or not METRICS[goal.metric].needs_subclasses]
        return Selection(self._goal, self.bounds, tuple(ties) if len(self.objectives) > 1 else ())

    @property
    def bounds(self) -> tuple[Bound, ...]:
        """What a setting has to keep."""
        return tuple(Bound.parse(metric, text) for metric, text in (self.subject_to or {}).items())

    @property
    def asked(self) -> dict[str, str]:
        """Every metric that the search needs, and the key that names it."""
        bounded = dict.fromkeys((bound.metric for bound in self.bounds), "subject_to")
        return {self.metric: "select_on"} | bounded | dict.fromkeys(self.optimize, "optimize")

    @property
    def confirm_seeds(self) -> int:
        """How often the best setting of each variant is trained anew for the test split; 0 without confirmation."""
        return self.confirm.seeds if self.confirm else 0

    @property
    def metric(self) -> str:
        """What the best setting is best in."""
        return self.selection.goal.metric

    @property
    def watched(self) -> Goal | None:
        """The objective whose stand-in during training decides on early stops; None where nothing stands for it."""
        named = getattr(self.early_stopping, "metric", None)
        if named is None and len(self.objectives) > 1:
            return None
        goal = next(goal for goal in self.objectives if named in (None, goal.metric))
        return goal if METRICS[goal.metric].stand_in else None

    @property
    def stand_in(self) -> str | None:
        """What is measured during training for the watched metric, every ``evaluation.knn_every`` epochs."""
        return METRICS[self.watched.metric].stand_in if self.watched else None

    @property
    def _goal(self) -> Goal:
        if isinstance(self.select_on, dict):
            [(metric, direction)] = self.select_on.items()
            return Goal(metric, direction)
        if self.select_on is None:
            return self.objectives[0]
        return Goal(self.select_on, self.optimize.get(self.select_on, METRICS[self.select_on].better))

    def spaces(self) -> dict[str, dict[str, AnyDomain]]:
        """Every space of the section, by the place where it is written."""
        own = {f"variants.{name}.space": variant.space for name, variant in self.variants.items()}
        return {"space": self.space} | {place: space for place, space in own.items() if space is not None}

    @model_validator(mode="after")
    def _known_metrics(self) -> "SearchConfig":
        if not 1 <= len(self.optimize) <= MOST_OBJECTIVES:
            raise error_at("optimize", f"names {len(self.optimize)} metrics, give one, two or three")
        _refuse_unknown("optimize", self.optimize)
        _refuse_unknown("subject_to", self.subject_to or {})
        if isinstance(self.select_on, dict) and len(self.select_on) != 1:
            raise error_at("select_on", f"names {len(self.select_on)} metrics, give exactly one")
        _refuse_unknown("select_on", [self.select_on] if isinstance(self.select_on, str) else self.select_on or {})
        return self

    @model_validator(mode="after")
    def _stopping_that_sees_something(self) -> "SearchConfig":
        if not isinstance(self.early_stopping, Stopping):
            return self
        named = self.early_stopping.metric
        if named is not None and named not in self.optimize:
            raise error_at("early_stopping.metric", f"{named} is not optimized; give one of {', '.join(self.optimize)}")
        if named is None and len(self.optimize) > 1:
            names = ", ".join(metric for metric in self.optimize if METRICS[metric].stand_in)
            fix = f"add metric: (one of {names})" if names else "write early_stopping: none"
            raise error_at("early_stopping", f"{len(self.optimize)} metrics are optimized and one has to decide; {fix}")
        if self.watched is None:
            raise error_at(
                "early_stopping",
                f"nothing measured during training stands for {named or self.objectives[0].metric}; "
                f"write early_stopping: none, or optimize one of {', '.join(stood_for())}",
            )
        return self

    @model_validator(mode="after")
    def _what_is_confirmed_is_measured_on_test(self) -> "SearchConfig":
        metric = METRICS[self.metric]
        if self.confirm and metric.part == "train":
            raise error_at(
                "confirm",
                f"{metric.name} is that of training images, so there is no test of it; optimize {metric.stand_in}",
            )
        return self

    @model_validator(mode="after")
    def _trials_where_needed(self) -> "SearchConfig":
        if self.sampler == "grid" and self.trials is not None:
            raise error_at("trials", "a grid counts its own trials (settings x seeds); leave it out")
        if self.sampler != "grid" and self.trials is None:
            raise error_at("trials", f"missing: sampler {self.sampler} needs to know how many trials to run")
        return self

    @model_validator(mode="after")
    def _domains_that_the_sampler_takes(self) -> "SearchConfig":
        for place, space in self.spaces().items():
            for path, domain in space.items():
                if self.sampler == "grid" and domain.kind != "grid":
                    raise error_at(
                        f"{place}.{path}",
                        f"sampler grid takes only grid domains, not {domain.kind}; write {{grid: [...]}}, "
                        "or choose another sampler, such as tpe",
                    )
                if self.sampler != "grid" and domain.kind == "grid":
                    raise error_at(
                        f"{place}.{path}", f"sampler {self.sampler} takes no grid; write {{choice: [...]}} instead"
                    )
                if domain.kind == "window" and plain_path(path) != "objective.alpha":
                    raise error_at(f"{place}.{path}", "a window is for objective.alpha only")
        return self

    @model_validator(mode="after")
    def _variants_are_set_against_others(self) -> "SearchConfig":
        for name, variant in self.variants.items():
            others = [other for other in self.variants if other != name]
            for given in variant.others:
                if given not in others:
                    text = "is this variant itself" if given == name else f"no variant {given!r}"
                    raise error_at(f"variants.{name}.against", text, known=others, given=given)
        return self

    @model_validator(mode="after")
    def _variants_do_not_set_what_they_search(self) -> "SearchConfig":
        for name, variant in self.variants.items():
            for path in variant.set:
                if {path, other_way(path)} & (variant.space or {}).keys():
                    raise error_at(f"variants.{name}.set.{path}", "is in this variant's own space; set it or search it")
        return self


def _refuse_unknown(key: str, metrics: Iterable[str]) -> None:
    for metric in metrics:
        if metric not in METRICS:
            raise error_at(key, f"unknown metric '{metric}'", known=METRICS, given=metric)
