"""The ``search`` section: what is tried, how often, and what counts as best."""

from typing import TYPE_CHECKING, Annotated, Any, Literal

from pydantic import (
    AfterValidator,
    BeforeValidator,
    Field,
    SerializerFunctionWrapHandler,
    model_serializer,
    model_validator,
)

from spreadtune.spec.config import Config
from spreadtune.spec.domain import AnyDomain
from spreadtune.spec.metrics import METRICS, PROXY
from spreadtune.spec.parts import NamedPart, named, tagged_union
from spreadtune.spec.paths import DottedPath
from spreadtune.spec.placed import file_name, placed

Direction = Literal["maximize", "minimize"]


class NoStopping(NamedPart):
    """Every trial runs to its last epoch."""

    name: Literal["none"] = "none"


class MedianStopping(NamedPart):
    """Stop a trial that is worse than the median of earlier trials at the same epoch."""

    name: Literal["median"] = "median"
    min_epochs: int = Field(1, ge=1, description="no trial stops before this epoch")
    startup_trials: int = Field(5, ge=1, description="no trial stops before this many have finished")


class SuccessiveHalving(NamedPart):
    """Asynchronous successive halving (Li et al., MLSys 2020): the best 1/reduction of each rung goes on."""

    name: Literal["successive_halving"] = "successive_halving"
    min_epochs: int = Field(1, ge=1, description="the epoch of the first rung")
    reduction: int = Field(3, ge=2, description="one in so many goes on from a rung")


STOPPINGS: dict[str, type[NamedPart]] = {
    "none": NoStopping,
    "median": MedianStopping,
    "successive_halving": SuccessiveHalving,
}


def _stopping(value: Any) -> str | None:
    name = value.get("name") if isinstance(value, dict) else getattr(value, "name", None)
    return name if name in STOPPINGS else None


if TYPE_CHECKING:
    AnyStopping = NoStopping | MedianStopping | SuccessiveHalving
else:
    AnyStopping = Annotated[tagged_union(STOPPINGS, _stopping, "early stopping", STOPPINGS), BeforeValidator(named)]


def _transfer_accuracy() -> dict[str, Direction]:
    return {"transfer_accuracy": "maximize"}


class VariantConfig(Config):
    """A named set of overrides; its ``space``, when given, replaces the search's."""

    set: dict[DottedPath, Any] = Field(default_factory=dict)
    space: dict[DottedPath, AnyDomain] | None = None

    @model_serializer(mode="wrap")
    def _without_absent(self, handler: SerializerFunctionWrapHandler) -> dict[str, Any]:
        return {key: value for key, value in handler(self).items() if value is not None}


class SearchConfig(Config):
    """How the settings are drawn. ``space`` keeps the order of the file: the last path of a grid varies fastest."""

    seed: int = Field(0, ge=0, description="everything random of the study comes from it")
    seeds: int = Field(1, ge=1, description="repetitions of each setting of a grid")
    sampler: Literal["grid", "random", "tpe"] = "grid"
    trials: int | None = Field(None, ge=1, description="setting x seed, per variant; a grid counts its own")
    early_stopping: AnyStopping = NoStopping()
    space: dict[DottedPath, AnyDomain] = Field(default_factory=dict)
    variants: dict[Annotated[str, AfterValidator(file_name)], VariantConfig] = Field(default_factory=dict)
    optimize: dict[str, Direction] = Field(default_factory=_transfer_accuracy)

    @property
    def metric(self) -> str:
        """What is optimized."""
        return next(iter(self.optimize))

    @property
    def direction(self) -> Direction:
        return self.optimize[self.metric]

    def spaces(self) -> dict[str, dict[str, AnyDomain]]:
        """Every space of the section, by the place where it is written."""
        own = {f"variants.{name}.space": variant.space for name, variant in self.variants.items()}
        return {"space": self.space} | {place: space for place, space in own.items() if space is not None}

    @model_validator(mode="after")
    def _one_known_metric(self) -> "SearchConfig":
        if len(self.optimize) != 1:
            raise placed("optimize", f"names {len(self.optimize)} metrics, give exactly one")
        if self.metric not in METRICS:
            raise placed("optimize", f"unknown metric '{self.metric}'", known=METRICS, given=self.metric)
        if self.early_stopping.name != "none" and self.metric not in PROXY:
            raise placed(
                "early_stopping",
                f"nothing measured during training stands for {self.metric}; "
                f"write early_stopping: none, or optimize one of {', '.join(PROXY)}",
            )
        return self

    @model_validator(mode="after")
    def _trials_where_needed(self) -> "SearchConfig":
        if self.sampler == "grid" and self.trials is not None:
            raise placed("trials", "a grid counts its own trials (settings x seeds); leave it out")
        if self.sampler != "grid" and self.trials is None:
            raise placed("trials", f"missing: sampler {self.sampler} needs to know how many trials to run")
        return self

    @model_validator(mode="after")
    def _domains_that_the_sampler_takes(self) -> "SearchConfig":
        for place, space in self.spaces().items():
            for path, domain in space.items():
                if self.sampler == "grid" and domain.kind != "grid":
                    raise placed(
                        f"{place}.{path}",
                        f"sampler grid takes only grid domains, not {domain.kind}; write {{grid: [...]}}, "
                        "or choose sampler random or tpe",
                    )
                if self.sampler != "grid" and domain.kind == "grid":
                    raise placed(
                        f"{place}.{path}", f"sampler {self.sampler} takes no grid; write {{choice: [...]}} instead"
                    )
                if domain.kind == "window" and path != "objective.alpha":
                    raise placed(f"{place}.{path}", "a window is for objective.alpha only")
        return self

    @model_validator(mode="after")
    def _variants_do_not_set_what_they_search(self) -> "SearchConfig":
        for name, variant in self.variants.items():
            for path in variant.set:
                if path in (variant.space or {}):
                    raise placed(f"variants.{name}.set.{path}", "is in this variant's own space; set it or search it")
        return self
