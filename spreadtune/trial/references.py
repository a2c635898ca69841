"""Floors and ceiling: what a transfer number has to be read against."""

from collections.abc import Callable

import torch

from spreadtune.data.device import DeviceSplit
from spreadtune.evaluation.protocol import PROBE_STREAM, ProbeMetrics
from spreadtune.evaluation.representations import Representations, raw_pixels
from spreadtune.run_folder import Outcome
from spreadtune.spec.trial import TrialSpec
from spreadtune.training.context import Context
from spreadtune.training.divergence import DivergenceError
from spreadtune.trial.attempt_record import Attempt
from spreadtune.trial.datasets import dataset_of
from spreadtune.trial.learner import Learner, named_by_part
from spreadtune.trial.phases import CEILING, RAW_PIXELS, UNTRAINED_ENCODER

PIXELS_PATIENCE = 2
"""Large C are the slow ones on thousands of pixels, and lose there: a floor is not worth the hour they would take."""


def run_reference(spec: TrialSpec, context: Context) -> Outcome | None:
    """Measure both floors, train the ceiling, write and return the outcome.

    * ``raw_pixels``: the probe on the images themselves,
    * ``random_encoder``: on the encoder as it is before training,
    * ``ceiling``: on the same encoder trained with the subclass as the class (the spec's alpha is 0).

    That of a confirmation is measured on the test part too (``test.raw_pixels``, ...), by the same probes.

    Returns:
        COMPLETE, FAIL when the ceiling's training diverged (it would be a wrong line), or None when asked to stop.
    """
    attempt = Attempt(spec, context)
    dataset = dataset_of(spec.data)
    # A ceiling that was cut short would be a wrong line.
    whole = _drawable(spec, dataset.subclass_count).without_time_limit()
    learner = Learner(whole, dataset, context, by_subclass=True)

    def probed(
        name: str, represent: Callable[[DeviceSplit], Representations], patience: int | None = None
    ) -> dict[str, float]:
        parts = {part: represent(split) for part, split in learner.parts.kept_apart.items()}
        train = represent(learner.parts.train)

        def measured() -> dict[str, float]:
            probes = ProbeMetrics(train, seed=spec.seed.stream(PROBE_STREAM), patience=patience)
            found = {part: probes.of(seen) for part, seen in parts.items()}
            return named_by_part({f"{part}{name}.": accuracies for part, accuracies in found.items()})

        return context.workers.led(measured)

    context.enter(RAW_PIXELS)
    metrics = probed("raw_pixels", _pixels, PIXELS_PATIENCE)
    if context.workers.share(context.stop_requested()):
        return None
    context.enter(UNTRAINED_ENCODER)
    metrics |= probed("random_encoder", learner.represent)
    context.enter(CEILING)  # whose training looks for a request before its first epoch
    try:
        trained = learner.train()
    except DivergenceError as divergence:
        return attempt.end(Outcome("FAIL", str(divergence), divergence.epoch - 1, metrics=metrics))
    if trained.ended == "request":
        return None
    metrics |= probed("ceiling", learner.represent)
    return attempt.end(Outcome("COMPLETE", epoch=trained.epoch, metrics=metrics))


def _pixels(split: DeviceSplit) -> Representations:
    return raw_pixels(torch.cat(list(split.batches(len(split)))), split.labels)


def _drawable(spec: TrialSpec, label_count: int) -> TrialSpec:
    """Balanced batches that do not divide by the number of subclasses are shuffled instead."""
    if spec.data.batches == "balanced" and spec.data.batch_size % label_count:
        return spec.model_copy(update={"data": spec.data.model_copy(update={"batches": "shuffled"})})
    return spec
