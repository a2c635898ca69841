"""A part of a data set as tensors, where training wants it."""

import warnings
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Literal, Self

import torch
from torch import Tensor

from spreadtune.data.dataset import Split
from spreadtune.data.labels import Labels

_COPIED_AT_ONCE = 8192  # images; a whole data set gathered in host memory would be there twice


@dataclass(frozen=True, eq=False)
class DeviceSplit:
    """One part of a data set as tensors.

    Attributes:
        images: uint8 (M, C, H, W), on the device or, with placement host, in host memory, where other parts'
            images may lie between: it can be a memory map that all trials of a machine share.
        rows: int64 (N,), where this part's images are in ``images``, on the device of ``images``.
        labels: of the N images, on the device.
    """

    images: Tensor
    rows: Tensor
    labels: Labels[Tensor]

    @classmethod
    def of(
        cls,
        split: Split,
        device: torch.device,
        placement: Literal["auto", "device", "host"] = "auto",
        *,
        memory: int | None = None,
    ) -> Self:
        """Puts a part where ``device`` gets at it.

        Args:
            split: the part.
            device: where batches are wanted.
            placement: ``device`` copies the images there, ``host`` leaves them, ``auto`` copies them when they fit a
                quarter of ``memory``.
            memory: bytes of the device that the trial may use; None where it computes in host memory, in which the
                images already are.
        """
        images, rows = _shared(split), torch.from_numpy(split.indices)
        if placement == "device" or (placement == "auto" and memory is not None and _size(split) <= memory // 4):
            images, rows = _copied(images, rows, device), torch.arange(len(rows), device=device)
        return cls(
            images=images,
            rows=rows,
            labels=split.labels.map(lambda values: torch.from_numpy(values).to(device)),
        )

    def __len__(self) -> int:
        return len(self.labels)

    @property
    def device(self) -> torch.device:
        """Where the labels are and batches arrive."""
        return self.labels.classes.device

    def take(self, chosen: Tensor) -> Self:
        """Some of its images, from positions on the device."""
        return replace(self, rows=self.rows[chosen.to(self.rows.device)], labels=self.labels.take(chosen))

    def images_at(self, indices: Tensor) -> Tensor:
        """The images at ``indices`` (B,), from 0 in this part, uint8 (B, C, H, W), on the device.

        Indices that are where the images are cost no wait.
        """
        batch = self.images[self.rows[indices.to(self.images.device)]]
        if self.images.device == self.device:
            return batch
        # The gathered batch is pinned rather than the whole set: gathering makes a new tensor, and only a
        # pinned one is copied while the device computes.
        return batch.pin_memory().to(self.device, non_blocking=True)

    def batches(self, size: int, part: slice = slice(None)) -> Iterator[Tensor]:
        """All images of the part in order, or those of a ``part`` of it, ``size`` at once, on the device."""
        for indices in torch.arange(len(self), device=self.images.device)[part].split(size):
            yield self.images_at(indices)


def _shared(split: Split) -> Tensor:
    """The images where they lie. A memory map for reading is a tensor all the same, which nobody writes into."""
    source = split.source
    if source.flags.writeable:
        return torch.from_numpy(source)
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", message="The given NumPy array is not writable")
        return torch.from_numpy(source)


def _copied(images: Tensor, rows: Tensor, device: torch.device) -> Tensor:
    copy = torch.empty((len(rows), *images.shape[1:]), dtype=images.dtype, device=device)
    for into, some in zip(copy.split(_COPIED_AT_ONCE), rows.split(_COPIED_AT_ONCE), strict=True):
        into.copy_(images[some])
    return copy


def _size(split: Split) -> int:
    """Bytes of this part's images."""
    return split.source[:1].nbytes * len(split)
