"""Every encoder may be compiled in place: same embeddings, same keys, gradients everywhere."""

import pytest
import torch

from spreadtune.models import build_encoder
from spreadtune.spec.model import ModelConfig

ENCODERS = [
    {"name": "convnet", "width": 4},
    {"name": "convnet", "width": 4, "norm": "group", "stride": 2},
    {"name": "resnet18"},
    {"name": "vit", "depth": 1, "width": 16, "heads": 2},
]


@pytest.mark.slow
@pytest.mark.parametrize("part", ENCODERS, ids=lambda part: "-".join(map(str, part.values())))
def test_compiled_in_place_it_is_the_same_encoder(part, tmp_path, monkeypatch):
    monkeypatch.setenv("TORCHINDUCTOR_CACHE_DIR", str(tmp_path))
    encoder = build_encoder(ModelConfig(encoder=part).encoder, (1, 8, 8))
    images = torch.rand(4, 1, 8, 8, generator=torch.Generator().manual_seed(0))
    state = {name: value.clone() for name, value in encoder.state_dict().items()}
    plain = encoder(images)
    plain.square().sum().backward()
    gradients = {name: parameter.grad for name, parameter in encoder.named_parameters()}

    encoder.load_state_dict(state)
    encoder.zero_grad()
    encoder.compile()
    compiled = encoder(images)
    compiled.square().sum().backward()
    torch.testing.assert_close(compiled, plain, rtol=1e-3, atol=1e-4)
    assert list(encoder.state_dict()) == list(state)
    for name, parameter in encoder.named_parameters():
        error = (parameter.grad - gradients[name]).norm() / gradients[name].norm()
        assert error < 1e-2, name
    torch._dynamo.reset()
