"""What is measured of an encoder, and when: the cheap metrics every few epochs, all of them at the end.

Probes and neighbors learn from the training images and are scored on images kept apart: those of validation, in
confirmation those of the test split too. Geometry is that of z, features h are what probes read. Where subclasses
are the classes (``has_subclasses=False``) transfer means nothing and its metrics are left out.
"""

from spreadtune.evaluation.few_shot import FewShotProbes
from spreadtune.evaluation.geometry import spread, uniformity
from spreadtune.evaluation.knn import nearest_neighbors
from spreadtune.evaluation.probe import fit_probe
from spreadtune.evaluation.representations import Representations
from spreadtune.objectives.unit_rows import unit_rows
from spreadtune.spec.seed import Seed

PROBE_STREAM = "evaluation/probe"


def epoch_metrics(
    train: Representations, validation: Representations, *, has_subclasses: bool = True
) -> dict[str, float]:
    """Neighbors and spread: no fitting, cheap enough to compute while training goes on."""
    neighbors = nearest_neighbors(train.embeddings, validation.embeddings)
    metrics = {
        "spread": spread(validation.embeddings, validation.labels.classes),
        "knn_class_accuracy": neighbors.accuracy(train.labels.classes, validation.labels.classes),
    }
    if has_subclasses:
        metrics["knn_transfer_accuracy"] = neighbors.accuracy(train.labels.subclasses, validation.labels.subclasses)
    return metrics


class ProbeMetrics:
    """Linear probes on the features h: all that is asked of a floor (raw pixels, a random encoder) or the ceiling.

    These are measured where there are subclasses.

    Args:
        train: what the probes learn from, once.
        seed: of the held-out tenth that chooses the probe's strength.
        patience: of that choice, see :func:`~spreadtune.evaluation.probe.fit_probe`.
    """

    def __init__(self, train: Representations, *, seed: int, patience: int | None = None) -> None:
        self._class_probe = fit_probe(train.features, train.labels.classes, seed=seed, patience=patience)
        self._transfer_probe = fit_probe(train.features, train.labels.subclasses, seed=seed, patience=patience)

    def of(self, part: Representations) -> dict[str, float]:
        """The accuracies on a part that was kept apart."""
        return {
            "class_accuracy": self._class_probe.accuracy(part.features, part.labels.classes),
            "transfer_accuracy": self._transfer_probe.accuracy(part.features, part.labels.subclasses),
        }


class FinalMetrics:
    """Everything that representations alone tell. What is learned is learned once, from ``train``; parts that were kept
    apart are measured by it.

    Args:
        train: what probes and neighbors learn from.
        seed: of the trial, whose streams say which examples the probes are chosen on and which few they see.
        has_subclasses: whether subclasses differ from classes.
        few_shot: whether the few-shot probes are wanted, which take equally long for any number of training images.
    """

    def __init__(
        self, train: Representations, *, seed: Seed, has_subclasses: bool = True, few_shot: bool = True
    ) -> None:
        self._train, self._has_subclasses = train, has_subclasses
        held_out = seed.stream(PROBE_STREAM)
        self._class_probe = fit_probe(train.features, train.labels.classes, seed=held_out)
        if has_subclasses:
            self._transfer_probe = fit_probe(train.features, train.labels.subclasses, seed=held_out)
            self._z_probe = fit_probe(unit_rows(train.embeddings), train.labels.subclasses, seed=held_out)
        self._few_shot = (
            FewShotProbes(train.features, train.labels.subclasses, seed) if has_subclasses and few_shot else None
        )

    def of_train(self) -> dict[str, float]:
        """The metrics of the training images themselves."""
        return {"train_spread": spread(self._train.embeddings, self._train.labels.classes)}

    def of(self, part: Representations) -> dict[str, float]:
        """The metrics of a part that was kept apart."""
        train = self._train
        metrics = epoch_metrics(train, part, has_subclasses=self._has_subclasses) | {
            "class_accuracy": self._class_probe.accuracy(part.features, part.labels.classes),
            "uniformity": uniformity(part.embeddings),
        }
        if self._has_subclasses:
            metrics["transfer_accuracy"] = self._transfer_probe.accuracy(part.features, part.labels.subclasses)
            metrics["transfer_accuracy_z"] = self._z_probe.accuracy(unit_rows(part.embeddings), part.labels.subclasses)
        if self._few_shot:
            by_shots = self._few_shot.accuracies(part.features, part.labels.subclasses)
            metrics |= {f"transfer_accuracy_{shots}_shot": accuracy for shots, accuracy in by_shots.items()}
        return metrics
