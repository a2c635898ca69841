"""Own parts that misbehave, named by the study files of the runtime's tests as ``runtime_parts:NAME``."""

import os
import signal
import time
import warnings
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor

from spreadtune.data.digits import load
from spreadtune.data.image_set import ImageSet
from spreadtune.data.views import Views, to_pixels
from spreadtune.objectives.cross_entropy import CrossEntropyObjective
from spreadtune.objectives.objective import Batch
from spreadtune.spec.data import DigitsDataset


class SlowToEnd(CrossEntropyObjective):
    """Takes seconds to be cleaned up, as closing a large file or a connection would."""

    def __init__(self, embedding_dim: int, class_count: int, *, seconds: float, note: str) -> None:
        super().__init__(embedding_dim, class_count)
        self.seconds, self.note = seconds, Path(note)

    def __del__(self) -> None:
        time.sleep(self.seconds)
        with self.note.open("a") as file:
            file.write("cleaned up\n")


class Exploding(CrossEntropyObjective):
    """Infinite from its first batch on."""

    def forward(self, batch: Batch) -> dict[str, Tensor]:
        return {name: term * float("inf") for name, term in super().forward(batch).items()}


class Faulty(CrossEntropyObjective):
    """Raises in its first whole batch while the file ``until_gone`` exists."""

    def __init__(self, embedding_dim: int, class_count: int, *, until_gone: str) -> None:
        super().__init__(embedding_dim, class_count)
        self.until_gone = Path(until_gone)

    def forward(self, batch: Batch) -> dict[str, Tensor]:
        if self.until_gone.exists() and len(batch.classes) > 4:
            raise RuntimeError("the disk is on fire")
        return super().forward(batch)


def slowly(*, seconds: float) -> "Slowly":
    """Tied views that take ``seconds`` a batch: a trial of known length."""
    return Slowly(seconds)


class Slowly:
    def __init__(self, seconds: float) -> None:
        self.seconds = seconds

    def __call__(self, images: Tensor, views: int, generator: torch.Generator) -> Views:
        time.sleep(self.seconds)
        pixels = to_pixels(images).expand(views, *images.shape)
        return Views(pixels, pixels)


class FaultyOnOne(CrossEntropyObjective):
    """Raises in the second of several workers."""

    def forward(self, batch: Batch) -> dict[str, Tensor]:
        if batch.workers > 1 and batch.part.start > 0:
            raise RuntimeError("the second worker is on fire")
        return super().forward(batch)


def guarded(*, opened_by: str) -> ImageSet:
    """The digits with a test set of their own, which raises when it is read unless the file ``opened_by`` exists."""
    all_of_them = load(DigitsDataset())
    parts = all_of_them.images[-300:].view(Trap), all_of_them.subclasses[-300:].view(Trap)
    whole = replace(
        all_of_them,
        images=all_of_them.images[:-300],
        subclasses=all_of_them.subclasses[:-300],
        test_images=parts[0],
        test_subclasses=parts[1],
    )
    for part in parts:  # from here on: the set itself looks whether its labels are in range
        part.opened_by = Path(opened_by)
    return whole


class Trap(np.ndarray):
    """An array whose shape and fingerprint may be taken, and whose values may not be read."""

    opened_by: Path | None = None

    def __getitem__(self, key: Any) -> Any:
        self._spring()
        return np.asarray(self)[key]

    @property
    def flags(self) -> Any:  # what is looked at before the images become a tensor
        self._spring()
        return np.asarray(self).flags

    def _spring(self) -> None:
        if self.opened_by and not self.opened_by.exists():
            raise RuntimeError("the test split was read")


def talkative() -> "Talkative":
    """Tied views from a library that prints and warns."""
    print("printed by a library")  # noqa: T201
    warnings.warn("warned by a library", stacklevel=1)
    return Talkative()


class Talkative:
    def __call__(self, images: Tensor, views: int, generator: torch.Generator) -> Views:
        pixels = to_pixels(images).expand(views, *images.shape)
        return Views(pixels, pixels)


class _AfterAnEpoch(CrossEntropyObjective):
    """Does something in the fourth whole batch that it sees: in its second epoch, of three batches each.

    With ``once``, a path, only while that file is not there.
    """

    def __init__(self, embedding_dim: int, class_count: int, *, once: str = "") -> None:
        super().__init__(embedding_dim, class_count)
        self.once = Path(once) if once else None
        self.batches = 0

    def forward(self, batch: Batch) -> dict[str, Tensor]:
        self.batches += len(batch.classes) > 4
        if self.batches == 4 and not (self.once and self.once.exists()):
            if self.once:
                self.once.touch()
            self.act()
        return super().forward(batch)

    def act(self) -> None:
        raise NotImplementedError


class Hoarding(_AfterAnEpoch):
    """Takes 2 GiB and keeps them for a while."""

    def act(self) -> None:
        held = torch.ones(2**29)
        time.sleep(20)
        del held


class Dying(_AfterAnEpoch):
    """Kills its process."""

    def act(self) -> None:
        os.kill(os.getpid(), signal.SIGKILL)
