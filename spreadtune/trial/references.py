"""Floors and ceiling: what a transfer number has to be read against."""

import time
from dataclasses import replace

from spreadtune.data.views import to_pixels
from spreadtune.evaluation.protocol import probe_metrics
from spreadtune.run_folder import Outcome, State
from spreadtune.spec.trial import TrialSpec
from spreadtune.training.context import Context
from spreadtune.training.loop import DivergenceError
from spreadtune.trial.learner import Learner
from spreadtune.trial.run import cached_dataset, enter


def run_reference(spec: TrialSpec, context: Context) -> Outcome | None:
    """Measure both floors, train the ceiling, write and return the outcome.

    * ``raw_pixels``: the probe on the images themselves,
    * ``random_encoder``: on the encoder as it is before training,
    * ``ceiling``: on the same encoder trained with the subclass as the class (the spec's alpha is 0).

    Returns:
        COMPLETE, FAIL when the ceiling's loss diverged (it would be a wrong line), or None when asked to stop.
    """
    started = time.perf_counter()
    environment = enter(spec, context)
    dataset = cached_dataset(spec.data)
    learner = Learner(_drawable(spec, dataset.subclass_count), dataset, context, by_subclass=True)
    seed = spec.seed.stream("evaluation/probe")

    def probe(prefix: str, *, pixels: bool = False) -> dict[str, float]:
        train, validation = (learner.represent(split) for split in (learner.train_split, learner.validation_split))
        if pixels:
            train = replace(train, features=to_pixels(learner.train_split.images).flatten(1))
            validation = replace(validation, features=to_pixels(learner.validation_split.images).flatten(1))
        return {f"{prefix}.{name}": value for name, value in probe_metrics(train, validation, seed=seed).items()}

    def end(state: State, epoch: int, reason: str | None = None) -> Outcome:
        details = {**environment, "seconds": time.perf_counter() - started}
        outcome = Outcome(state, reason, epoch, metrics=metrics, details=details)
        outcome.write(context.attempt.result_file)
        return outcome

    metrics = probe("raw_pixels", pixels=True) | probe("random_encoder")
    try:
        trained = learner.train()
    except DivergenceError as divergence:
        return end("FAIL", divergence.epoch - 1, str(divergence))
    if trained.stopped:
        return None
    metrics |= probe("ceiling")
    return end("COMPLETE", trained.epoch)


def _drawable(spec: TrialSpec, label_count: int) -> TrialSpec:
    """Balanced batches that do not divide by the number of subclasses are shuffled instead."""
    if spec.data.batches == "balanced" and spec.data.batch_size % label_count:
        return spec.model_copy(update={"data": spec.data.model_copy(update={"batches": "shuffled"})})
    return spec
