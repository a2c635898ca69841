"""The data sets that this process has read."""

from functools import lru_cache

from spreadtune.data.channels import convertible
from spreadtune.data.dataset import Dataset, load_dataset
from spreadtune.errors import UserError
from spreadtune.spec.data import DataConfig, NoAugmentation
from spreadtune.spec.parts import NamedPart, is_none
from spreadtune.spec.trial import TrialSpec


def dataset_of(config: DataConfig) -> Dataset:
    """The data set of a trial. An actor runs many trials on the same images, and the driver asks several times; each
    process reads them once.

    Raises:
        UserError: see :func:`spreadtune.data.dataset.load_dataset`.
    """
    return _read(config.dataset, config.size, config.train_size)


def other_dataset_of(spec: TrialSpec) -> Dataset | None:
    """The data set of ``evaluation.transfer_to``, its images as large as the study's; None where none is named.

    Where the study's are squares they are resized to them as by ``data.size``. Channels are converted when images are
    encoded (:mod:`spreadtune.data.channels`).

    Raises:
        UserError: the data set cannot be read, or its images not be made like the study's.
    """
    other = spec.evaluation.transfer_to
    if is_none(other):
        return None
    channels, height, width = dataset_of(spec.data).image_shape
    try:
        found = _read(other, height if height == width else None, None)
    except UserError as error:
        told = str(error).removeprefix("data.dataset")  # the key where data sets are named else
        raise UserError(f"evaluation.transfer_to{told if told[0] in ':.' else f': {told}'}") from error
    shape = found.image_shape
    if shape[1:] == (height, width) and convertible(shape[0], channels):
        return found
    fix = "" if height == width else ", or write data.size, which makes squares of both"
    raise UserError(
        f"evaluation.transfer_to: images of {other.name} are {_described(shape)} and cannot be made "
        f"{_described((channels, height, width))} as those of {spec.data.dataset.name} are; name another data set{fix}"
    )


def _described(shape: tuple[int, int, int]) -> str:
    """``32x32 with 3 channels``."""
    channels, height, width = shape
    return f"{height}x{width} with {channels} channel{'s' if channels > 1 else ''}"


def forget_datasets() -> None:
    """The next trial reads its data set anew: files may have changed since the last run of this process."""
    _read.cache_clear()


@lru_cache(maxsize=4)
def _read(dataset: NamedPart, size: int | None, train_size: int | None) -> Dataset:
    # Batches and views are left out of the key: a study over batch sizes has one data set.
    config = DataConfig(dataset=dataset, augmentation=NoAugmentation(), size=size, train_size=train_size)
    return load_dataset(config)
