import subprocess
import sys
from functools import partial

import pytest
import torch
import torchvision
from pydantic import ValidationError
from torch import nn

from spreadtune.errors import UserError
from spreadtune.models import build_encoder
from spreadtune.models.resnet import ImageNetInputs
from spreadtune.spec.model import ModelConfig, ResNet18Encoder, ResNet50Encoder

COLOUR_32, COLOUR_64 = (3, 32, 32), (3, 64, 64)
IMAGES = torch.rand(2, *COLOUR_64, generator=torch.Generator().manual_seed(0))


def parameters(module: nn.Module) -> int:
    return sum(parameter.numel() for parameter in module.parameters())


@pytest.mark.parametrize(
    ("config", "shape", "count"),
    [
        (ResNet18Encoder(), COLOUR_32, 11_168_832),
        (ResNet18Encoder(), COLOUR_64, 11_689_512 - 513_000),  # as published, without its classifier
        (ResNet18Encoder(), (1, 28, 28), 11_168_832 - 2 * 64 * 9),
        (ResNet18Encoder(norm="group"), COLOUR_32, 11_168_832),
        (ResNet50Encoder(), COLOUR_64, 25_557_032 - 2_049_000),
    ],
)
def test_number_of_parameters(config, shape, count):
    assert parameters(build_encoder(config, shape)) == count


@pytest.mark.parametrize("name", ["resnet18", "resnet50"])
@pytest.mark.parametrize("norm", ["batch", "group"])
def test_it_is_torchvisions_without_the_classifier(name, norm):
    norm_layer = nn.BatchNorm2d if norm == "batch" else partial(nn.GroupNorm, 32)
    original = getattr(torchvision.models, name)(norm_layer=norm_layer)
    original.fc = nn.Identity()
    original.double()
    encoder = build_encoder(ModelConfig(encoder={"name": name, "norm": norm}).encoder, COLOUR_64).double()
    encoder.network.load_state_dict(original.state_dict())
    for mode in (True, False):
        encoder.train(mode), original.train(mode)
        torch.testing.assert_close(encoder(IMAGES.double()), original(IMAGES.double()))


@pytest.mark.parametrize(("shape", "kernel", "first_map"), [((3, 63, 80), 3, (63, 80)), ((3, 64, 64), 7, (16, 16))])
def test_small_images_keep_their_resolution_in_the_stem(shape, kernel, first_map):
    network = build_encoder(ResNet18Encoder(), shape).network
    assert network.conv1.kernel_size == (kernel, kernel)
    stem = network.maxpool(network.bn1(network.conv1(torch.rand(2, *shape))))
    assert stem.shape == (2, 64, *first_map)


@pytest.mark.slow
def test_torchvision_is_imported_only_when_it_is_built_from():
    code = "import sys, spreadtune.models.resnet, spreadtune.trial.assemble; sys.exit('torchvision' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_a_changed_stem_starts_as_torchvisions_does():
    torch.manual_seed(0)
    weight = build_encoder(ResNet18Encoder(), COLOUR_32).network.conv1.weight
    assert weight.std().item() == pytest.approx((2 / (64 * 9)) ** 0.5, rel=0.1)


class TestImageNet:
    """With a file where the download would have gone; its numbers do not matter."""

    @pytest.fixture(autouse=True)
    def hub(self, tmp_path, monkeypatch):
        monkeypatch.setenv("TORCH_HOME", str(tmp_path))
        (tmp_path / "hub/checkpoints").mkdir(parents=True)
        return tmp_path / "hub/checkpoints/resnet18-f37072fd.pth"

    @pytest.fixture
    def original(self, hub):
        original = torchvision.models.resnet18()
        torch.save(original.state_dict(), hub)
        original.fc = nn.Identity()
        return original.eval()

    def test_pixels_are_normalized_as_in_training(self, original):
        encoder = build_encoder(ResNet18Encoder(weights="imagenet"), COLOUR_64).eval()
        normalize = torchvision.transforms.Normalize([0.485, 0.456, 0.406], [0.229, 0.224, 0.225])
        torch.testing.assert_close(encoder(IMAGES), original(normalize(IMAGES)), rtol=1e-4, atol=1e-5)

    def test_a_grey_image_counts_as_its_colour_copy(self, original):
        grey, colour = (
            build_encoder(ResNet18Encoder(weights="imagenet"), (channels, 64, 64)).eval() for channels in (1, 3)
        )
        torch.testing.assert_close(grey(IMAGES[:, :1]), colour(IMAGES[:, :1].expand(-1, 3, -1, -1)))

    def test_the_small_stem_starts_fresh_and_the_rest_is_loaded(self, original):
        torch.manual_seed(0)
        fresh = build_encoder(ResNet18Encoder(), COLOUR_32).network
        torch.manual_seed(0)
        network = build_encoder(ResNet18Encoder(weights="imagenet"), COLOUR_32).network
        for name, value in network.state_dict().items():
            source = fresh if name == "conv1.weight" else original
            assert torch.equal(value, source.state_dict()[name]), name

    def test_without_network_the_message_says_where_to_put_the_file(self, hub, monkeypatch):
        def fail(*arguments, **keywords):
            raise OSError("no route to host")

        monkeypatch.setattr(torch.hub, "download_url_to_file", fail)
        with pytest.raises(
            UserError, match=r"^model\.encoder\.weights: imagenet .*no route to host.* put it at"
        ) as told:
            build_encoder(ResNet18Encoder(weights="imagenet"), COLOUR_64)
        assert str(hub) in str(told.value)

    def test_a_cut_file_in_the_cache_is_told_with_its_place(self, hub):
        hub.write_bytes(b"PK cut")
        with pytest.raises(UserError, match=r"^model\.encoder\.weights: imagenet cannot be had") as told:
            build_encoder(ResNet18Encoder(weights="imagenet"), COLOUR_64)
        assert str(hub) in str(told.value)

    def test_other_channels_are_refused(self):
        with pytest.raises(UserError, match=r"model\.encoder\.weights: imagenet needs images of 1 or 3 channels"):
            build_encoder(ResNet18Encoder(weights="imagenet"), (4, 64, 64))

    def test_group_norm_is_refused(self):
        with pytest.raises(ValidationError, match="imagenet weights were trained with batch norm"):
            ModelConfig(encoder={"name": "resnet18", "weights": "imagenet", "norm": "group"})

    def test_a_checkpoint_that_began_with_them_keeps_their_inputs(self, original, tmp_path):
        trained = build_encoder(ResNet18Encoder(weights="imagenet"), (1, 64, 64)).eval()
        state = {f"encoder.{name}": value for name, value in trained.state_dict().items()}
        torch.save({"epoch": 4, "model": state}, tmp_path / "checkpoint-0004.pt")
        config = ResNet18Encoder(weights=str(tmp_path / "checkpoint-0004.pt"))
        encoder = build_encoder(config, (1, 64, 64)).eval()
        assert isinstance(encoder.inputs, ImageNetInputs)
        assert torch.equal(encoder(IMAGES[:, :1]), trained(IMAGES[:, :1]))
