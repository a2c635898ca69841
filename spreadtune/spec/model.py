"""The ``model`` section: encoder, head and decoder."""

from typing import TYPE_CHECKING, Literal, Self

from pydantic import Field, StrictFloat, StrictInt, model_validator

from spreadtune.spec.config import Config
from spreadtune.spec.parts import Family, NamedPart, OwnPart, Part, is_none
from spreadtune.spec.validation_errors import error_at


class ConvnetEncoder(NamedPart):
    """A small convolutional network for small images."""

    name: Literal["convnet"] = "convnet"
    embedding_dim: StrictInt = Field(64, ge=2, description="width of h")
    width: StrictInt = Field(16, ge=4, multiple_of=4, description="channels of the first block; doubled by each next")
    stride: Literal[1, 2] = Field(1, description="of the first convolution; 2 makes a step several times faster")
    norm: Literal["batch", "group"] = Field("batch", description="group: no image's h depends on its batch")


class ResNetEncoder(NamedPart):
    """torchvision's residual networks without the classifier; h is the pooled last map."""

    norm: Literal["batch", "group"] = Field("batch", description="group: no image's h depends on its batch")
    weights: str = Field("none", min_length=1, description="none, imagenet or the path of a file with a state dict")

    @model_validator(mode="after")
    def _imagenet_has_batch_norm(self) -> Self:
        if self.weights == "imagenet" and self.norm == "group":
            raise error_at("norm", "imagenet weights were trained with batch norm; write norm: batch or weights: none")
        return self


class ResNet18Encoder(ResNetEncoder):
    """ResNet-18; h has 512 numbers."""

    name: Literal["resnet18"] = "resnet18"


class ResNet50Encoder(ResNetEncoder):
    """ResNet-50; h has 2048 numbers."""

    name: Literal["resnet50"] = "resnet50"


class ViTEncoder(NamedPart):
    """A small vision transformer; h is the class token, ``width`` numbers."""

    name: Literal["vit"] = "vit"
    patch: StrictInt = Field(4, ge=1, description="side of a patch, pixels")
    depth: StrictInt = Field(7, ge=1, description="blocks of attention and MLP")
    width: StrictInt = Field(256, ge=2, description="also of h")
    heads: StrictInt = Field(8, ge=1, description="of attention; they share the width evenly")
    mlp_ratio: StrictInt = Field(2, ge=1, description="width of the hidden layer of an MLP, in units of width")

    @model_validator(mode="after")
    def _heads_share_the_width(self) -> Self:
        if self.width % self.heads:
            raise error_at("heads", f"{self.heads} heads cannot share a width of {self.width} evenly")
        return self


class LipschitzEncoder(NamedPart):
    """A convolutional network whose h moves by ``bound`` times the distance of two images at most."""

    name: Literal["lipschitz"] = "lipschitz"
    bound: StrictFloat = Field(1.0, gt=0, description="largest |h(x) - h(y)| / |x - y|, pixels in [0, 1]")
    embedding_dim: StrictInt = Field(64, ge=2, description="width of h")
    width: StrictInt = Field(16, ge=4, multiple_of=4, description="channels of the first block; doubled by each next")


class OwnEncoder(OwnPart):
    """A user's function ``(image_shape, **arguments) -> torch.nn.Module`` with an ``embedding_dim`` attribute."""


class NoDecoder(NamedPart):
    """No reconstruction."""

    name: Literal["none"] = "none"


class ConvDecoder(NamedPart):
    """Transposed convolutions from the features back to the image."""

    name: Literal["conv"] = "conv"
    width: StrictInt = Field(32, ge=4, multiple_of=4, description="channels before the last doubling of the map")


class NoCorruption(NamedPart):
    """The encoder sees the views as they are."""

    name: Literal["none"] = "none"


class NoiseCorruption(NamedPart):
    """Gaussian noise on every pixel, clamped to [0, 1]."""

    name: Literal["noise"] = "noise"
    std: StrictFloat = Field(0.1, ge=0, description="standard deviation, pixels in [0, 1]")


class MaskCorruption(NamedPart):
    """Square patches are black."""

    name: Literal["mask"] = "mask"
    share: StrictFloat = Field(0.5, ge=0, le=1, description="probability of each patch")
    patch: StrictInt = Field(4, ge=1, description="side of a patch, pixels")


class OwnCorruption(OwnPart):
    """A user's function ``(**arguments) -> spreadtune.data.corruption.Corruption``."""


class OwnDecoder(OwnPart):
    """A user's function ``(embedding_dim, image_shape, **arguments) -> torch.nn.Module``."""


ENCODERS = Family(
    "encoder",
    "model.encoder",
    OwnEncoder,
    (
        Part(ConvnetEncoder, "spreadtune.models.convnet:build"),
        Part(ResNet18Encoder, "spreadtune.models.resnet:build"),
        Part(ResNet50Encoder, "spreadtune.models.resnet:build"),
        Part(ViTEncoder, "spreadtune.models.vit:build"),
        Part(LipschitzEncoder, "spreadtune.models.lipschitz:build"),
    ),
)
DECODERS = Family(
    "decoder",
    "model.decoder",
    OwnDecoder,
    (
        Part(NoDecoder, "spreadtune.models.decoder:build_none"),
        Part(ConvDecoder, "spreadtune.models.decoder:build"),
    ),
)
CORRUPTIONS = Family(
    "corruption",
    "model.corruption",
    OwnCorruption,
    (
        Part(NoCorruption, "spreadtune.data.corruption:build_none"),
        Part(NoiseCorruption, "spreadtune.data.corruption:Noise"),
        Part(MaskCorruption, "spreadtune.data.corruption:Mask"),
    ),
)

if TYPE_CHECKING:
    AnyEncoder = NamedPart
    AnyDecoder = NamedPart
    AnyCorruption = NamedPart
else:
    AnyEncoder = ENCODERS.field()
    AnyDecoder = DECODERS.field()
    AnyCorruption = CORRUPTIONS.field()


class ModelConfig(Config):
    """The encoder gives h; the head (none by default) gives what the contrastive terms normalize to z."""

    encoder: AnyEncoder
    head: Literal["none", "linear", "mlp"] = Field("none", description="from h to what the losses see")
    head_dim: StrictInt = Field(64, ge=2, description="width of the head's output; unused without a head")
    decoder: AnyDecoder = NoDecoder()
    decoder_condition: Literal["none", "class"] = Field(
        "none", description="class: a learned class embedding is joined to h before decoding"
    )
    corruption: AnyCorruption = Field(
        NoCorruption(),
        exclude_if=is_none,
        description="of what the encoder sees of a view that is to be reconstructed",
    )
