import pytest
import torch
import torchvision

from spreadtune.errors import UserError
from spreadtune.models import build_encoder
from spreadtune.spec.model import ResNet18Encoder

SHAPE = (3, 64, 64)
IMAGES = torch.rand(2, *SHAPE, generator=torch.Generator().manual_seed(0))


@pytest.fixture
def file(tmp_path):
    return tmp_path / "weights.pt"


def encoder_from(file, shape=SHAPE, **values):
    return build_encoder(ResNet18Encoder(weights=str(file), **values), shape).eval()


def test_torchvisions_names_are_read_and_the_classifier_passed_over(file):
    original = torchvision.models.resnet18(num_classes=7)
    torch.save(original.state_dict(), file)
    network = encoder_from(file).network
    assert all(torch.equal(value, original.state_dict()[name]) for name, value in network.state_dict().items())


def test_a_trials_checkpoint_gives_its_encoder(file):
    trained = build_encoder(ResNet18Encoder(), (1, 28, 28)).eval()
    state = {f"encoder.{name}": value for name, value in trained.state_dict().items()}
    torch.save({"epoch": 4, "model": {**state, "head.weight": torch.ones(2, 512)}, "optimizer": {"state": {}}}, file)
    images = torch.rand(2, 1, 28, 28)
    encoder = encoder_from(file, (1, 28, 28))
    assert torch.equal(encoder(images), trained(images))
    assert encoder.network.conv1.weight.is_contiguous(memory_format=torch.channels_last)


def test_files_older_than_the_counters_of_batch_norm_fit(file):
    state = torchvision.models.resnet18().state_dict()
    torch.save({name: value for name, value in state.items() if "num_batches" not in name}, file)
    assert torch.equal(encoder_from(file).network.layer1[0].bn1.weight, state["layer1.0.bn1.weight"])


def test_a_missing_file(file):
    with pytest.raises(UserError, match=r"^model\.encoder\.weights: .*weights\.pt: no such file; known besides files"):
        encoder_from(file)


@pytest.mark.parametrize("content", [b"", b"no tensors here", b"PK\x03\x04 cut"])
def test_a_file_that_torch_cannot_read(file, content):
    file.write_bytes(content)
    with pytest.raises(UserError, match=r"^model\.encoder\.weights: .* cannot be read: .*; save a state dict"):
        encoder_from(file)


class Harmful:
    def __reduce__(self):
        return (print, ("code of a file was run",))


def test_no_code_of_a_file_is_run(file, capsys):
    torch.save({"model": Harmful()}, file)
    with pytest.raises(UserError, match=r"^model\.encoder\.weights: .* cannot be read"):
        encoder_from(file)
    assert capsys.readouterr().out == ""


@pytest.mark.parametrize("content", [[], {}, {"model": 3}, {"epoch": 4}, torch.ones(2)])
def test_a_file_without_a_state_dict(file, content):
    torch.save(content, file)
    with pytest.raises(UserError, match=r"^model\.encoder\.weights: .* holds no state dict"):
        encoder_from(file)


def test_what_does_not_fit_is_named_and_counted(file):
    state = torchvision.models.resnet18().state_dict()
    del state["bn1.weight"]
    torch.save(state | {"layer9.weight": torch.ones(1)}, file)
    with pytest.raises(UserError) as told:
        encoder_from(file, (1, 32, 32))
    assert str(told.value) == (
        f"model.encoder.weights: {file} does not fit: network.bn1.weight is missing, network.layer9.weight is unknown, "
        "network.conv1.weight has shape (64, 3, 7, 7), not (64, 1, 3, 3); "
        "resnet18 with norm: batch for images of 1x32x32 is needed"
    )


def test_another_norm_does_not_fit(file):
    torch.save(torchvision.models.resnet18().state_dict(), file)
    with pytest.raises(UserError, match=r"running_mean is unknown, .*, and \d+ more; resnet18 with norm: group"):
        encoder_from(file, norm="group")
