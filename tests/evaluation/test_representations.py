import pytest
import torch
from torch import nn

from spreadtune.data.labels import Labels
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
    features, embeddings = represent(encoder, head, [images])
    expected = encoder.eval()(images.float() / 255)
    torch.testing.assert_close(features, expected)
    torch.testing.assert_close(embeddings, head(expected))
    assert not features.requires_grad


def test_without_a_head_both_are_one_tensor(encoder, images):
    features, embeddings = represent(encoder, nn.Identity(), [images])
    assert features is embeddings


@pytest.mark.parametrize("batch_size", [1, 3, 100])
def test_batches_change_nothing(encoder, images, batch_size):
    whole, _ = represent(encoder, nn.Identity(), [images])
    parts, _ = represent(encoder, nn.Identity(), images.split(batch_size))
    torch.testing.assert_close(parts, whole)


def test_autocast_outside_does_not_lower_the_precision(encoder, images):
    head = nn.Linear(12, 5)
    plain = represent(encoder, head, [images])
    with torch.autocast("cpu", dtype=torch.bfloat16):
        inside = represent(encoder, head, [images])
    for autocast, expected in zip(inside, plain, strict=True):
        assert autocast.dtype == torch.float32
        assert torch.equal(autocast, expected)


def test_every_module_returns_to_its_mode(encoder, images):
    encoder.train()
    encoder[1].eval()  # a frozen normalization in a network that trains
    represent(encoder, nn.Identity(), [images])
    assert [part.training for part in encoder] == [True, False, True, True]
    assert encoder.training


def test_modes_return_after_a_failure_too(encoder, images):
    with pytest.raises(RuntimeError):
        represent(encoder.train(), nn.Linear(1, 1), [images])
    assert encoder[1].training


def test_running_statistics_are_left_alone(encoder, images):
    before = encoder[1].running_mean.clone()
    represent(encoder.train(), nn.Identity(), [images])
    assert torch.equal(encoder[1].running_mean, before)


def test_raw_pixels_are_the_images_in_rows(images):
    pixels = raw_pixels(images, Labels(LABELS, LABELS)).features
    assert pixels.shape == (10, 16)
    torch.testing.assert_close(pixels[3, 5], images[3, 0, 1, 1] / 255)
