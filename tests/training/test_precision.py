import pytest
import torch

from spreadtune.training.precision import resolve_precision
from tests.small_trial import AUTOENCODER, epoch_trainer, small_trial


@pytest.mark.parametrize(
    ("requested", "device", "supported", "resolved"),
    [
        ("auto", "cpu", True, "float32"),
        ("auto", "cuda", True, "bfloat16"),
        ("auto", "cuda", False, "float32"),
        ("float32", "cuda", True, "float32"),
        ("bfloat16", "cuda", False, "bfloat16"),
        ("bfloat16", "cpu", False, "bfloat16"),
    ],
)
def test_the_trials_device_decides(
    requested: str, device: str, supported: bool, resolved: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(torch.cuda, "is_bf16_supported", lambda including_emulation: supported)
    assert resolve_precision(requested, torch.device(device)) == resolved


def test_an_epoch_in_bfloat16_has_float32_losses_close_to_those_of_float32() -> None:
    losses = {}
    for precision in ("float32", "bfloat16"):
        trainer = epoch_trainer(small_trial({**AUTOENCODER, "model.head": "linear", "training.precision": precision}))
        seen: list[torch.dtype] = []
        inside: list[torch.dtype] = []
        trainer.model.objective.register_forward_pre_hook(
            lambda module, batch, seen=seen: seen.extend([batch[0].features.dtype, batch[0].embeddings.dtype])
        )
        trainer.model.objective.register_forward_hook(
            lambda module, batch, terms, seen=seen: seen.extend(term.dtype for term in terms.values())
        )
        trainer.model.encoder.register_forward_hook(lambda module, images, h, inside=inside: inside.append(h.dtype))
        losses[precision] = trainer.train_epoch(1)["loss"]
        assert set(seen) == {torch.float32}
        assert set(inside) == {getattr(torch, precision)}
        assert all(weight.dtype == torch.float32 for weight in trainer.model.parameters())
    assert losses["bfloat16"] == pytest.approx(losses["float32"], rel=0.02)
    assert losses["bfloat16"] != losses["float32"]
