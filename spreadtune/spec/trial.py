"""What one trial runs: a study file in which ``search`` and ``profiles`` are replaced by ``seed``."""

from collections.abc import Mapping
from functools import cached_property
from typing import Any, Literal, Self

from pydantic import Field, ValidationError, model_validator

from spreadtune.errors import UserError
from spreadtune.run_folder.trial import WHOLE
from spreadtune.spec.config import Config, nothing
from spreadtune.spec.data import DataConfig
from spreadtune.spec.members import Members, member_of, own_overrides
from spreadtune.spec.messages import problems
from spreadtune.spec.model import ModelConfig, NoCorruption
from spreadtune.spec.objective import AnyObjective, is_supcon
from spreadtune.spec.parts import NamedPart, OwnPart
from spreadtune.spec.paths import fill
from spreadtune.spec.seed import Seed
from spreadtune.spec.training import EvaluationConfig, ResourcesConfig, TrainingConfig
from spreadtune.spec.validation_errors import error_at


class Body(Config):
    """The sections that a study file and a trial file share."""

    format: Literal[1] = 1
    description: str = ""
    data: DataConfig
    model: ModelConfig
    objective: AnyObjective
    training: TrainingConfig
    members: Members = Field(
        default_factory=dict, exclude_if=nothing, description="encoders that are trained apart and read side by side"
    )
    evaluation: EvaluationConfig = EvaluationConfig()
    resources: ResourcesConfig = ResourcesConfig()


class TrialSpec(Body):
    """One setting at one seed, every value filled in."""

    seed: Seed = Field(description="which repetition; the only part in which trials of one setting differ")

    @property
    def encoders(self) -> dict[str, "TrialSpec"]:
        """What each member trains, by name in the order of the file; without members the trial itself, under ``""``.

        A member's streams are its own, for its name enters theirs.
        """
        return self._members_trained if self.members else {"": self}

    @property
    def main(self) -> str:
        """The member of which theory speaks and whose geometry is the trial's: the first with the spread loss, else
        the first; ``""`` without members."""
        spread = (name for name, spec in self.encoders.items() if spec.objective.spread_loss(spec.data.views))
        return next(spread, next(iter(self.encoders)))

    @property
    def main_encoder(self) -> "TrialSpec":
        """What :attr:`main` trains."""
        return self.encoders[self.main]

    @property
    def is_supcon(self) -> bool:
        """Whether every encoder of it is trained with SupCon alone."""
        return all(is_supcon(spec.objective) for spec in self.encoders.values())

    def shown(self, path: str) -> str:
        """A searched path as tables and figures have it: of the main member without its name."""
        found = member_of(path)
        return found[1] if found and found[0] == self.main else path

    def value(self, path: str) -> Any:
        """The value at a shown path, a part by its name; None where there is no such part."""
        found = member_of(path)
        if found and found[0] not in self.members:
            return None
        value: Any = self.encoders[found[0]] if found else self.main_encoder
        for key in (found[1] if found else path).split("."):
            if not isinstance(value, Config) or not hasattr(value, key):
                return None
            value = getattr(value, key)
        return value.name if isinstance(value, NamedPart) else value

    @property
    def corruption(self) -> NamedPart:
        """Of what the encoder sees; none where nothing is reconstructed, whatever the file says for variants in which
        something is."""
        return self.model.corruption if self.objective.autoencoder_weight > 0 else NoCorruption()

    @property
    def epochs(self) -> int:
        """Of all its encoders together, which are trained one after another."""
        return sum(spec.training.epochs for spec in self.encoders.values())

    @property
    def own_parts(self) -> tuple[str, ...]:
        """Names of the user's own parts."""
        parts = [
            part
            for spec in self.encoders.values()
            for part in (
                spec.data.dataset,
                spec.data.augmentation,
                spec.model.encoder,
                spec.model.decoder,
                spec.model.corruption,
                spec.objective,
            )
        ]
        return tuple(dict.fromkeys(part.name for part in parts if isinstance(part, OwnPart)))

    def encoder_at(self, path: str) -> "TrialSpec":
        """What a searched path speaks of: a member's by its name, another path the main one's."""
        found = member_of(path)
        return self.encoders[found[0]] if found else self.main_encoder

    def watched(self, member: str | None) -> str:
        """The encoder at whose epochs early stopping looks, where it says ``member``: the main one where that is of
        another variant, the last one where it looks at all together."""
        if member in (None, WHOLE):
            return list(self.encoders)[-1]
        return member if member in self.members else self.main

    def without_time_limit(self) -> "TrialSpec":
        """The same trial, which takes the time it takes."""
        limited = ["training", *(f"members.{name}.set.training" for name, member in self.members.items() if member.set)]
        values = {f"{training}.time_limit": None for training in limited}
        return TrialSpec.model_validate(fill(self.model_dump(mode="json"), values))

    def model_copy(self, *, update: Mapping[str, Any] | None = None, deep: bool = False) -> Self:
        """As pydantic has it; what the members of the copy train is found anew."""
        copy = super().model_copy(update=update, deep=deep)
        copy.__dict__.pop("_members_trained", None)
        return copy

    @cached_property
    def _members_trained(self) -> dict[str, "TrialSpec"]:
        # Tables and charts ask for it at every value, and making a trial takes half a millisecond.
        values = self.model_dump(mode="json", exclude={"members", "seed"})
        return {name: self._encoder(name, values) for name in self.members}

    def _encoder(self, name: str, values: Mapping[str, Any]) -> "TrialSpec":
        seed = self.seed.model_copy(update={"member": name})
        try:
            return TrialSpec.model_validate({**fill(values, own_overrides(self.members, name)), "seed": seed})
        except ValidationError as error:
            problem = problems(error, TrialSpec)[0]
            raise error_at(f"members.{name}.set.{problem.path}", problem.text) from error
        except UserError as error:  # a value where a section is set
            raise error_at(f"members.{name}.set", str(error)) from error

    @model_validator(mode="after")
    def _members_that_are_trials(self) -> "TrialSpec":
        _ = self.encoders  # made here, so that a member's mistake is told with the file's
        return self

    @model_validator(mode="after")
    def _decoder_for_the_autoencoder(self) -> "TrialSpec":
        weight = self.objective.autoencoder_weight
        if weight > 0 and self.model.decoder.name == "none":
            raise error_at(
                "objective.autoencoder_weight",
                f"{weight:g} needs a decoder to weigh; set model.decoder: conv, or the weight 0",
            )
        return self

    @model_validator(mode="after")
    def _warmup_within_the_epochs(self) -> "TrialSpec":
        warmup, epochs = self.training.warmup_epochs, self.training.epochs
        if warmup is not None and warmup > epochs:
            raise error_at(
                "training.warmup_epochs",
                f"{warmup} is above training.epochs, {epochs}; set it to {epochs} at most, or write training.warmup, a "
                "share, which fits any number of epochs",
            )
        return self

    @model_validator(mode="after")
    def _an_image_for_each_worker(self) -> "TrialSpec":
        batch, workers = self.data.batch_size, self.resources.workers
        if workers > batch:
            raise error_at("resources.workers", f"{workers} workers cannot share a batch of {batch} images")
        return self
