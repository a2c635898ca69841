import pytest
import torch
from torch import nn

from spreadtune.evaluation.representations import raw_pixels, represent


class Encoder(nn.Sequential):
    def __init__(self) -> None:
        super().__init__(nn.Conv2d(1, 3, 3), nn.BatchNorm2d(3), nn.Dropout(0.5), nn.Flatten())


@pytest.fixture
def encoder():
    torch.manual_seed(0)
    return Encoder()


@pytest.fixture
def images():
    return torch.randint(256, (10, 1, 4, 4), generator=torch.Generator().manual_seed(0), dtype=torch.uint8)


LABELS = torch.arange(10)


def test_clean_images_in_evaluation_mode(encoder, images):
    head = nn.Linear(12, 5)
    found = represent(encoder, head, [images], LABELS // 2, LABELS)
    expected = encoder.eval()(images.float() / 255)
    torch.testing.assert_close(found.features, expected)
    torch.testing.assert_close(found.embeddings, head(expected))
    assert not found.features.requires_grad
    assert torch.equal(found.classes, LABELS // 2)
    assert torch.equal(found.subclasses, LABELS)


@pytest.mark.parametrize("batch_size", [1, 3, 100])
def test_batches_change_nothing(encoder, images, batch_size):
    whole = represent(encoder, nn.Identity(), [images], LABELS, LABELS)
    parts = represent(encoder, nn.Identity(), images.split(batch_size), LABELS, LABELS)
    torch.testing.assert_close(parts.features, whole.features)


def test_autocast_outside_does_not_lower_the_precision(encoder, images):
    plain = represent(encoder, nn.Identity(), [images], LABELS, LABELS)
    with torch.autocast("cpu", dtype=torch.bfloat16):
        inside = represent(encoder, nn.Identity(), [images], LABELS, LABELS)
    assert inside.features.dtype == torch.float32
    assert torch.equal(inside.features, plain.features)


def test_every_module_returns_to_its_mode(encoder, images):
    encoder.train()
    encoder[1].eval()  # a frozen normalization in a network that trains
    represent(encoder, nn.Identity(), [images], LABELS, LABELS)
    assert [part.training for part in encoder] == [True, False, True, True]
    assert encoder.training


def test_modes_return_after_a_failure_too(encoder, images):
    with pytest.raises(RuntimeError):
        represent(encoder.train(), nn.Linear(1, 1), [images], LABELS, LABELS)
    assert encoder[1].training


def test_running_statistics_are_left_alone(encoder, images):
    before = encoder[1].running_mean.clone()
    represent(encoder.train(), nn.Identity(), [images], LABELS, LABELS)
    assert torch.equal(encoder[1].running_mean, before)


def test_raw_pixels_are_the_images_in_rows(images):
    pixels = raw_pixels(images, LABELS, LABELS).features
    assert pixels.shape == (10, 16)
    torch.testing.assert_close(pixels[3, 5], images[3, 0, 1, 1] / 255)
