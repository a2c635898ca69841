"""One checkpoint protocol: a file per epoch, whole or absent, loadable without running code."""

import io
import logging
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import torch

from spreadtune.run_folder import AttemptFolder, write_atomic, writing
from spreadtune.run_folder.retention import IN_TRAINING, Policy, Watched, superfluous

logger = logging.getLogger(__name__)


def save_checkpoint(
    attempt: AttemptFolder,
    epoch: int,
    state: dict[str, Any],
    policy: Policy = "last",
    watched: Watched | None = None,
) -> None:
    """Write ``checkpoint-EPOCH.pt`` and remove those of this attempt that need not stay while it trains.

    Args:
        attempt: the folder written to; its history has the epoch.
        epoch: epochs finished, from 1.
        state: tensors and plain values only (loaded with ``weights_only=True``).
        policy: which stay beside the newest two.
        watched: what makes an epoch the best.

    Raises:
        UnwritableError: the disk is full or read-only.
    """
    buffer = io.BytesIO()
    torch.save({"epoch": epoch, **state}, buffer)
    write_atomic(attempt.checkpoint_file(epoch), buffer.getvalue(), sync=False)  # a spoiled one is passed over
    there = attempt.checkpoints()[::-1]
    with writing(attempt.path):
        for old in superfluous(there, attempt.history(), policy, watched, newest=IN_TRAINING):
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
