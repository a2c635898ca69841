"""What every augmentation has to keep, whoever wrote it."""

import random
from itertools import pairwise

import numpy as np
import torch
from torch import Tensor

from spreadtune.data.views import Augmentation, Views, build_augmentation, views_of_part
from spreadtune.spec.data import AUGMENTATIONS
from spreadtune.testing.contract import Contract

STORED, BATCH, VIEWS = 80, 37, 3
CUTS = ((0, 37), (0, 1, 37), (0, 16, 19, 37), (0, 12, 25, 37), tuple(range(38)))
"""Where a batch is cut into the parts of its workers."""

NO_MORE = 1e-6
"""How far rounding may lead out of [0, 1]."""


class AugmentationContract(Contract):
    """The contract of a ``data.augmentation``.

    Attributes:
        image_shape: (C, H, W) of the images it is tried on.
        draws: whether views differ at random.
    """

    family = AUGMENTATIONS
    image_shape: tuple[int, int, int] = (3, 32, 32)
    draws: bool = True

    def build(self) -> Augmentation:
        """The augmentation; what ``part`` names, unless it is overridden."""
        return build_augmentation(self.config)

    def test_views_are_float_pixels_of_every_image(self) -> None:
        for views, batch in ((2, 4), (3, 2), (2, 1)):
            found, expected = self._views(self._images(batch), views), (views, batch, *self.image_shape)
            for name, pixels in (("inputs", found.inputs), ("targets", found.targets)):
                shape, low, high = tuple(pixels.shape), float(pixels.min()), float(pixels.max())
                self.claim(shape == expected, f"gives {name} of shape {shape} where {expected} is expected")
                self.claim(pixels.dtype == torch.float32, f"gives {name} in {pixels.dtype}, not torch.float32")
                broken = f"gives {name} from {low:.3g} to {high:.3g}; pixels lie in [0, 1]"
                self.claim(-NO_MORE <= low <= high <= 1 + NO_MORE, broken)

    def test_the_images_stay_as_they_are(self) -> None:
        images = self._images(4)
        before = images.clone()
        self._views(images)
        self.claim(torch.equal(images, before), "changes the images that it is given")

    def test_the_generator_alone_decides(self) -> None:
        images, before = self._images(4), _default_streams()
        one, other = self._views(images), self._views(images)
        broken = "draws from a default stream; everything random has to come from the generator that it is given"
        self.claim(_default_streams() == before, broken)
        self.claim(_equal(one, other), "gives other views under the same generator")

    def test_views_are_drawn_for_every_view_and_image(self) -> None:
        """Of one image in many places of a batch no two views need differ, but not all are the same."""
        images = self._images(1).expand(BATCH, -1, -1, -1)
        inputs = self._views(images).inputs
        if not self.draws:
            self.claim(bool((inputs == inputs[:1, :1]).all()), "draws views, and its contract says draws = False")
            return
        alike = "{} are alike; where nothing is drawn, write draws = False in its contract"
        self.claim(not (inputs == inputs[:1]).all(), alike.format("all views of an image"))
        self.claim(not (inputs == inputs[:, :1]).all(), alike.format("the views of all images"))
        self.claim(not torch.equal(inputs, self._views(images, seed=1).inputs), alike.format("two seeds' views"))

    def test_parts_of_a_batch_are_those_of_the_whole(self) -> None:
        """Workers that share a batch make each its own part of the same views, bit for bit."""
        stored = self._images(STORED)
        indices = torch.randperm(STORED, generator=torch.Generator().manual_seed(1))[:BATCH]
        augmentation, generator = self._augmentation(), torch.Generator().manual_seed(2)
        whole = augmentation(stored[indices], VIEWS, generator)
        for cuts in CUTS:
            parts = []
            for start, stop in pairwise(cuts):
                of_part = torch.Generator().manual_seed(2)
                part = slice(start, stop)
                parts.append(views_of_part(augmentation, lambda at: stored[at], indices, VIEWS, of_part, part))
                same = torch.equal(of_part.get_state(), generator.get_state())
                self.claim(same, f"images {start} to {stop - 1} of a batch take other draws than the whole batch")
            inputs, targets = (torch.cat([getattr(part, name) for part in parts], 1) for name in ("inputs", "targets"))
            broken = f"a batch cut at {cuts} has other views than the whole"
            self.claim(_equal(Views(inputs, targets), whole), broken)

    def _augmentation(self) -> Augmentation:
        augmentation: Augmentation = self.built(self.build)
        return augmentation

    def _images(self, count: int) -> Tensor:
        generator = torch.Generator().manual_seed(0)
        return torch.randint(256, (count, *self.image_shape), dtype=torch.uint8, generator=generator)

    def _views(self, images: Tensor, views: int = VIEWS, seed: int = 0) -> Views:
        return self._augmentation()(images, views, torch.Generator().manual_seed(seed))


def _equal(one: Views, other: Views) -> bool:
    return torch.equal(one.inputs, other.inputs) and torch.equal(one.targets, other.targets)


def _default_streams() -> tuple[list[int], str, object]:
    """Where torch's, NumPy's and Python's own streams are."""
    return torch.get_rng_state().tolist(), str(np.random.get_state()), random.getstate()
