"""What Chen et al. published on coarse-to-fine transfer, and in which setting: every fact of theirs stands here.

*Perfectly Balanced: Improving Transfer and Robustness of Supervised Contrastive Learning* (ICML 2022,
arXiv:2204.07596), "the paper", and the code published with it, github.com/HazyResearch/thanos-code, "the code".
Accuracies are of fine labels on the test split, in per cent, gains in points.
"""

from collections.abc import Mapping
from enum import StrEnum


class Method(StrEnum):
    """The paper's methods in the order of its table, and what is fair to set Thanos against."""

    SUPCON = "SupCon"
    SPREAD = "SupCon + class-conditional InfoNCE"
    SPREAD_CLAMPED = "SupCon + class-conditional InfoNCE, clamped as in the code"
    AUTOENCODER = "autoencoder with cross-entropy"
    SUPCON_AUTOENCODER = "autoencoder with SupCon"
    SUPCON_TWICE = "SupCon twice"
    THANOS = "Thanos"


AUTOENCODERS = (Method.AUTOENCODER, Method.SUPCON_AUTOENCODER)
"""Two readings of one published row: the code's README calls it SupCon + class-conditional autoencoder, and its
commands train cross-entropy + reconstruction."""

DATASETS = {
    "cifar10": "CIFAR-10",
    "cifar100": "CIFAR-100",
    "cifar100u": "CIFAR-100-U",
    "mnist": "MNIST",
    "tiny_imagenet": "Tiny ImageNet",
}
"""The five data sets of coarse-to-fine transfer, by the names that they have in a study file."""

ACCURACIES: Mapping[str, Mapping[Method, float]] = {
    "cifar10": {
        Method.SUPCON: 51.8,
        Method.SPREAD: 77.1,
        Method.SPREAD_CLAMPED: 77.1,
        Method.AUTOENCODER: 71.7,
        Method.SUPCON_AUTOENCODER: 71.7,
        Method.THANOS: 79.1,
    }
}
"""The code's README, "Expected Performance". Nothing of the kind is known of the other data sets. The code clamps the
logits of positives, which the paper's formula does not: which of the two the number is of is not known."""

MEAN_GAIN = 11.1
"""Thanos minus SupCon on average over the five data sets: the paper's abstract."""

ORDER = (
    (Method.SPREAD, Method.SUPCON),
    (Method.AUTOENCODER, Method.SUPCON),
    (Method.SUPCON_AUTOENCODER, Method.SUPCON),
    (Method.THANOS, Method.SUPCON),
    (Method.THANOS, Method.SPREAD),
    (Method.THANOS, Method.AUTOENCODER),
    (Method.THANOS, Method.SUPCON_AUTOENCODER),
)
"""The better one and the worse one, as the published accuracies have them."""


def accuracy(dataset: str, method: Method) -> float | None:
    """What was published of a method on a data set; None where nothing is known."""
    return ACCURACIES.get(dataset, {}).get(method)


def gain(dataset: str, better: Method, worse: Method) -> float | None:
    """By how much one was better than the other there; None where that of either is not known."""
    one, other = accuracy(dataset, better), accuracy(dataset, worse)
    return None if one is None or other is None else one - other


TRANSFORMER = "7-layer transformer on 4x4 patches, width 256"

_SETTING = {
    "training images": "all but validation",
    "size of images": "as they are",
    "augmentation": "simclr",
    "views": "2",
    "batch": "128",
    "encoder": TRANSFORMER,
    "head": "none",
    "temperature": "0.5",
    "alpha": "0.5",
    "pairs": "cross_view",
    "denominator": "negatives",
    "positive logits clamped at": "1",
    "decoder sees": "h alone",
    "epochs": "600",
    "learning rate": "0.0003",
    "warm-up": "none",
    "weight decay": "0.01",
}
"""The code's configurations (``config/``), in the words of :mod:`~spreadtune.analysis.paper.traits`. Its weight decay
is the default of torch's AdamW. Its random crops, flips and colours have the values of ``simclr``."""

_AUTOENCODER_WEIGHT = {
    "cifar10": "16",
    "cifar100": "14.1",
    "cifar100u": "14.1",
    "mnist": "10.5",
    "tiny_imagenet": "19.6",
}
"""The code weighs the squared error of normalized images by 1; for pixels in [0, 1] that is 1 / std^2, averaged over
channels. CIFAR-100-U is normalized as CIFAR-100."""

_OTHERWISE = {
    "mnist": {"augmentation": "simclr (grayscale 0)", "encoder": "resnet18", "epochs": "200"},
    "tiny_imagenet": {"superclasses": "the paper's"},
}


def setting(dataset: str) -> dict[str, str]:
    """The setting on a data set, by the names of traits."""
    return {**_SETTING, "autoencoder weight": _AUTOENCODER_WEIGHT[dataset], **_OTHERWISE.get(dataset, {})}


_ALWAYS = (
    "The code's contrastive loss goes in one direction, from one view to the other; here it is the mean of both.",
    "The code trains a cross-entropy on the class beside every loss.",
    "The code's learning rate follows a cosine of period 100 epochs up and down; here one cosine to zero.",
    "The code's probe is trained for 100 epochs at a learning rate of 0.001 on the checkpoint that is best in coarse "
    "validation accuracy; here it is a logistic regression on the last epoch's encoder.",
    "The code's decoder is that of a ResNet-18.",
    "The code drops the last, smaller batch of validation and test images.",
)
_ALWAYS_THERE = {
    "cifar100u": ("The code draws CIFAR-100-U with replacement, after the split, and its test images too.",),
    "mnist": (
        "The code has MNIST twice: its configurations train a ResNet-18 for 200 epochs, which is compared here, the "
        "commands of its README the transformer for 600.",
    ),
}


def always(dataset: str) -> tuple[str, ...]:
    """What differs from the code whatever a study file says."""
    return (*_ALWAYS, *_ALWAYS_THERE.get(dataset, ()))
