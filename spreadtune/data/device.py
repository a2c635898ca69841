"""A part of a data set as tensors, where training wants it."""

from dataclasses import dataclass
from typing import Literal, Self

import torch
from torch import Tensor

from spreadtune.data.dataset import Split


@dataclass(frozen=True, eq=False)
class DeviceSplit:
    """One part of a data set as tensors.

    Attributes:
        images: uint8 (N, C, H, W), on the device or, with placement host, in host memory.
        classes: int64 (N,), on the device.
        subclasses: int64 (N,), on the device.
    """

    images: Tensor
    classes: Tensor
    subclasses: Tensor

    @classmethod
    def of(cls, split: Split, device: torch.device, placement: Literal["auto", "device", "host"] = "auto") -> Self:
        """Copies a part to ``device``.

        ``placement: auto`` keeps the images on the device when they fit a quarter of its free memory.
        """
        images = torch.from_numpy(split.images)
        on_device = placement == "device" or (placement == "auto" and _fits(images, device))
        return cls(
            images=images.to(device) if on_device else images,
            classes=torch.from_numpy(split.classes).to(device),
            subclasses=torch.from_numpy(split.subclasses).to(device),
        )

    def __len__(self) -> int:
        return len(self.classes)

    @property
    def device(self) -> torch.device:
        """Where the labels are and batches arrive."""
        return self.classes.device

    def images_at(self, indices: Tensor) -> Tensor:
        """The images at ``indices`` (B,), uint8 (B, C, H, W), on the device."""
        if self.images.device == self.device:
            return self.images[indices]
        # The gathered batch is pinned rather than the whole set: gathering makes a new tensor, and only a
        # pinned one is copied while the device computes.
        return self.images[indices.cpu()].pin_memory().to(self.device, non_blocking=True)


def _fits(images: Tensor, device: torch.device) -> bool:
    if device.type != "cuda":
        return True
    free, _ = torch.cuda.mem_get_info(device)
    return images.nbytes <= free // 4
