"""What is measured of an encoder, and when: the cheap metrics every few epochs, all of them at the end.

Probes and neighbors learn from the training images and are scored on ``validation``, the images kept apart (in
confirmation those of the test split). Geometry is that of z, features h are what probes read. Where subclasses are the
classes (``has_subclasses=False``) transfer means nothing and its metrics are left out.
"""

import torch.nn.functional as F

from spreadtune.evaluation.geometry import spread, uniformity
from spreadtune.evaluation.knn import nearest_neighbors
from spreadtune.evaluation.probe import few_shot_accuracy, fit_probe
from spreadtune.evaluation.representations import Representations

FEW_SHOTS = (1, 5, 10)


def epoch_metrics(
    train: Representations, validation: Representations, *, has_subclasses: bool = True
) -> dict[str, float]:
    """Neighbors and spread: no fitting, cheap enough to compute while training goes on."""
    neighbors = nearest_neighbors(train.embeddings, validation.embeddings)
    metrics = {
        "spread": spread(validation.embeddings, validation.classes),
        "knn_class_accuracy": neighbors.accuracy(train.classes, validation.classes),
    }
    if has_subclasses:
        metrics["knn_transfer_accuracy"] = neighbors.accuracy(train.subclasses, validation.subclasses)
    return metrics


def probe_metrics(
    train: Representations,
    validation: Representations,
    *,
    seed: int,
    has_subclasses: bool = True,
    patience: int | None = None,
) -> dict[str, float]:
    """Linear probes on the features h: all that is asked of a floor (raw pixels, a random encoder) or the ceiling.

    Args:
        train: what the probes learn from.
        validation: what they are scored on.
        seed: of the held-out tenth that chooses the probe's strength.
        has_subclasses: whether subclasses differ from classes.
        patience: of that choice, see :func:`~spreadtune.evaluation.probe.fit_probe`.
    """
    class_probe = fit_probe(train.features, train.classes, seed=seed, patience=patience)
    metrics = {"class_accuracy": class_probe.accuracy(validation.features, validation.classes)}
    if has_subclasses:
        transfer_probe = fit_probe(train.features, train.subclasses, seed=seed, patience=patience)
        metrics["transfer_accuracy"] = transfer_probe.accuracy(validation.features, validation.subclasses)
    return metrics


def final_metrics(
    train: Representations, validation: Representations, *, seed: int, has_subclasses: bool = True
) -> dict[str, float]:
    """Everything that representations alone tell; ``seed`` is that of the probes' draws."""
    metrics = (
        epoch_metrics(train, validation, has_subclasses=has_subclasses)
        | probe_metrics(train, validation, seed=seed, has_subclasses=has_subclasses)
        | {
            "train_spread": spread(train.embeddings, train.classes),
            "uniformity": uniformity(validation.embeddings),
        }
    )
    return metrics | _further_transfer(train, validation, seed=seed) if has_subclasses else metrics


def _further_transfer(train: Representations, validation: Representations, *, seed: int) -> dict[str, float]:
    """Transfer read after the head, and from few examples of each subclass."""
    z, validation_z = F.normalize(train.embeddings, dim=1), F.normalize(validation.embeddings, dim=1)
    probe = fit_probe(z, train.subclasses, seed=seed)
    few_shot = {
        f"transfer_accuracy_{shots}_shot": few_shot_accuracy(
            train.features,
            train.subclasses,
            validation.features,
            validation.subclasses,
            shots=shots,
            seed=seed,
        )
        for shots in FEW_SHOTS
    }
    return {"transfer_accuracy_z": probe.accuracy(validation_z, validation.subclasses)} | few_shot
