"""One checkpoint protocol: a file per epoch, whole or absent, loadable without running code."""

import io
import logging
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import torch

from spreadtune.run_folder import AttemptFolder, write_atomic

logger = logging.getLogger(__name__)

KEPT = 2
"""Checkpoints that stay in an attempt's folder: one that a full disk or a power cut spoiled costs an epoch or so."""


def save_checkpoint(attempt: AttemptFolder, epoch: int, state: dict[str, Any]) -> None:
    """Write ``checkpoint-EPOCH.pt`` and remove this attempt's older ones but the newest of them.

    Args:
        attempt: the folder written to.
        epoch: epochs finished, from 1.
        state: tensors and plain values only (loaded with ``weights_only=True``).
    """
    buffer = io.BytesIO()
    torch.save({"epoch": epoch, **state}, buffer)
    write_atomic(attempt.checkpoint_file(epoch), buffer.getvalue())
    for old in attempt.checkpoints()[:-KEPT]:
        old.unlink(missing_ok=True)


def load_checkpoint(candidates: Iterable[Path]) -> dict[str, Any] | None:
    """The first checkpoint that can be read, its tensors in host memory; None without one.

    One that cannot be read is passed over with a warning in the log.
    """
    for path in candidates:
        try:
            state = torch.load(path, map_location="cpu", weights_only=True)
        except Exception as error:  # torch raises a dozen kinds for a cut or scrambled file
            logger.warning("%s cannot be read (%s); trying the one before", path, error)
            continue
        if isinstance(state, dict) and "epoch" in state:
            return state
    return None
