"""The learning rate: a linear warm-up, then a cosine to zero."""

import math

from spreadtune.spec.training import TrainingConfig


def learning_rate(training: TrainingConfig, step: int, steps: int) -> float:
    """The rate at optimizer step ``step``, from 0 over all epochs, where an epoch has ``steps``."""
    factor = learning_rate_factor(step, training.epochs * steps, warmup_steps(training, steps))
    return training.learning_rate * factor


def warmup_steps(training: TrainingConfig, steps: int) -> int:
    """How many steps the warm-up has: its share of all steps, to the nearest, or its epochs of ``steps``."""
    if training.warmup_epochs is not None:
        return training.warmup_epochs * steps
    return round(training.warmup * (training.epochs * steps))


def learning_rate_factor(step: int, steps: int, warmup_steps: int) -> float:
    """The factor on the peak learning rate at optimizer step ``step`` (from 0) of ``steps``.

    (step + 1) / warmup_steps during the warm-up, then (1 + cos(pi t)) / 2 with t from 0 to 1 over the rest. A function
    of the step alone, so a resumed trial needs no scheduler state.
    """
    if step < warmup_steps:
        return (step + 1) / warmup_steps
    progress = (step - warmup_steps) / max(1, steps - warmup_steps)
    return 0.5 * (1 + math.cos(math.pi * progress))
