"""What theory says of a trial, from the class counts its batches really had."""

from collections.abc import Sequence
from contextlib import suppress

from spreadtune.spec.objective import SpreadObjective
from spreadtune.spec.trial import TrialSpec
from spreadtune.theory import collapse_threshold, means_vanish_threshold, predicted_spread


def theory_of(spec: TrialSpec, batch_class_counts: Sequence[float]) -> dict[str, float]:
    """alpha_c, alpha_m, the predicted spread and the images per class they follow from.

    A scheme without a formula, and an objective that is not the spread loss, leave their numbers out.

    Args:
        spec: the trial.
        batch_class_counts: images of each class in a batch, averaged over all batches.
    """
    found = {"images_per_class": sum(batch_class_counts) / len(batch_class_counts)}
    objective = spec.objective
    if not isinstance(objective, SpreadObjective):
        return found
    counts, temperature = list(batch_class_counts), objective.temperature
    pairs, denominator, views = objective.pairs, objective.denominator, spec.data.views
    with suppress(ValueError):  # too few images or classes for any prediction
        found["alpha_c"] = collapse_threshold(counts, temperature, pairs=pairs, denominator=denominator, views=views)
    with suppress(ValueError):  # a scheme without a formula
        found["alpha_m"] = means_vanish_threshold(
            counts, temperature, pairs=pairs, denominator=denominator, views=views
        )
        found["spread"] = predicted_spread(
            objective.alpha, counts, temperature, pairs=pairs, denominator=denominator, views=views
        )
    return found
