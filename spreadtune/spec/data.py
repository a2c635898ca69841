"""The ``data`` section: which images, how they are batched, how views are made."""

from typing import TYPE_CHECKING, Any, Literal

from pydantic import Field, StrictFloat, StrictInt

from spreadtune.spec.config import Config
from spreadtune.spec.parts import Family, NamedPart, OwnPart, Part


class DigitsDataset(NamedPart):
    """scikit-learn's handwritten digits: 1,797 grey images of 8x8; class <5 / >=5, subclass the digit."""

    name: Literal["digits"] = "digits"


class Cifar10Dataset(NamedPart):
    """CIFAR-10: 60,000 color images of 32x32; class animals / vehicles, subclass the 10 labels."""

    name: Literal["cifar10"] = "cifar10"


class Cifar100Dataset(NamedPart):
    """CIFAR-100: 60,000 color images of 32x32; class the 20 superclasses, subclass the 100 labels."""

    name: Literal["cifar100"] = "cifar100"


class Cifar100uDataset(NamedPart):
    """CIFAR-100-U: CIFAR-100 with 500, 250, 100, 50 and 50 training images of a superclass' five subclasses."""

    name: Literal["cifar100u"] = "cifar100u"


class MnistDataset(NamedPart):
    """MNIST: 70,000 grey images of 28x28; class <5 / >=5, subclass the digit."""

    name: Literal["mnist"] = "mnist"


class FashionMnistDataset(NamedPart):
    """Fashion-MNIST: 70,000 grey images of 28x28; class clothes / shoes and bags, subclass the 10 labels."""

    name: Literal["fashion_mnist"] = "fashion_mnist"


def _root(default: Any, what: str) -> Any:
    """Where a data set that is not downloaded lies."""
    description = f"{what}; relative to the data root or the working directory"
    return Field(default, min_length=1, description=description)


class TinyImagenetDataset(NamedPart):
    """Tiny ImageNet: 110,000 color images of 64x64; class the 52 superclasses, subclass the 200 labels."""

    name: Literal["tiny_imagenet"] = "tiny_imagenet"
    root: str = _root("tiny-imagenet-200", "the folder its archive unpacks to")
    superclasses: str | None = Field(
        None,
        min_length=1,
        description="a CSV file with the columns wnid and superclass instead of the paper's; relative as root",
    )


class ImageFolderDataset(NamedPart):
    """A folder of one's own: ``root/train/SUBCLASS/`` with images, optional ``val/``, ``test/``, ``hierarchy.csv``."""

    name: Literal["image_folder"] = "image_folder"
    root: str = _root(..., "the folder")


class ColoredDigitsDataset(NamedPart):
    """scikit-learn's digits in red or green: class <5 / >=5, subclass the digit, group class and color."""

    name: Literal["colored_digits"] = "colored_digits"


class WaterbirdsDataset(NamedPart):
    """Waterbirds: 11,788 photographs; class landbird / waterbird, group class and background."""

    name: Literal["waterbirds"] = "waterbirds"
    root: str = _root("waterbird_complete95_forest2water2", "the folder with metadata.csv")


class CelebaDataset(NamedPart):
    """CelebA: 202,599 faces; class blond or not, group class and gender."""

    name: Literal["celeba"] = "celeba"
    root: str = _root("celeba", "the folder with img_align_celeba")


class IsicDataset(NamedPart):
    """ISIC: skin lesions; class benign / malignant, group class and colored patch, which no malignant image has."""

    name: Literal["isic"] = "isic"
    root: str = _root("isic", "the folder with images")


class PacsDataset(NamedPart):
    """PACS: 9,991 photographs, paintings, cartoons and sketches; class one of 7, group class and domain."""

    name: Literal["pacs"] = "pacs"
    root: str = _root("pacs", "the folder of the domains, or a file .npz")
    fold: Literal[0, 1, 2, 3, 4] = Field(0, description="which fifth is the test part; the next one is validation")


