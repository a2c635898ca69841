"""Weights that an encoder starts from: a file's or torchvision's."""

from collections.abc import Collection, Mapping
from pathlib import Path
from typing import Any

import torch
from torch import Tensor, nn

from spreadtune.errors import UserError

PLACE = "model.encoder.weights"

_SHOWN = 3
"""Keys that a message names before it counts the rest."""

_CHECKPOINT_PREFIX = "encoder."
"""Of an encoder's keys in a trial's checkpoint, see :mod:`spreadtune.training.checkpoint`."""


def read_weights(path: Path, inner: str) -> dict[str, Tensor]:
    """The state dict in a file, by the names of an encoder that holds a network under the name ``inner``.

    The file may hold the network's state dict as torchvision names it, where the classifier (``fc.``) is passed over,
    or a trial's checkpoint, ``{"epoch": ..., "model": {"encoder. ...": ...}, ...}``, of which the encoder is taken.

    Raises:
        UserError: no such file, or none that torch can read without running code, or no state dict in it.
    """
    try:
        content = torch.load(path, map_location="cpu", weights_only=True)
    except FileNotFoundError as error:
        raise UserError(f"{PLACE}: {path}: no such file; known besides files: none, imagenet") from error
    except Exception as error:  # torch raises a dozen kinds for a file that is none of its own
        reason = (str(error).splitlines() or [type(error).__name__])[0]
        raise UserError(f"{PLACE}: {path} cannot be read: {reason}; save a state dict with torch.save") from error
    state = content.get("model", content) if isinstance(content, dict) else None
    if not isinstance(state, dict) or not state or not _is_state(state):
        raise UserError(f"{PLACE}: {path} holds no state dict; save one with torch.save(network.state_dict(), ...)")
    of_encoder = {
        key.removeprefix(_CHECKPOINT_PREFIX): value
        for key, value in state.items()
        if key.startswith(_CHECKPOINT_PREFIX)
    }
    return of_encoder or {f"{inner}.{key}": value for key, value in _without_classifier(state).items()}


def fit_weights(encoder: nn.Module, state: dict[str, Tensor], source: str, hint: str) -> None:
    """Load ``state`` into ``encoder``, all or nothing.

    Args:
        encoder: what is loaded into.
        state: as :func:`read_weights` gives it.
        source: where it comes from, for the message.
        hint: what would fit, for the message.

    Raises:
        UserError: a key is missing, unknown or of another shape.
    """
    own = encoder.state_dict()
    # Files older than the counters lack them; batch norm itself does without.
    missing = [key for key in own if key not in state and not key.endswith("num_batches_tracked")]
    misfits = [f"{key} is missing" for key in missing]
    misfits += [f"{key} is unknown" for key in state if key not in own]
    misfits += [
        f"{key} has shape {tuple(value.shape)}, not {tuple(own[key].shape)}"
        for key, value in state.items()
        if key in own and value.shape != own[key].shape
    ]
    if misfits:
        more = f", and {len(misfits) - _SHOWN} more" if len(misfits) > _SHOWN else ""
        raise UserError(f"{PLACE}: {source} does not fit: {', '.join(misfits[:_SHOWN])}{more}; {hint}")
    encoder.load_state_dict(state, strict=False)


def load_imagenet(network: nn.Module, name: str, *, fresh: Collection[str]) -> None:
    """Load torchvision's first ImageNet weights of the network called ``name``, downloaded unless they are there.

    Args:
        network: torchvision's, without its classifier.
        name: for example ``resnet18``.
        fresh: keys that keep their values.

    Raises:
        UserError: the download failed.
    """
    import torchvision  # takes seconds, and few studies need it

    weights = torchvision.models.get_model_weights(name).IMAGENET1K_V1
    try:
        state = weights.get_state_dict(progress=False, check_hash=True, weights_only=True)
    except Exception as error:  # no network, no such page, a file that is cut or another
        cached = Path(torch.hub.get_dir(), "checkpoints", weights.url.rpartition("/")[2])
        raise UserError(
            f"{PLACE}: imagenet cannot be had from {weights.url} ({error}); download it on another machine and put it "
            f"at {cached} (TORCH_HOME moves the folder) on each machine that trains"
        ) from error
    own = network.state_dict()
    network.load_state_dict(_without_classifier(state) | {key: own[key] for key in fresh})


def _without_classifier(state: Mapping[str, Tensor]) -> dict[str, Tensor]:
    return {key: value for key, value in state.items() if not key.startswith("fc.")}


def _is_state(state: Mapping[Any, Any]) -> bool:
    return all(isinstance(key, str) and isinstance(value, Tensor) for key, value in state.items())
