"""The data sets that this process has read."""

from functools import lru_cache

from spreadtune.data.dataset import Dataset, load_dataset
from spreadtune.spec.data import DataConfig, NoAugmentation
from spreadtune.spec.parts import NamedPart


def dataset_of(config: DataConfig) -> Dataset:
    """The data set of a trial. An actor runs many trials on the same images, and the driver asks several times; each
    process reads them once.

    Raises:
        UserError: see :func:`spreadtune.data.dataset.load_dataset`.
    """
    return _read(config.dataset, config.size, config.train_size)


def forget_datasets() -> None:
    """The next trial reads its data set anew: files may have changed since the last run of this process."""
    _read.cache_clear()


@lru_cache(maxsize=4)
def _read(dataset: NamedPart, size: int | None, train_size: int | None) -> Dataset:
    # Batches and views are left out of the key: a study over batch sizes has one data set.
    config = DataConfig(dataset=dataset, augmentation=NoAugmentation(), size=size, train_size=train_size)
    return load_dataset(config)
