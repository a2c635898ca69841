"""Every claim about encoders and decoders fails for a network that breaks it, and says of which and what."""

import pytest
import torch
from torch import nn

from spreadtune.testing import DecoderContract, EncoderContract
from tests.testing.failing import claims, failures


class Sound(nn.Module):
    """A linear encoder: each of what follows is it but for one line."""

    def __init__(self, image_shape=(1, 8, 8)):
        super().__init__()
        self.embedding_dim = 16
        self.layers = nn.Sequential(nn.Flatten(), nn.Linear(64, 16))

    def forward(self, images):
        return self.layers(images)


class Wider(Sound):
    def __init__(self, image_shape=(1, 8, 8)):
        super().__init__()
        self.embedding_dim = 17


class Unused(Sound):
    def __init__(self, image_shape=(1, 8, 8)):
        super().__init__()
        self.unused = nn.Linear(2, 2)


class Dead(Sound):
    def forward(self, images):
        return super().forward(images) * torch.tensor([0.0] + 15 * [1.0])


class Centred(Sound):
    def forward(self, images):
        h = super().forward(images)
        return h - h.mean(0)


class Noisy(Sound):
    def forward(self, images):
        return super().forward(images) + 1e-3 * torch.randn(len(images), 1)


class Counting(Sound):
    def __init__(self, image_shape=(1, 8, 8)):
        super().__init__()
        self.register_buffer("calls", torch.zeros(()))

    def forward(self, images):
        self.calls += 1
        return super().forward(images)


class OtherWithoutGraph(Sound):
    def forward(self, images):
        return super().forward(images) * (1.0 if torch.is_grad_enabled() else 1.01)


class Normalized(Sound):
    def __init__(self, image_shape=(1, 8, 8)):
        super().__init__()
        self.layers.append(nn.BatchNorm1d(16))


class Forgetful(Sound):
    def __init__(self, image_shape=(1, 8, 8)):
        super().__init__()
        self.register_buffer("shift", torch.randn(16), persistent=False)

    def forward(self, images):
        return super().forward(images) + self.shift


class OwnRandomness(Sound):
    def __init__(self, image_shape=(1, 8, 8)):
        super().__init__()
        nn.init.normal_(self.layers[1].weight, generator=torch.Generator().manual_seed(torch.seed()))


class Given(Sound):
    """As a pretrained one."""

    def __init__(self, image_shape=(1, 8, 8)):
        super().__init__()
        for value in self.parameters():
            nn.init.normal_(value, generator=torch.Generator().manual_seed(0))


class Frozen(Sound):
    def __init__(self, image_shape=(1, 8, 8)):
        super().__init__()
        self.first = nn.Linear(64, 64).requires_grad_(False)

    def forward(self, images):
        return super().forward(self.first(images.flatten(1)))


class Cancelling(Sound):
    def forward(self, images):
        h = super().forward(images)
        return (h + 1000) - 1000 + 0 * h if h.dtype == torch.float32 else (h + 1000) - 1000


class NotFinite(Sound):
    def forward(self, images):
        return super().forward(images) / (images.mean((1, 2, 3)) * 0)[:, None]


ENCODERS = [
    (Wider, "embeddings_are_float_rows_of_the_stated_width", r"\(4, 16\) where \(4, 17\) is expected"),
    (NotFinite, "embeddings_are_float_rows_of_the_stated_width", "not finite"),
    (Unused, "the_gradient_reaches_every_parameter", "unused.weight has no part in the output"),
    (Centred, "evaluation_treats_every_row_for_itself_and_leaves_no_trace", "depends on the other rows"),
    (Noisy, "evaluation_treats_every_row_for_itself_and_leaves_no_trace", "in evaluation mode"),
    (Counting, "evaluation_treats_every_row_for_itself_and_leaves_no_trace", "evaluation changes calls"),
    (OtherWithoutGraph, "the_graph_does_not_change_what_evaluation_sees", "under torch.no_grad"),
    (Normalized, "training_mixes_rows_only_where_it_says_so", "batch_statistics = True"),
    (Forgetful, "a_saved_state_gives_the_same_output", "does not hold all of it"),
    (OwnRandomness, "the_seed_decides_the_initialization", "layers.1.weight differs under one seed"),
    (Given, "the_seed_decides_the_initialization", "drawn_weights = False"),
    (Given, "a_saved_state_gives_the_same_output", "two seeds give one network"),
    (Cancelling, "bfloat16_gives_nearly_the_same", "relative to its length"),
]


