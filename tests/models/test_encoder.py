import pytest
import torch
from torch import nn

from spreadtune.errors import UserError
from spreadtune.models import build_encoder
from spreadtune.spec.model import ModelConfig

SHAPE = (1, 8, 8)


def test_an_own_encoder_without_its_width_is_refused(own_part):
    name = own_part(lambda image_shape: nn.Flatten())
    with pytest.raises(UserError, match=r"model\.encoder: 'own_part_of_a_test:part' has embedding_dim None"):
        build_encoder(ModelConfig(encoder=name).encoder, SHAPE)


def test_an_own_encoder_must_be_a_module(own_part):
    name = own_part(lambda image_shape: torch.flatten)
    with pytest.raises(UserError, match=r"return a torch\.nn\.Module"):
        build_encoder(ModelConfig(encoder=name).encoder, SHAPE)
