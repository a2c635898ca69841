"""Corruption of what an autoencoder sees: its contract, and what noise and masks do."""

from typing import Any

import numpy as np
import pytest
import torch

from spreadtune.data.corruption import Corruption, build_corruption, corrupt
from spreadtune.data.views import Views
from spreadtune.errors import UserError
from spreadtune.spec.model import CORRUPTIONS, MaskCorruption, NoCorruption, NoiseCorruption
from spreadtune.testing import CorruptionContract
from tests.small_trial import AUTOENCODER, epoch_trainer, small_trial

CONFIGS = [part.config() for part in CORRUPTIONS.parts if part.name != "none"]


class TestCorruptions(CorruptionContract):
    @pytest.fixture(autouse=True, params=CONFIGS, ids=lambda config: config.name)
    def given(self, request: Any) -> None:
        self.part = request.param.model_dump()

    @pytest.fixture(autouse=True, params=[(3, 8, 8), (1, 30, 34)], ids=str)
    def shape(self, request: Any) -> None:
        self.image_shape = request.param


def views_of(pixels: torch.Tensor) -> Views:
    return Views(pixels, pixels)


def corrupted(config: Any, pixels: torch.Tensor) -> torch.Tensor:
    corruption = build_corruption(config)
    assert corruption is not None
    batch, generator = pixels.shape[1], torch.Generator().manual_seed(0)
    found = corrupt(views_of(pixels), corruption, batch, slice(None), generator)
    assert found.targets is pixels
    return found.inputs


def test_none_corrupts_nothing() -> None:
    assert build_corruption(NoCorruption()) is None


def test_noise_has_its_standard_deviation_and_no_mean() -> None:
    noise = corrupted(NoiseCorruption(std=0.05), torch.full((2, 50, 3, 16, 16), 0.5)) - 0.5
    n = noise.numel()
    assert abs(float(noise.mean())) < 4 * 0.05 / n**0.5
    assert float(noise.std()) == pytest.approx(0.05, rel=4 / (2 * n) ** 0.5)


def test_noise_of_no_width_changes_nothing() -> None:
    pixels = torch.rand(2, 4, 3, 8, 8, generator=torch.Generator().manual_seed(0))
    assert torch.equal(corrupted(NoiseCorruption(std=0.0), pixels), pixels)


@pytest.mark.parametrize(("patch", "height", "width"), [(4, 8, 8), (3, 8, 10), (16, 8, 8), (1, 5, 5)])
def test_patches_are_black_or_whole(patch: int, height: int, width: int) -> None:
    """Patch by patch, in loops."""
    pixels = 0.1 + 0.9 * torch.rand(2, 60, 3, height, width, generator=torch.Generator().manual_seed(0))
    found = corrupted(MaskCorruption(share=0.3, patch=patch), pixels).numpy()
    black = []
    for top in range(0, height, patch):
        for left in range(0, width, patch):
            place = np.s_[..., top : top + patch, left : left + patch]
            dark = (found[place] == 0).all(axis=(2, 3, 4))
            whole = (found[place] == pixels.numpy()[place]).all(axis=(2, 3, 4))
            assert (dark ^ whole).all()
            black.append(dark)
    share = float(np.mean(black))
    assert share == pytest.approx(0.3, abs=4 * (0.3 * 0.7 / np.size(black)) ** 0.5)


@pytest.mark.parametrize(("share", "seen"), [(0.0, 1.0), (1.0, 0.0)])
def test_all_or_nothing_is_masked(share: float, seen: float) -> None:
    assert (corrupted(MaskCorruption(share=share), torch.ones(2, 4, 1, 8, 8)) == seen).all()


def test_settings_share_what_is_drawn() -> None:
    """What a lower share masks a higher one masks, too."""
    pixels = torch.ones(2, 8, 1, 8, 8)
    few, many = (corrupted(MaskCorruption(share=share, patch=2), pixels) for share in (0.2, 0.6))
    assert ((many == 1) <= (few == 1)).all()


def test_an_encoder_sees_corrupted_views_and_reconstructs_them_whole() -> None:
    plain, masked = (_first_views(AUTOENCODER | changes) for changes in ({}, {"model.corruption": "mask"}))
    assert torch.equal(plain.targets, masked.targets)
    assert float((masked.inputs == 0).float().mean()) > float((plain.inputs == 0).float().mean()) + 0.2
    kept = masked.inputs != 0
    assert torch.equal(masked.inputs[kept], plain.inputs[kept])


def test_where_nothing_is_reconstructed_nothing_is_corrupted() -> None:
    plain, unused = (_first_views(changes) for changes in ({}, {"model.corruption": "mask"}))
    assert torch.equal(plain.inputs, unused.inputs)


def _first_views(changes: dict[str, Any]) -> Views:
    """Of the first batch of a small trial."""
    trainer, found = epoch_trainer(small_trial(changes)), []
    trainer.step.register_forward_pre_hook(lambda module, arguments: found.append(arguments[0]))
    trainer.train_epoch(1)
    first: Views = found[0]
    return first


def test_an_own_corruption_is_built_with_its_arguments(own_part: Any) -> None:
    class Dim(Corruption[Any]):
        def __init__(self, *, to: float) -> None:
            self.to = to

        def draw(self, shape: torch.Size, generator: torch.Generator) -> Any:
            return build_corruption(NoiseCorruption()).draw(shape, generator)  # type: ignore[union-attr]

        def apply(self, pixels: torch.Tensor, draws: Any) -> torch.Tensor:
            return self.to * pixels

    config = small_trial({"model.corruption": {"name": own_part(Dim), "to": 0.25}}).model.corruption
    assert (corrupted(config, torch.ones(2, 4, 1, 8, 8)) == 0.25).all()


def test_what_is_no_corruption_is_refused(own_part: Any) -> None:
    config = small_trial({"model.corruption": {"name": own_part(lambda: "dark")}}).model.corruption
    with pytest.raises(UserError, match=r"model.corruption: .* returned str; return a spreadtune"):
        build_corruption(config)


def test_the_key_stays_out_of_files_that_have_none() -> None:
    assert "corruption" not in small_trial().model.model_dump()
    assert small_trial({"model.corruption": "noise"}).model.model_dump()["corruption"]["std"] == 0.1