def contract(base, kind, **attributes):
    return type(f"Test{kind.__name__}", (base,), {"build": lambda self: kind(), **attributes})()


@pytest.mark.parametrize(("kind", "claim", "message"), ENCODERS, ids=lambda value: getattr(value, "__name__", ""))
def test_a_broken_encoder_is_told(kind, claim, message):
    with pytest.raises(AssertionError, match=message) as failure:
        getattr(contract(EncoderContract, kind), f"test_{claim}")()
    assert str(failure.value).startswith(f"encoder Test{kind.__name__}: ")


def test_every_claim_about_encoders_can_fail():
    assert {f"test_{claim}" for _, claim, _ in ENCODERS} == claims(EncoderContract)


@pytest.mark.parametrize(
    ("kind", "attributes"),
    [
        (Sound, {}),
        (Normalized, {"batch_statistics": True}),
        (Given, {"drawn_weights": False}),
        (Frozen, {}),
        (lambda: nn.Sequential(Sound(), nn.Dropout(0.3)), {}),
    ],
    ids=["sound", "batch norm", "given", "frozen", "dropout"],
)
def test_a_sound_encoder_keeps_all_of_it(kind, attributes):
    def build():
        encoder = kind()
        encoder.embedding_dim = 16
        return encoder

    assert failures(contract(EncoderContract, build, **attributes)) == {}


def test_batch_statistics_that_are_not_there_are_told():
    with pytest.raises(AssertionError, match="leave that out"):
        contract(EncoderContract, Sound, batch_statistics=True).test_training_mixes_rows_only_where_it_says_so()


def test_an_encoder_that_cannot_be_built_is_told():
    contract = type("TestIt", (EncoderContract,), {"part": "convnet", "image_shape": (1, 4, 4)})()
    with pytest.raises(AssertionError, match=r"^encoder convnet: model.encoder: convnet needs images of at least 8x8"):
        contract.test_the_seed_decides_the_initialization()


class Painter(nn.Module):
    def __init__(self):
        super().__init__()
        self.layers = nn.Sequential(nn.Linear(10, 64), nn.Sigmoid(), nn.Unflatten(1, (1, 8, 8)))

    def forward(self, features):
        return self.layers(features)


class Brighter(Painter):
    def forward(self, features):
        return 2 * super().forward(features)


class Upright(Painter):
    def forward(self, features):
        return super().forward(features).expand(-1, 3, -1, -1)


class LooksAtHalf(Painter):
    def forward(self, features):
        return super().forward(torch.cat([features[:3], features[3:].detach()]))


class Coarse(Painter):
    def forward(self, features):
        pixels = super().forward(features)
        return pixels if pixels.dtype == torch.float32 and not torch.is_autocast_enabled("cpu") else pixels * 0.9


DECODERS = [
    (Brighter, "reconstructions_are_pixels_of_the_image_shape", r"they lie in \[0, 1\]"),
    (Upright, "reconstructions_are_pixels_of_the_image_shape", r"\(6, 3, 8, 8\) where \(6, 1, 8, 8\) is expected"),
    (LooksAtHalf, "the_gradient_reaches_the_features_of_every_image", "learns nothing from it"),
    (Coarse, "bfloat16_gives_nearly_the_same", "in bfloat16 it gives other pixels"),
]


@pytest.mark.parametrize(("kind", "claim", "message"), DECODERS, ids=lambda value: getattr(value, "__name__", ""))
def test_a_broken_decoder_is_told(kind, claim, message):
    with pytest.raises(AssertionError, match=message) as failure:
        getattr(contract(DecoderContract, kind), f"test_{claim}")()
    assert str(failure.value).startswith(f"decoder Test{kind.__name__}: ")


def test_every_claim_about_decoders_alone_can_fail():
    assert {f"test_{claim}" for _, claim, _ in DECODERS} == {
        name for name in claims(DecoderContract) if name in vars(DecoderContract)
    }


def test_a_sound_decoder_keeps_all_of_it():
    assert failures(contract(DecoderContract, Painter)) == {}
