"""What theory says of a trial, from the class counts its batches really had."""

from collections.abc import Sequence
from contextlib import suppress

from spreadtune.spec.trial import TrialSpec
from spreadtune.theory import class_spreads, collapse_threshold, equal, means_vanish_threshold, predicted_spread


def theory_of(spec: TrialSpec, batch_class_counts: Sequence[float]) -> dict[str, float]:
    """alpha_c, alpha_m, the predicted spread, the mean images per class; of unequal classes also the lowest and highest
    spread of a class.

    A scheme without a formula, and an objective without theory, leave their numbers out.

    Args:
        spec: the trial; of one with members the theory is that of the main one.
        batch_class_counts: images of each class in a batch, averaged over all batches.
    """
    counts = list(batch_class_counts)
    found = {"images_per_class": sum(counts) / len(counts)}
    loss = spec.main_encoder.objective.spread_loss(spec.data.views)
    if loss is None:
        return found
    scheme = loss.scheme.arguments
    with suppress(ValueError):  # too few images or classes for any prediction
        found["alpha_c"] = collapse_threshold(counts, **scheme)
    with suppress(ValueError):  # a scheme without a formula
        found["alpha_m"] = means_vanish_threshold(counts, **scheme)
        found["spread"] = predicted_spread(loss.alpha, counts, **scheme)
        if not equal(counts):
            spreads = [spread for spread in class_spreads(loss.alpha, counts, **scheme) if spread is not None]
            found["lowest_class_spread"], found["highest_class_spread"] = min(spreads), max(spreads)
    return found
