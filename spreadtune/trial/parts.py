"""The parts of a data set on a trial's device."""

from functools import cached_property

from spreadtune.data.dataset import Dataset, Split
from spreadtune.data.device import DeviceSplit
from spreadtune.spec.trial import TrialSpec
from spreadtune.training.context import Context
from spreadtune.trial.datasets import other_dataset_of


class Parts:
    """Each part is put there when it is first asked for, and once for all encoders of a trial.

    Args:
        spec: the trial.
        dataset: its data set.
        context: its device.
    """

    def __init__(self, spec: TrialSpec, dataset: Dataset, context: Context) -> None:
        self._spec, self._dataset, self._context = spec, dataset, context

    @cached_property
    def train(self) -> DeviceSplit:
        return self._on_device(self._dataset.split("train"))

    @cached_property
    def validation(self) -> DeviceSplit:
        return self._on_device(self._dataset.split("validation"))

    @cached_property
    def kept_apart(self) -> dict[str, DeviceSplit]:
        """The parts that nothing is trained on, by what their metrics' names begin with: validation, and of a
        confirmation ``test.``, which is opened here and nowhere else. To be asked for after the last epoch."""
        parts, stage = {"": self.validation}, self._spec.seed.stage
        if stage == "confirm":
            parts["test."] = self._on_device(self._dataset.unsealed(stage).split("test"))
        return parts

    @cached_property
    def other(self) -> "Parts | None":
        """Those of the data set that ``evaluation.transfer_to`` names, where it names one."""
        other = other_dataset_of(self._spec)
        return Parts(self._spec, other, self._context) if other else None

    def _on_device(self, split: Split) -> DeviceSplit:
        context = self._context
        return DeviceSplit.of(split, context.device, self._spec.data.placement, memory=context.memory)
