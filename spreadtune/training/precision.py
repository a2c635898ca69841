"""Which arithmetic the networks use. Losses are float32 whatever it is."""

from contextlib import AbstractContextManager, nullcontext
from typing import Literal

import torch

Precision = Literal["float32", "bfloat16"]


def resolve_precision(requested: str, device: torch.device) -> Precision:
    """``auto`` is bfloat16 on CUDA devices that support it and float32 elsewhere."""
    if requested == "bfloat16" or (
        requested == "auto" and device.type == "cuda" and torch.cuda.is_bf16_supported(including_emulation=False)
    ):
        return "bfloat16"
    return "float32"


def autocast(precision: Precision, device: torch.device) -> AbstractContextManager[None]:
    """The context the forward pass of the networks runs in."""
    return torch.autocast(device.type, dtype=torch.bfloat16) if precision == "bfloat16" else nullcontext()
