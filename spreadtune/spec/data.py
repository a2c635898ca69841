"""The ``data`` section: which images, how they are batched, how views are made."""

from typing import TYPE_CHECKING, Literal

from pydantic import Field

from spreadtune.spec.config import Config
from spreadtune.spec.parts import Family, NamedPart, OwnPart, Part


class DigitsDataset(NamedPart):
    """scikit-learn's handwritten digits: 1,797 grey images of 8x8; class <5 / >=5, subclass the digit."""

    name: Literal["digits"] = "digits"


class OwnDataset(OwnPart):
    """A user's function ``(**arguments) -> spreadtune.data.ImageSet``."""


class NoAugmentation(NamedPart):
    """Every view is the image itself (tied views)."""

    name: Literal["none"] = "none"


class GreyAugmentation(NamedPart):
    """Views of small grey images: a random affine map, a random crop and noise, drawn for each image."""

    name: Literal["grey"] = "grey"
    rotation: float = Field(10.0, ge=0, le=180, description="largest rotation to either side, degrees")
    scale: float = Field(0.1, ge=0, lt=1, description="largest relative change of size")
    translation: float = Field(0.1, ge=0, lt=1, description="largest shift, fraction of the side")
    crop: float = Field(0.9, gt=0, le=1, description="smallest side of the crop, fraction of the side")
    noise: float = Field(0.05, ge=0, description="standard deviation of the pixel noise, pixels in [0, 1]")


class OwnAugmentation(OwnPart):
    """A user's function ``(**arguments) -> spreadtune.data.views.Augmentation``."""


DATASETS = Family("data set", "data.dataset", OwnDataset, (Part(DigitsDataset, "spreadtune.data.digits:load"),))
AUGMENTATIONS = Family(
    "augmentation",
    "data.augmentation",
    OwnAugmentation,
    (
        Part(NoAugmentation, "spreadtune.data.views:identity"),
        Part(GreyAugmentation, "spreadtune.data.grey:build"),
    ),
)

if TYPE_CHECKING:
    AnyDataset = NamedPart
    AnyAugmentation = NamedPart
else:
    AnyDataset = DATASETS.field()
    AnyAugmentation = AUGMENTATIONS.field()


class DataConfig(Config):
    """Images, batches and views. ``batch_size`` is the global contrastive batch: the thresholds depend on it."""

    dataset: AnyDataset
    augmentation: AnyAugmentation
    batch_size: int = Field(128, ge=2)
    batches: Literal["shuffled", "balanced"] = "shuffled"
    views: int = Field(2, ge=2)
    train_size: int | None = Field(None, ge=2, description="use this many training images, stratified")
    placement: Literal["auto", "device", "host"] = "auto"
