"""A model, its data and how it is judged, on one device."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

from spreadtune.data.channels import with_channels
from spreadtune.data.dataset import Dataset
from spreadtune.data.device import DeviceSplit
from spreadtune.data.views import build_augmentation
from spreadtune.evaluation.measures import Fitted, measured
from spreadtune.evaluation.other_measures import OtherMeasures
from spreadtune.evaluation.protocol import PROBE_STREAM, FinalMetrics, epoch_metrics
from spreadtune.evaluation.representations import Representations, represent
from spreadtune.spec.metrics import METRICS, measurable
from spreadtune.spec.trial import TrialSpec
from spreadtune.training.batch_norm import normalize_together
from spreadtune.training.context import Context
from spreadtune.training.epoch import EpochTrainer
from spreadtune.training.loop import Trained, train
from spreadtune.trial.assemble import build_model
from spreadtune.trial.datasets import other_dataset_of
from spreadtune.trial.gradient_measures import GradientMeasures
from spreadtune.trial.image_measures import IMAGES_AT_ONCE, ImageMeasures
from spreadtune.trial.parts import Parts

TEST = "test."
"""With this begin the metrics of the test part."""


@dataclass(frozen=True)
class Seen:
    """What a trained model makes of clean images.

    Attributes:
        train: of those it was trained on.
        kept_apart: of the other parts, by what their metrics' names begin with.
        other: likewise of another data set's images, where ``evaluation.transfer_to`` names one.
    """

    train: Representations
    kept_apart: Mapping[str, Representations]
    other: "Seen | None" = None


class Learner:
    """What a trial trains and evaluates.

    Args:
        spec: the trial.
        dataset: its data set.
        context: its device, folders and reports.
        by_subclass: train on subclasses as if they were the classes (the ceiling of transfer).
        parts: of the data set, where they are on the device already.
        beside: what else is measured at the epochs at which neighbors are, from the training and validation images as
            the model has them then; every worker asks for it.
    """

    def __init__(
        self,
        spec: TrialSpec,
        dataset: Dataset,
        context: Context,
        *,
        by_subclass: bool = False,
        parts: Parts | None = None,
        beside: Callable[[Representations, Representations], dict[str, float]] | None = None,
    ) -> None:
        self.spec = spec
        self.dataset = dataset
        self.context = context
        self.by_subclass = by_subclass
        self.label_count = dataset.subclass_count if by_subclass else dataset.class_count
        self.workers = context.workers
        self.parts = parts or Parts(spec, dataset, context)
        self._beside = beside
        self.augmentation = build_augmentation(spec.data.augmentation)
        self.model = build_model(spec, dataset, self.label_count).to(context.device)
        self.model.encoder = normalize_together(self.model.encoder, context.workers, context.device)
        if spec.training.compile:
            self.model.encoder.compile()

    def train(self) -> Trained:
        """Train to the end; raises :class:`~spreadtune.training.divergence.DivergenceError`."""
        split = self.parts.train
        seen = replace(split, labels=split.labels.with_subclasses_as_classes()) if self.by_subclass else split
        trainer = EpochTrainer(self.model, seen, self.augmentation, self.spec, self.label_count, self.workers)
        return train(trainer, self.spec, self.context, self.epoch_metrics)

    def represent(self, split: DeviceSplit) -> Representations:
        """Features and embeddings of clean images, in evaluation mode; each worker computes a part."""
        part = self.workers.part(len(split))
        channels = self.dataset.image_shape[0]
        batches = (with_channels(images, channels) for images in split.batches(IMAGES_AT_ONCE, part))
        features, embeddings = represent(self.model.encoder, self.model.head, batches)
        whole = self.workers.whole(features, len(split))
        return Representations(
            features=whole,
            embeddings=whole if embeddings is features else self.workers.whole(embeddings, len(split)),
            labels=split.labels,
        )

    def both_parts(self) -> tuple[Representations, Representations]:
        """The training and the validation images as the model has them now; each worker computes a part."""
        return self.represent(self.parts.train), self.represent(self.parts.validation)

    def epoch_metrics(self) -> dict[str, float]:
        """What is looked at while training goes on."""
        seen = self.both_parts()
        own = self.workers.led(lambda: epoch_metrics(*seen, has_subclasses=self.dataset.has_subclasses))
        return own | (self._beside(*seen) if self._beside else {})

    def seen(self) -> Seen:
        """What the model makes of every part, to be asked for after the last epoch; every worker takes part."""
        other = self.parts.other
        return replace(self._seen(self.parts), other=self._seen(other) if other else None)

    def _seen(self, parts: Parts) -> Seen:
        kept_apart = {name: self.represent(split) for name, split in parts.kept_apart.items()}
        return Seen(self.represent(parts.train), kept_apart)

    def final_metrics(self) -> dict[str, float]:
        """Everything the protocol measures, on validation, and of a confirmation under ``test.`` on the test part
        too."""
        seen = self.seen()
        return self.workers.led(lambda: self.measured(seen))

    def measured(self, seen: Seen, *, few_shot: bool = True) -> dict[str, float]:
        """The same of what was seen; one worker measures."""
        fitted = FinalMetrics(
            seen.train, seed=self.spec.seed, has_subclasses=self.dataset.has_subclasses, few_shot=few_shot
        )
        of_parts = {name: fitted.of(part) | self._of_images(name) for name, part in seen.kept_apart.items()}
        own = fitted.of_train() | self._of_gradients() | named_by_part(of_parts)
        return own | (other_metrics(seen.other, self.spec) if seen.other else {})

    def _of_images(self, part: str) -> dict[str, float]:
        allowed = measurable(has_subclasses=self.dataset.has_subclasses)
        split = self.parts.kept_apart[part]
        return measured(ImageMeasures(self.model, self.augmentation, split, self.spec.seed), allowed)

    def _of_gradients(self) -> dict[str, float]:
        gradients = GradientMeasures(self.model, self.augmentation, self.parts.train, self.spec)
        return measured(gradients, measurable(has_subclasses=self.dataset.has_subclasses))


def other_metrics(seen: Seen, spec: TrialSpec) -> dict[str, float]:
    """What probes read from another data set's images; one worker measures."""
    other = other_dataset_of(spec)
    assert other is not None
    fitted = Fitted(seen.train, held_out=spec.seed.stream(PROBE_STREAM))
    of_parts = {name: OtherMeasures(fitted, part, other.has_subclasses) for name, part in seen.kept_apart.items()}
    return named_by_part({name: measured(each, METRICS.values()) for name, each in of_parts.items()})


def named_by_part(metrics: Mapping[str, Mapping[str, float]]) -> dict[str, float]:
    """``test.transfer_accuracy`` and the like, from metrics by what the names of their part begin with."""
    return {f"{part}{name}": value for part, found in metrics.items() for name, value in found.items()}
