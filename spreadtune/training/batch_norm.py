"""Batch normalization when a batch is cut among workers."""

import torch
from torch import nn

from spreadtune.training.workers import Workers


def normalize_together(module: nn.Module, workers: Workers, device: torch.device) -> nn.Module:
    """The module with batch statistics of all workers' images, where they can be had.

    SyncBatchNorm computes on GPUs only. On CPUs each worker keeps the statistics of its own images, so that with batch
    normalization (not with group normalization) several workers there do not train what one would.
    """
    if workers.count == 1 or device.type != "cuda":
        return module
    synchronized: nn.Module = nn.SyncBatchNorm.convert_sync_batchnorm(module)
    return synchronized
