"""A model, its data and how it is judged, on one device."""

from collections.abc import Callable, Mapping
from dataclasses import replace

from spreadtune.data.channels import with_channels
from spreadtune.data.dataset import Dataset, Split
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


class Learner:
    """What a trial trains and evaluates.

    Args:
        spec: the trial.
        dataset: its data set.
        context: its device, folders and reports.
        by_subclass: train on subclasses as if they were the classes (the ceiling of transfer).
    """

    def __init__(self, spec: TrialSpec, dataset: Dataset, context: Context, *, by_subclass: bool = False) -> None:
        self.spec = spec
        self.dataset = dataset
        self.context = context
        self.by_subclass = by_subclass
        self.label_count = dataset.subclass_count if by_subclass else dataset.class_count
        self.workers = context.workers
        self.train_split = self._on_device(dataset.split("train"))
        self.validation_split = self._on_device(dataset.split("validation"))
        self.augmentation = build_augmentation(spec.data.augmentation)
        self.model = build_model(spec, dataset, self.label_count).to(context.device)
        self.model.encoder = normalize_together(self.model.encoder, context.workers, context.device)
        if spec.training.compile:
            self.model.encoder.compile()

    def train(self) -> Trained:
        """Train to the end; raises :class:`~spreadtune.training.divergence.DivergenceError`."""
        split = self.train_split
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

    def epoch_metrics(self) -> dict[str, float]:
        """What is looked at while training goes on."""
        seen = self._both_parts()
        return self.workers.led(lambda: epoch_metrics(*seen, has_subclasses=self.dataset.has_subclasses))

    def final_metrics(self) -> dict[str, float]:
        """Everything the protocol measures, on validation, and of a confirmation under ``test.`` on the test part too,
        which is opened after the last epoch."""
        kept_apart = self.kept_apart()
        train, parts = self.represent(self.train_split), {name: self.represent(of) for name, of in kept_apart.items()}
        of_another = self._of_another()

        def of_all() -> dict[str, float]:
            fitted = FinalMetrics(train, seed=self.spec.seed, has_subclasses=self.dataset.has_subclasses)
            of_parts = {name: fitted.of(part) | self._of_images(kept_apart[name]) for name, part in parts.items()}
            return fitted.of_train() | self._of_gradients() | _named(of_parts) | of_another()

        return self.workers.led(of_all)

    def kept_apart(self) -> dict[str, DeviceSplit]:
        """The parts that nothing is trained on, by what their metrics' names begin with: validation, and of a
        confirmation ``test.``, which is opened here and nowhere else."""
        return {"": self.validation_split, **self._opened(self.dataset)}

    def _opened(self, dataset: Dataset) -> dict[str, DeviceSplit]:
        """In a confirmation the test part of a data set."""
        stage = self.spec.seed.stage
        return {"test.": self._on_device(dataset.unsealed(stage).split("test"))} if stage == "confirm" else {}

    def _of_another(self) -> Callable[[], dict[str, float]]:
        """What the probes read from another data set, where one is named; every worker encodes a part of it now."""
        other = other_dataset_of(self.spec)
        if other is None:
            return dict
        train = self.represent(self._on_device(other.split("train")))
        kept_apart = {"": self._on_device(other.split("validation")), **self._opened(other)}
        parts = {name: self.represent(split) for name, split in kept_apart.items()}

        def probed() -> dict[str, float]:
            fitted = Fitted(train, held_out=self.spec.seed.stream(PROBE_STREAM))
            of_parts = {name: OtherMeasures(fitted, seen, other.has_subclasses) for name, seen in parts.items()}
            return _named({name: measured(each, METRICS.values()) for name, each in of_parts.items()})

        return probed

    def _on_device(self, split: Split) -> DeviceSplit:
        context = self.context
        return DeviceSplit.of(split, context.device, self.spec.data.placement, memory=context.memory)

    def _both_parts(self) -> tuple[Representations, Representations]:
        return self.represent(self.train_split), self.represent(self.validation_split)

    def _of_images(self, split: DeviceSplit) -> dict[str, float]:
        allowed = measurable(has_subclasses=self.dataset.has_subclasses)
        return measured(ImageMeasures(self.model, self.augmentation, split, self.spec.seed), allowed)

    def _of_gradients(self) -> dict[str, float]:
        gradients = GradientMeasures(self.model, self.augmentation, self.train_split, self.spec)
        return measured(gradients, measurable(has_subclasses=self.dataset.has_subclasses))


def _named(of_parts: Mapping[str, Mapping[str, float]]) -> dict[str, float]:
    """The metrics of every part, its beginning before their names."""
    return {f"{part}{name}": value for part, found in of_parts.items() for name, value in found.items()}