class GroupedImagesDataset(NamedPart):
    """Images of one's own with groups: a CSV file of path, class, group and split."""

    name: Literal["grouped_images"] = "grouped_images"
    root: str = _root(..., "the folder")
    metadata: str = Field("metadata.csv", min_length=1, description="the CSV file, in root")
    path_column: str = Field("path", min_length=1, description="of the image's path below root")
    class_column: str = Field("class", min_length=1, description="of what training sees")
    group_column: str = Field("group", min_length=1, description="of what should not matter, or of groups by name")
    split_column: str = Field("split", min_length=1, description="train, val or test; parts are cut where it is absent")
    absent: tuple[str, ...] = Field((), description="groups that no image can have, CLASS, GROUP")


class OwnDataset(OwnPart):
    """A user's function ``(**arguments) -> spreadtune.data.ImageSet``."""


class NoDataset(NamedPart):
    """No other data set."""

    name: Literal["none"] = "none"


class NoAugmentation(NamedPart):
    """Every view is the image itself (tied views)."""

    name: Literal["none"] = "none"


def _whole_strength(value: object) -> bool:
    return value == 1


_STRENGTH = Field(
    1.0,
    ge=0,
    le=1,
    exclude_if=_whole_strength,
    description="of all changes at once: 0 leaves views that are the same, 1 what the other values say",
)


class GreyAugmentation(NamedPart):
    """Views of small grey images: a random affine map, a random crop and noise, drawn for each image."""

    name: Literal["grey"] = "grey"
    rotation: StrictFloat = Field(10.0, ge=0, le=180, description="largest rotation to either side, degrees")
    scale: StrictFloat = Field(0.1, ge=0, lt=1, description="largest relative change of size")
    translation: StrictFloat = Field(0.1, ge=0, lt=1, description="largest shift, fraction of the side")
    crop: StrictFloat = Field(0.9, gt=0, le=1, description="smallest side of the crop, fraction of the side")
    noise: StrictFloat = Field(0.05, ge=0, description="standard deviation of the pixel noise, pixels in [0, 1]")
    strength: StrictFloat = _STRENGTH

    def at_full_strength(self) -> "GreyAugmentation":
        """The same views, by the values alone: each as far from what it is without a change as ``strength`` says."""
        share = self.strength
        if share == 1:
            return self
        return GreyAugmentation(
            rotation=share * self.rotation,
            scale=share * self.scale,
            translation=share * self.translation,
            crop=1 - share * (1 - self.crop),
            noise=share * self.noise,
        )


SMALLEST_SIGMA = 0.1  # pixels; a blur of less changes nothing


class SimclrAugmentation(NamedPart):
    """Views of colour images as in SimCLR: random resized crop, flip, colour jitter, grayscale, blur."""

    name: Literal["simclr"] = "simclr"
    area: StrictFloat = Field(0.2, gt=0, le=1, description="smallest area of the crop, fraction of the image's")
    ratio: StrictFloat = Field(4 / 3, ge=1, description="largest ratio of the crop's sides, either way")
    flip: StrictFloat = Field(0.5, ge=0, le=1, description="probability of a mirrored view")
    jitter: StrictFloat = Field(0.8, ge=0, le=1, description="probability of the four changes that follow")
    brightness: StrictFloat = Field(0.4, ge=0, description="largest change of the factor from 1")
    contrast: StrictFloat = Field(0.4, ge=0, description="largest change of the factor from 1")
    saturation: StrictFloat = Field(0.4, ge=0, description="largest change of the factor from 1")
    hue: StrictFloat = Field(0.1, ge=0, le=0.5, description="largest shift to either side, turns of the colour circle")
    grayscale: StrictFloat = Field(0.2, ge=0, le=1, description="probability of a view without colour")
    blur: StrictFloat = Field(0.0, ge=0, le=1, description="probability of a blurred view")
    sigma: StrictFloat = Field(2.0, ge=SMALLEST_SIGMA, description="largest standard deviation of the blur, pixels")
    strength: StrictFloat = _STRENGTH

    def at_full_strength(self) -> "SimclrAugmentation":
        """The same views, by the values alone. Crops, ratios and colours change less, and what has a probability of its
        own is rarer; the jitter's stays, since its colours change less already."""
        share = self.strength
        if share == 1:
            return self
        return SimclrAugmentation(
            area=1 - share * (1 - self.area),
            ratio=self.ratio**share,
            flip=share * self.flip,
            jitter=self.jitter if share else 0.0,
            brightness=share * self.brightness,
            contrast=share * self.contrast,
            saturation=share * self.saturation,
            hue=share * self.hue,
            grayscale=share * self.grayscale,
            blur=share * self.blur,
            sigma=self.sigma,
        )


