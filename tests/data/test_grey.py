from math import cos, floor, radians, sin

import numpy as np
import pytest
import torch

from spreadtune.data.grey import build, draw_placements
from spreadtune.spec.data import GreyAugmentation

STILL = GreyAugmentation(rotation=0, scale=0, translation=0, crop=1, noise=0)


def stream(seed: int = 0) -> torch.Generator:
    return torch.Generator().manual_seed(seed)


def pictures(count: int, channels: int, height: int, width: int) -> torch.Tensor:
    return torch.randint(256, (count, channels, height, width), generator=stream(1), dtype=torch.uint8)


def pixel_at(image: np.ndarray, x: float, y: float) -> np.ndarray:
    """Bilinear lookup in pixel units (pixel centres at whole numbers), black outside."""
    _, height, width = image.shape
    value = np.zeros(len(image))
    for column in (floor(x), floor(x) + 1):
        for row in (floor(y), floor(y) + 1):
            if 0 <= column < width and 0 <= row < height:
                value += (1 - abs(x - column)) * (1 - abs(y - row)) * image[:, row, column]
    return value


def slow_view(image: np.ndarray, angle, scale, shift, side, centre) -> np.ndarray:
    """One view pixel by pixel: crop, then undo shift, rotation and scale, in pixels from the centre."""
    _, height, width = image.shape
    view = np.zeros(image.shape)
    for row in range(height):
        for column in range(width):
            x = side * (column + 0.5 - width / 2) + centre[0] * width / 2 - shift[0] * width / 2
            y = side * (row + 0.5 - height / 2) + centre[1] * height / 2 - shift[1] * height / 2
            x, y = cos(angle) * x + sin(angle) * y, -sin(angle) * x + cos(angle) * y
            view[:, row, column] = pixel_at(image, x / scale + (width - 1) / 2, y / scale + (height - 1) / 2)
    return view


@pytest.mark.parametrize("shape", [(1, 8, 8), (2, 9, 12)])
@pytest.mark.parametrize("config", [GreyAugmentation(), GreyAugmentation(rotation=180, scale=0.6, crop=0.2)])
def test_targets_equal_a_pixel_by_pixel_lookup(shape, config):
    images, views = pictures(5, *shape), 3
    targets = build(config)(images, views, stream()).targets.flatten(0, 1).numpy()
    placements = draw_placements(config, views, len(images), stream())
    for m, target in enumerate(targets):
        drawn = [tensor.flatten(0, 1)[m].tolist() for tensor in vars(placements).values()]
        slow = slow_view(images[m % len(images)].numpy() / 255, *drawn)
        np.testing.assert_allclose(target, slow, atol=2e-5)


def test_no_change_gives_the_image_itself():
    images = pictures(4, 1, 8, 8)
    views = build(STILL)(images, 2, stream())
    torch.testing.assert_close(views.targets, (images / 255).expand(2, -1, -1, -1, -1))
    torch.testing.assert_close(views.inputs, views.targets)


def test_a_quarter_turn_carries_the_right_side_to_the_bottom():
    config = STILL.model_copy(update={"rotation": 90.0})
    images = torch.zeros(400, 1, 8, 8, dtype=torch.uint8)
    images[..., 3:5, 7] = 255
    placements = draw_placements(config, 1, 400, stream())
    nearly = int((placements.angle - radians(90)).abs().argmin())
    target = build(config)(images, 1, stream()).targets[0, nearly, 0]
    assert target[7, 3:5].min() > 0.9
    assert target.sum() == pytest.approx(2, abs=0.05)


def test_draws_are_uniform_in_their_ranges():
    config = GreyAugmentation(rotation=20, scale=0.2, translation=0.1, crop=0.6)
    drawn = draw_placements(config, 1, 20_000, stream())
    room = 1 - drawn.side  # a crop of this side leaves so much to either side
    unit = {
        "angle": drawn.angle / radians(20),
        "scale": (drawn.scale - 1) / 0.2,
        "shift x": drawn.shift[..., 0] / 0.2,  # a tenth of a side that is 2 long
        "shift y": drawn.shift[..., 1] / 0.2,
        "side": (drawn.side - 0.8) / 0.2,
        "centre x": drawn.centre[..., 0] / room,
        "centre y": drawn.centre[..., 1] / room,
    }
    quantiles = torch.linspace(0, 1, 11)
    for name, values in unit.items():
        # Uniform on [-1, 1]: the empirical deciles have a standard deviation below .007.
        worst = (values.quantile(quantiles) - (2 * quantiles - 1)).abs().max()
        assert worst < 0.035, name
    assert torch.corrcoef(torch.cat(list(unit.values()))).fill_diagonal_(0).abs().max() < 0.035


def test_every_view_of_every_image_is_drawn_for_itself():
    images = pictures(1, 1, 8, 8).expand(6, -1, -1, -1)  # one image six times over
    flat = build(GreyAugmentation(noise=0))(images, 2, stream()).targets.flatten(0, 1).flatten(1)
    distances = torch.cdist(flat, flat) + torch.eye(12)
    assert distances.min() > 1e-3


def test_the_seed_alone_decides_the_views():
    augment, images = build(GreyAugmentation()), pictures(4, 1, 8, 8)
    assert torch.equal(augment(images, 2, stream(3)).inputs, augment(images, 2, stream(3)).inputs)
    assert not torch.equal(augment(images, 2, stream(3)).inputs, augment(images, 2, stream(4)).inputs)


def test_noise_is_added_to_inputs_only():
    images = torch.full((50, 1, 8, 8), 128, dtype=torch.uint8)
    quiet = build(STILL)(images, 2, stream())
    noisy = build(STILL.model_copy(update={"noise": 0.1}))(images, 2, stream())
    assert torch.equal(noisy.targets, quiet.targets)
    noise = noisy.inputs - noisy.targets
    assert noise.mean().item() == pytest.approx(0, abs=0.005)
    assert noise.std().item() == pytest.approx(0.1, rel=0.05)


def test_noisy_inputs_stay_pixels():
    images = torch.tensor([0, 255], dtype=torch.uint8).repeat(32).view(1, 1, 8, 8)
    inputs = build(STILL.model_copy(update={"noise": 1.0}))(images, 2, stream()).inputs
    assert (inputs.min(), inputs.max()) == (0, 1)
