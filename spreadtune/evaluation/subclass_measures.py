"""The metrics inside each class: did its spread follow the subclasses? Each by the method that is called like it.

Where images lie is asked of z, as all geometry; what can be read from them, of h, as by every probe.
"""

from functools import cached_property

from spreadtune.evaluation.chance import BeyondChance, beyond_chance
from spreadtune.evaluation.measures import Fitted
from spreadtune.evaluation.representations import Representations
from spreadtune.evaluation.stratified import at_most
from spreadtune.evaluation.subclasses import (
    Agreement,
    ClassRows,
    class_rows,
    cluster_agreement,
    silhouette,
    subclass_share,
)
from spreadtune.spec.seed import Seed

MOST_IMAGES = 4000
"""Above so many images clusters and silhouettes, which compare pairs, see a sample in the subclasses' proportions."""


class SubclassMeasures:
    """The metrics of a part that was kept apart which need its subclasses.

    Args:
        fitted: what was learned from the training images.
        part: validation, in confirmation the test split too.
        seed: of the trial: its streams ``evaluation/sample``, ``evaluation/clusters`` and ``evaluation/permutations``
            say which images are a sample, where k-means starts and how subclasses are dealt out.
    """

    def __init__(self, fitted: Fitted, part: Representations, seed: Seed) -> None:
        self._fitted, self._part, self._seed = fitted, part, seed

    def subclass_share(self) -> float:
        return subclass_share(self._part.embeddings, self._part.labels)

    def subclass_ari(self) -> float:
        return self._agreement.ari

    def subclass_nmi(self) -> float:
        return self._agreement.nmi

    def subclass_nmi_chance(self) -> float:
        return self._agreement.nmi_chance

    def subclass_silhouette(self) -> float:
        return silhouette(self._rows)

    def transfer_accuracy_chance(self) -> float:
        return self._beyond_chance.accuracy

    def transfer_p_value(self) -> float:
        return self._beyond_chance.p_value

    @cached_property
    def _rows(self) -> list[ClassRows]:
        labels = self._part.labels
        some = at_most(labels.subclasses, MOST_IMAGES, seed=self._seed.stream("evaluation/sample"))
        return class_rows(self._part.embeddings[some], labels.take(some))

    @cached_property
    def _agreement(self) -> Agreement:
        return cluster_agreement(self._rows, seed=self._seed.stream("evaluation/clusters"))

    @cached_property
    def _beyond_chance(self) -> BeyondChance:
        predicted = self._fitted.transfer_probe.predict(self._part.features)
        seed = self._seed.stream("evaluation/permutations")
        return beyond_chance(predicted, self._part.labels, seed=seed)
