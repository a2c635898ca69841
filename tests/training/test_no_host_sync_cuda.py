"""On a GPU, CUDA itself tells of every wait between epoch ends."""

import pytest
import torch

from spreadtune.data.device import DeviceSplit
from spreadtune.data.views import build_augmentation
from spreadtune.training.epoch import EpochTrainer
from spreadtune.trial.assemble import build_model
from spreadtune.trial.datasets import dataset_of
from tests.small_trial import AUTOENCODER, small_trial

pytestmark = pytest.mark.skipif(not torch.cuda.is_available(), reason="needs a CUDA device")

CASES = {
    "images on the device": {"data.placement": "device"},
    "images in host memory": {"data.placement": "host"},
    "autoencoder": {**AUTOENCODER, "model.head": "mlp"},
    "colour views": {"data.augmentation": {"name": "simclr", "blur": 0.5}},
}


@pytest.mark.parametrize("name", CASES)
def test_no_step_waits_for_the_device(name: str) -> None:
    spec, device = small_trial(CASES[name]), torch.device("cuda")
    dataset = dataset_of(spec.data)
    split = DeviceSplit.of(dataset.split("train"), device, spec.data.placement)
    model = build_model(spec, dataset, dataset.class_count).to(device)
    trainer = EpochTrainer(model, split, build_augmentation(spec.data.augmentation), spec, dataset.class_count)
    trainer.train_epoch(1)  # what is set up once may wait
    forward = trainer._forward

    def watched(*arguments, **options):  # type: ignore[no-untyped-def]
        torch.cuda.set_sync_debug_mode("error")
        try:
            return forward(*arguments, **options)
        finally:
            torch.cuda.set_sync_debug_mode("default")

    descend = trainer._descend

    def watched_descent(*arguments, **options):  # type: ignore[no-untyped-def]
        torch.cuda.set_sync_debug_mode("error")
        try:
            return descend(*arguments, **options)
        finally:
            torch.cuda.set_sync_debug_mode("default")

    trainer._forward, trainer._descend = watched, watched_descent  # type: ignore[method-assign]
    assert trainer.train_epoch(2)["loss"] > 0
