"""The ``model`` section: encoder, head and decoder."""

from typing import TYPE_CHECKING, Literal

from pydantic import Field

from spreadtune.spec.config import Config
from spreadtune.spec.parts import Family, NamedPart, OwnPart, Part


class ConvnetEncoder(NamedPart):
    """A small convolutional network for small images."""

    name: Literal["convnet"] = "convnet"
    embedding_dim: int = Field(64, ge=2)
    width: int = Field(16, ge=4, multiple_of=4, description="channels of the first block; doubled by each next")
    stride: Literal[1, 2] = Field(1, description="of the first convolution; 2 makes a step several times faster")
    norm: Literal["batch", "group"] = "batch"


class OwnEncoder(OwnPart):
    """A user's function ``(image_shape, **arguments) -> torch.nn.Module`` with an ``embedding_dim`` attribute."""


class NoDecoder(NamedPart):
    """No reconstruction."""

    name: Literal["none"] = "none"


class ConvDecoder(NamedPart):
    """Transposed convolutions from the features back to the image."""

    name: Literal["conv"] = "conv"
    width: int = Field(32, ge=4, multiple_of=4, description="channels of the last block; doubled by each earlier")


class OwnDecoder(OwnPart):
    """A user's function ``(embedding_dim, image_shape, **arguments) -> torch.nn.Module``."""


ENCODERS = Family("encoder", "model.encoder", OwnEncoder, (Part(ConvnetEncoder, "spreadtune.models.convnet:build"),))
DECODERS = Family(
    "decoder",
    "model.decoder",
    OwnDecoder,
    (
        Part(NoDecoder, "spreadtune.models.decoder:build_none"),
        Part(ConvDecoder, "spreadtune.models.decoder:build"),
    ),
)

if TYPE_CHECKING:
    AnyEncoder = NamedPart
    AnyDecoder = NamedPart
else:
    AnyEncoder = ENCODERS.field()
    AnyDecoder = DECODERS.field()


class ModelConfig(Config):
    """The encoder gives h; the head (none by default) gives what the contrastive terms normalize to z."""

    encoder: AnyEncoder
    head: Literal["none", "linear", "mlp"] = "none"
    head_dim: int = Field(64, ge=2, description="width of the head's output; unused without a head")
    decoder: AnyDecoder = NoDecoder()
    decoder_condition: Literal["none", "class"] = Field(
        "none", description="class: a learned class embedding is joined to h before decoding"
    )
