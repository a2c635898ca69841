"""Contracts for those who add to the package: what every part of a family has to keep, as tests to inherit.

A test of one's own part is a subclass that names it, in a file that pytest collects::

    from spreadtune.testing import EncoderContract

    class TestPerceptron(EncoderContract):
        part = {"name": "my_encoder:Perceptron", "width": 32}

The package's own parts are tested by the same classes. Nothing here imports pytest, nor does anything of the package
import this room.
"""

from spreadtune.testing.augmentation import AugmentationContract
from spreadtune.testing.contract import Contract
from spreadtune.testing.corruption import CorruptionContract
from spreadtune.testing.dataset import DatasetContract
from spreadtune.testing.decoder import DecoderContract
from spreadtune.testing.encoder import EncoderContract
from spreadtune.testing.network import NetworkContract
from spreadtune.testing.objectives import ObjectiveContract

__all__ = [
    "AugmentationContract",
    "Contract",
    "CorruptionContract",
    "DatasetContract",
    "DecoderContract",
    "EncoderContract",
    "NetworkContract",
    "ObjectiveContract",
]
