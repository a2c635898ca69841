"""A small vision transformer, of the size of the reference paper's."""

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from spreadtune.errors import UserError
from spreadtune.models.encoder import Encoder
from spreadtune.spec.model import ViTEncoder

_STD = 0.02
"""Of every initial weight but the patch embedding's, as in the original (Dosovitskiy et al. 2021)."""


class VisionTransformer(Encoder):
    """Patches as tokens, a class token in front, pre-norm blocks of attention and MLP; h is the class token.

    With P patches x_p, patch embedding E, class token c and learned positions q (P + 1, width):

        t = [c, E x_1, ..., E x_P] + q
        t = t + attention(norm(t));  t = t + mlp(norm(t))        depth times
        h = norm(t)[0]

    The defaults (7 blocks, width 256, 8 heads, MLPs twice as wide, patches of 4x4, class token, learned positions) are
    the reference code's (HazyResearch/thanos-code). Left out are its dropout, in all forms, and its norm after the
    patch embedding; added is the usual linear map after attention, which it lacks. Source: Dosovitskiy et al. 2021,
    arXiv 2010.11929.

    Args:
        config: sizes.
        image_shape: (C, H, W), sides divisible by ``config.patch``.
    """

    def __init__(self, config: ViTEncoder, image_shape: tuple[int, int, int]) -> None:
        super().__init__()
        channels, height, width = image_shape
        patches = (height // config.patch) * (width // config.patch)
        self.embedding_dim = config.width
        self.patches = nn.Conv2d(channels, config.width, config.patch, stride=config.patch)
        self.class_token = nn.Parameter(torch.empty(1, 1, config.width))
        self.positions = nn.Parameter(torch.empty(1, patches + 1, config.width))
        self.blocks = nn.Sequential(*(Block(config.width, config.heads, config.mlp_ratio) for _ in range(config.depth)))
        self.norm = nn.LayerNorm(config.width)
        _initialize(self)

    def forward(self, images: Tensor) -> Tensor:
        """Pixels (N, C, H, W) to h (N, width)."""
        patches = self.patches(images).flatten(2).transpose(1, 2)
        tokens = torch.cat([self.class_token.expand(len(images), -1, -1), patches], dim=1) + self.positions
        h: Tensor = self.norm(self.blocks(tokens)[:, 0])
        return h


class Block(nn.Module):
    """Attention among the tokens, then an MLP on each; both read normalized tokens and are added to them."""

    def __init__(self, width: int, heads: int, mlp_ratio: int) -> None:
        super().__init__()
        self.attention_norm = nn.LayerNorm(width)
        self.attention = Attention(width, heads)
        self.mlp_norm = nn.LayerNorm(width)
        self.mlp = nn.Sequential(nn.Linear(width, mlp_ratio * width), nn.GELU(), nn.Linear(mlp_ratio * width, width))

    def forward(self, tokens: Tensor) -> Tensor:
        """Tokens (N, T, width) to the same shape."""
        tokens = tokens + self.attention(self.attention_norm(tokens))
        mixed: Tensor = tokens + self.mlp(self.mlp_norm(tokens))
        return mixed


class Attention(nn.Module):
    """softmax(Q K' / sqrt(d)) V for each head, d = width / heads, and a linear map of the heads side by side.

    Written over ``scaled_dot_product_attention`` and not ``nn.MultiheadAttention``, whose evaluation takes another path
    than its training and differs from it in the last digits.
    """

    def __init__(self, width: int, heads: int) -> None:
        super().__init__()
        self.heads = heads
        # No bias, as in the reference code: the keys' would cancel in the softmax and never learn.
        self.queries_keys_values = nn.Linear(width, 3 * width, bias=False)
        self.output = nn.Linear(width, width)

    def forward(self, tokens: Tensor) -> Tensor:
        """Tokens (N, T, width) to the same shape."""
        joint = self.queries_keys_values(tokens).unflatten(2, (3, self.heads, -1))
        queries, keys, values = joint.permute(2, 0, 3, 1, 4)  # each (N, heads, T, d)
        attended = F.scaled_dot_product_attention(queries, keys, values)
        mixed: Tensor = self.output(attended.transpose(1, 2).flatten(2))
        return mixed


def build(config: ViTEncoder, image_shape: tuple[int, int, int]) -> VisionTransformer:
    """A :class:`VisionTransformer` for images of ``image_shape`` (C, H, W).

    Raises:
        UserError: a side is no multiple of the patch's.
    """
    _, height, width = image_shape
    if height % config.patch or width % config.patch:
        raise UserError(
            f"model.encoder.patch: vit cuts images into patches of {config.patch}x{config.patch} pixels, these have "
            f"{height}x{width}; choose a patch that divides both sides"
        )
    return VisionTransformer(config, image_shape).to(memory_format=torch.channels_last)


def _initialize(encoder: VisionTransformer) -> None:
    """Weights from normal distributions cut at two standard deviations, biases 0.

    The patch embedding's standard deviation is 1 / sqrt(pixels of a patch, all channels), as torchvision's is: at 0.02
    the content of a small patch drowns in its position, and digits in 2x2 patches do not begin to be learned.
    """
    for module in encoder.modules():
        if isinstance(module, nn.Linear | nn.Conv2d):
            std = module.weight[0].numel() ** -0.5 if module is encoder.patches else _STD
            _draw(module.weight, std)
            if module.bias is not None:
                nn.init.zeros_(module.bias)
    _draw(encoder.class_token, _STD)
    _draw(encoder.positions, _STD)


def _draw(values: Tensor, std: float) -> None:
    nn.init.trunc_normal_(values, std=std, a=-2 * std, b=2 * std)
