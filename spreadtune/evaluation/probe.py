"""The linear probe: what a linear classifier reads from frozen features.

Features are standardized with the training features' mean and standard deviation, constant ones dropped. The strength
C of multinomial logistic regression (see :mod:`spreadtune.evaluation.logistic`) is chosen on a stratified tenth of the
*training* features, ties to the smaller, and the probe is fitted again on all of them. These choices move an accuracy
by points, so they are the same for every probe (few-shot probes have nothing to choose by:
:mod:`spreadtune.evaluation.few_shot`).
"""

from collections.abc import Iterator
from dataclasses import dataclass

import torch
from torch import Tensor

from spreadtune.evaluation.logistic import minimize, path
from spreadtune.evaluation.stratified import held_out_tenth

STRENGTHS = (1e-3, 1e-2, 1e-1, 1.0, 1e1, 1e2, 1e3)
_STRENGTH_WITHOUT_CHOICE = 1.0


@dataclass(frozen=True)
class Standardization:
    """x -> (x - mean) / scale, with the mean and standard deviation of training features, (D,) float64 each.

    The scale of a constant feature is infinite: it becomes zero here and on any other data, which drops it.
    """

    mean: Tensor
    scale: Tensor

    @classmethod
    def of(cls, features: Tensor) -> "Standardization":
        features = features.double()
        constant = features.amax(dim=0) == features.amin(dim=0)
        return cls(features.mean(dim=0), features.std(dim=0, correction=0).masked_fill(constant, torch.inf))

    def __call__(self, features: Tensor) -> Tensor:
        return (features.double() - self.mean) / self.scale


@dataclass(frozen=True)
class Probe:
    """A fitted linear classifier of K labels.

    Attributes:
        labels: (K,) the labels seen in training, rising.
        standardization: applied to features first.
        weights: (K, D) float64, zero for dropped features.
        intercept: (K,) float64.
        C: the strength it was fitted with.
    """

    labels: Tensor
    standardization: Standardization
    weights: Tensor
    intercept: Tensor
    C: float

    def predict(self, features: Tensor) -> Tensor:
        """(N,) labels of ``features`` (N, D)."""
        scores = self.standardization(features) @ self.weights.T + self.intercept
        return self.labels[scores.argmax(dim=1)]

    def accuracy(self, features: Tensor, labels: Tensor) -> float:
        """Share of ``features`` (N, D) whose predicted label is theirs."""
        return float((self.predict(features) == labels).double().mean())


def fit_probe(features: Tensor, labels: Tensor, *, seed: int, patience: int | None = None) -> Probe:
    """The probe at the C that a held-out tenth of ``features`` prefers.

    Where every label occurs once there is nothing to hold out, and C is 1.

    Args:
        features: (N, D), finite.
        labels: (N,) integers.
        seed: of the draw of the held-out tenth.
        patience: give up on larger C after so many in a row that are worse than the best; None tries all.

    Raises:
        ValueError: a feature is not finite, or fewer than two labels occur.
    """
    held = held_out_tenth(labels, seed=seed)
    if not held.any():
        return fit_at(features, labels, _STRENGTH_WITHOUT_CHOICE)
    fits = _fit_path(features[~held], labels[~held])
    chosen = _best(fits, features[held], labels[held], len(STRENGTHS) if patience is None else patience)
    return fit_at(features, labels, chosen.C, start=chosen)


def fit_at(features: Tensor, labels: Tensor, C: float, *, start: Probe | None = None) -> Probe:
    """The probe at strength ``C``; ``start``, a probe of the same labels, saves time and changes nothing.

    Raises:
        ValueError: a feature is not finite, or fewer than two labels occur.
    """
    seen, targets = _seen(features, labels)
    standardization = Standardization.of(features)
    coefficients = None if start is None else torch.cat([start.weights, start.intercept[:, None]], dim=1)
    fitted = minimize(standardization(features), targets, len(seen), C, start=coefficients)
    return Probe(seen, standardization, fitted[:, :-1], fitted[:, -1], C)


def _fit_path(features: Tensor, labels: Tensor) -> Iterator[Probe]:
    """The probes at rising C, each fitted when it is asked for."""
    seen, targets = _seen(features, labels)
    standardization = Standardization.of(features)
    fits = path(standardization(features), targets, len(seen), STRENGTHS)
    for C, fit in zip(STRENGTHS, fits, strict=False):
        yield Probe(seen, standardization, fit[:, :-1], fit[:, -1], C)


def _best(probes: Iterator[Probe], features: Tensor, labels: Tensor, patience: int) -> Probe:
    """The most accurate of those tried; the first of equals, which has the smallest C."""
    best = next(probes)
    highest, worse_in_a_row = best.accuracy(features, labels), 0
    while worse_in_a_row < patience and (probe := next(probes, None)):
        accuracy = probe.accuracy(features, labels)
        worse_in_a_row = worse_in_a_row + 1 if accuracy < highest else 0
        if accuracy > highest:
            best, highest = probe, accuracy
    return best


def _seen(features: Tensor, labels: Tensor) -> tuple[Tensor, Tensor]:
    """The labels that occur, rising, and each example's place among them."""
    if not features.isfinite().all():
        raise ValueError("a probe needs finite features")
    seen, targets = labels.unique(return_inverse=True)
    if len(seen) < 2:
        raise ValueError("a probe needs examples of two labels or more")
    return seen, targets
