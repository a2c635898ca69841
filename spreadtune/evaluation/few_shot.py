"""Few-shot accuracy: what a linear probe reads from a handful of labeled examples of each subclass.

One draw of n examples a label is mostly luck: on the digits the standard deviation over draws is 0.06, 0.03 and 0.02
for n = 1, 5 and 10, beside 0.01 to 0.06 over seeds. So the accuracy is a mean over independent draws, as many as take
:data:`EXAMPLES` examples in all; of the digits' 10 labels 100, 20 and 10, which leaves a noise of 0.008 and less. The
examples of a label are drawn by themselves, so the noise of R draws of K labels goes with 1 / sqrt(R K): a data set
with more labels needs fewer draws, and gets as exact a number for as much work.

Every probe has strength C = 1. To choose it on a held-out tenth, here one example a label, would be another draw of
luck: on the digits that makes the noise of 5 and 10 shots 1.4 to 3.7 times as large and costs 1.4 to 3.2 points of
accuracy (``benchmarks/few_shot.py``).
"""

from collections.abc import Mapping

from torch import Tensor

from spreadtune.evaluation.probe import Probe, fit_at
from spreadtune.evaluation.stratified import few_of_each
from spreadtune.spec.seed import Seed

SHOTS = (1, 5, 10)
EXAMPLES = 1000
_STRENGTH = 1.0


class FewShotProbes:
    """The probes of every draw, fitted once on training features, for any part that was kept apart.

    Args:
        features: (N, D) of training images, finite.
        labels: (N,) of two labels or more.
        seed: of the trial. Draw k is the stream ``evaluation/few_shot`` at step k, the same for every number of shots.
    """

    def __init__(self, features: Tensor, labels: Tensor, seed: Seed) -> None:
        self._probes: Mapping[int, list[Probe]] = {
            shots: [
                few_shot_probe(features, labels, shots=shots, seed=seed.stream("evaluation/few_shot", draw))
                for draw in range(draws(shots, len(labels.unique())))
            ]
            for shots in SHOTS
        }

    def accuracies(self, features: Tensor, labels: Tensor) -> dict[int, float]:
        """The mean accuracy over draws on ``features`` (N, D), by the number of shots."""
        return {
            shots: sum(probe.accuracy(features, labels) for probe in probes) / len(probes)
            for shots, probes in self._probes.items()
        }


def draws(shots: int, label_count: int) -> int:
    """How many draws of ``shots`` examples of each label there are: those of :data:`EXAMPLES` in all, at least one."""
    return max(1, round(EXAMPLES / (shots * label_count)))


def few_shot_probe(features: Tensor, labels: Tensor, *, shots: int, seed: int) -> Probe:
    """The probe at C = 1 that sees ``shots`` random examples of each label, or all where a label has fewer.

    Raises:
        ValueError: a feature is not finite, or fewer than two labels occur.
    """
    drawn = few_of_each(labels, shots, seed=seed)
    return fit_at(features[drawn], labels[drawn], _STRENGTH)
