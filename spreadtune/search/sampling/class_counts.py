"""How many images of each class an average batch has, from the data set itself."""

from collections.abc import Sequence

from spreadtune.spec.data import DataConfig


class BatchClassCounts:
    """Class counts by what they depend on: data set, sizes and batches. For each, the data set is read once."""

    def __init__(self) -> None:
        self._known: dict[str, Sequence[float]] = {}

    def __call__(self, config: DataConfig) -> Sequence[float]:
        key = config.model_dump_json(include={"dataset", "size", "train_size", "batch_size", "batches"})
        if key not in self._known:
            from spreadtune.trial.datasets import dataset_of  # only windows and stopped trials need the data here

            dataset = dataset_of(config)
            self._known[key] = dataset.mean_batch_class_counts(config.batch_size, config.batches)
        return self._known[key]
