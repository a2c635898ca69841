"""What theory says of a trial, from the class counts its batches really had."""

from collections.abc import Sequence
from contextlib import suppress

from spreadtune.spec.objective import SpreadObjective
from spreadtune.spec.trial import TrialSpec
from spreadtune.theory import class_spreads, collapse_threshold, equal, means_vanish_threshold, predicted_spread


def theory_of(spec: TrialSpec, batch_class_counts: Sequence[float]) -> dict[str, float]:
    """alpha_c, alpha_m, the predicted spread, the mean images per class; of unequal classes also the lowest and highest
    spread of a class.

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
        if not equal(counts):
            spreads = class_spreads(
                objective.alpha, counts, temperature, pairs=pairs, denominator=denominator, views=views
            )
            known = [spread for spread in spreads if spread is not None]
            found["lowest_class_spread"], found["highest_class_spread"] = min(known), max(known)
    return found