class OwnAugmentation(OwnPart):
    """A user's function ``(**arguments) -> spreadtune.data.views.Augmentation``."""


DATASETS = Family(
    "data set",
    "data.dataset",
    OwnDataset,
    (
        Part(DigitsDataset, "spreadtune.data.digits:load"),
        Part(ColoredDigitsDataset, "spreadtune.data.colored_digits:load"),
        Part(Cifar10Dataset, "spreadtune.data.cifar10:files"),
        Part(Cifar100Dataset, "spreadtune.data.cifar100:files"),
        Part(Cifar100uDataset, "spreadtune.data.cifar100u:files"),
        Part(MnistDataset, "spreadtune.data.mnist:files"),
        Part(FashionMnistDataset, "spreadtune.data.fashion_mnist:files"),
        Part(TinyImagenetDataset, "spreadtune.data.tiny_imagenet:files"),
        Part(WaterbirdsDataset, "spreadtune.data.waterbirds:files"),
        Part(CelebaDataset, "spreadtune.data.celeba:files"),
        Part(IsicDataset, "spreadtune.data.isic:files"),
        Part(PacsDataset, "spreadtune.data.pacs:files"),
        Part(ImageFolderDataset, "spreadtune.data.image_folder:files"),
        Part(GroupedImagesDataset, "spreadtune.data.grouped_images:files"),
    ),
)
OTHER_DATASETS = Family(
    "data set",
    "evaluation.transfer_to",
    OwnDataset,
    (Part(NoDataset, "spreadtune.data.dataset:load_none"), *DATASETS.parts),
)
"""The same data sets, or none, named where an encoder is asked what it knows of another one."""

AUGMENTATIONS = Family(
    "augmentation",
    "data.augmentation",
    OwnAugmentation,
    (
        Part(NoAugmentation, "spreadtune.data.views:identity"),
        Part(GreyAugmentation, "spreadtune.data.grey:build"),
        Part(SimclrAugmentation, "spreadtune.data.simclr:build"),
    ),
)

if TYPE_CHECKING:
    AnyDataset = NamedPart
    AnyOtherDataset = NamedPart
    AnyAugmentation = NamedPart
else:
    AnyDataset = DATASETS.field()
    AnyOtherDataset = OTHER_DATASETS.field()
    AnyAugmentation = AUGMENTATIONS.field()


class DataConfig(Config):
    """Images, batches and views. ``batch_size`` is the global contrastive batch: the thresholds depend on it."""

    dataset: AnyDataset
    augmentation: AnyAugmentation
    batch_size: StrictInt = Field(128, ge=2, description="images of one contrastive batch, over all workers")
    batches: Literal["shuffled", "balanced"] = Field("shuffled", description="balanced: as many images of each class")
    views: StrictInt = Field(2, ge=2, description="of each image in a batch")
    train_size: StrictInt | None = Field(None, ge=2, description="use this many training images, stratified")
    size: StrictInt | None = Field(
        None, ge=1, description="resize the shorter side to this, then crop the middle square"
    )
    placement: Literal["auto", "device", "host"] = Field(
        "auto", description="where the images lie; auto: on the GPU when they fit a quarter of the trial's memory there"
    )
