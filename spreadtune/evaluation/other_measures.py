"""The metrics of another data set than the trial's (``evaluation.transfer_to``), each by the method called like it."""

from spreadtune.evaluation.measures import Fitted
from spreadtune.evaluation.representations import Representations


class OtherMeasures:
    """What a linear probe reads from the frozen encoder's h of other images.

    Args:
        fitted: what was learned from that data set's training images.
        part: its validation images, in confirmation its test images too.
        has_subclasses: whether it has two levels of labels.
    """

    def __init__(self, fitted: Fitted, part: Representations, has_subclasses: bool) -> None:
        self._fitted, self._part, self._has_subclasses = fitted, part, has_subclasses

    def transfer_to_accuracy(self) -> float:
        return self._fitted.transfer_probe.accuracy(self._part.features, self._part.labels.subclasses)

    def transfer_to_class_accuracy(self) -> float | None:
        """None where the classes are the finest labels."""
        if not self._has_subclasses:
            return None
        return self._fitted.class_probe.accuracy(self._part.features, self._part.labels.classes)
