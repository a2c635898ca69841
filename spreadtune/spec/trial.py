"""What one trial runs: a study file in which ``search`` and ``profiles`` are replaced by ``seed``."""

from typing import Literal

from pydantic import Field, model_validator

from spreadtune.spec.config import Config
from spreadtune.spec.data import DataConfig
from spreadtune.spec.model import ModelConfig
from spreadtune.spec.objective import AnyObjective
from spreadtune.spec.parts import OwnPart
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
    evaluation: EvaluationConfig = EvaluationConfig()
    resources: ResourcesConfig = ResourcesConfig()

    @property
    def own_parts(self) -> tuple[str, ...]:
        """Names of the user's own parts."""
        parts = (self.data.dataset, self.data.augmentation, self.model.encoder, self.model.decoder, self.objective)
        return tuple(part.name for part in parts if isinstance(part, OwnPart))


class TrialSpec(Body):
    """One setting at one seed, every value filled in."""

    seed: Seed = Field(description="which repetition; the only part in which trials of one setting differ")

    def without_time_limit(self) -> "TrialSpec":
        """The same trial, which takes the time it takes."""
        return self.model_copy(update={"training": self.training.model_copy(update={"time_limit": None})})

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
