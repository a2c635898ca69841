import math

import pytest
import torch
from pydantic import ValidationError

from spreadtune.errors import UserError
from spreadtune.models.vit import build
from spreadtune.spec.model import ModelConfig, ViTEncoder


def gelu(x):
    return x * (1 + math.erf(x / math.sqrt(2))) / 2


def normalized(row, norm):
    mean, variance = row.mean(), row.var(correction=0)
    return (row - mean) / (variance + norm.eps).sqrt() * norm.weight + norm.bias


def attended(tokens, attention, width, heads):
    """Attention written out for every head, token and pair."""
    queries, keys, values = (tokens @ part.T for part in attention.queries_keys_values.weight.split(width))
    size = width // heads
    joined = torch.zeros_like(tokens)
    for head in range(heads):
        of_head = slice(head * size, (head + 1) * size)
        for i in range(len(tokens)):
            scores = [math.exp(queries[i, of_head] @ key[of_head] / math.sqrt(size)) for key in keys]
            joined[i, of_head] = sum(s * value[of_head] for s, value in zip(scores, values, strict=True)) / sum(scores)
    return joined @ attention.output.weight.T + attention.output.bias


def slow_forward(encoder, image, patch, width, heads):
    _, height, side = image.shape
    tokens = [encoder.class_token[0, 0]]
    for top in range(0, height, patch):
        for left in range(0, side, patch):
            pixels = image[:, top : top + patch, left : left + patch]
            tokens.append((encoder.patches.weight * pixels).sum(dim=(1, 2, 3)) + encoder.patches.bias)
    tokens = torch.stack(tokens) + encoder.positions[0]
    for block in encoder.blocks:
        rows = torch.stack([normalized(row, block.attention_norm) for row in tokens])
        tokens = tokens + attended(rows, block.attention, width, heads)
        first, _, last = block.mlp
        hidden = torch.stack([normalized(row, block.mlp_norm) for row in tokens]) @ first.weight.T + first.bias
        tokens = tokens + hidden.clone().apply_(gelu) @ last.weight.T + last.bias
    return normalized(tokens[0], encoder.norm)


@torch.no_grad()
def test_it_is_the_transformer_written_out():
    torch.manual_seed(0)
    config = ViTEncoder(patch=2, depth=2, width=6, heads=2)
    encoder = build(config, (2, 4, 6)).double()
    for parameter in encoder.parameters():  # the small initial weights would hide a wrong softmax
        parameter.normal_(std=0.7)
    images = torch.rand(3, 2, 4, 6, dtype=torch.float64)
    slow = torch.stack([slow_forward(encoder, image, 2, 6, 2) for image in images])
    torch.testing.assert_close(encoder(images), slow)


def test_the_size_of_the_reference_code():
    encoder = build(ViTEncoder(), (3, 32, 32))
    assert encoder.positions.shape == (1, 65, 256)
    assert len(encoder.blocks) == 7
    block = 2 * 512 + 256 * 768 + (256 * 256 + 256) + (256 * 512 + 512) + (512 * 256 + 256)
    total = (48 * 256 + 256) + 256 + 65 * 256 + 7 * block + 512
    assert sum(parameter.numel() for parameter in encoder.parameters()) == total == 3_714_304


def test_blocks_start_apart():
    encoder = build(ViTEncoder(depth=2, width=16, heads=2), (1, 8, 8))
    one, other = (block.attention.output.weight for block in encoder.blocks)
    assert not torch.equal(one, other)


@torch.no_grad()
def test_where_a_patch_lies_tells_images_apart():
    encoder = build(ViTEncoder(), (1, 8, 8)).eval()
    images = torch.zeros(2, 1, 8, 8)
    images[0, 0, :4, :4] = 1
    images[1, 0, 4:, 4:] = 1
    one, other = encoder(images)
    assert not torch.allclose(one, other, atol=1e-3)


@pytest.mark.parametrize(("shape", "patch"), [((1, 10, 8), 4), ((1, 8, 10), 4), ((3, 28, 28), 8)])
def test_patches_must_cover_the_image(shape, patch):
    with pytest.raises(UserError, match=rf"model\.encoder\.patch: .* {shape[1]}x{shape[2]}; choose a patch"):
        build(ViTEncoder(patch=patch), shape)


def test_heads_must_share_the_width():
    with pytest.raises(ValidationError, match="5 heads cannot share a width of 256"):
        ModelConfig(encoder={"name": "vit", "heads": 5})
