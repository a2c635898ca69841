"""What a notebook takes from a finished trial."""

from pathlib import Path

import numpy as np
import pytest
import torch
from torch import nn

from spreadtune.data.dataset import SealedSplitError
from spreadtune.data.split_name import SplitName
from spreadtune.errors import UserError
from spreadtune.evaluation.geometry import spread
from spreadtune.run_folder import TrialFolder
from spreadtune.spec.load import load_trial
from spreadtune.trial.datasets import dataset_of
from spreadtune.trial.reload import embeddings, load_encoder, load_model
from tests.small_trial import new_trial, small_trial


@pytest.mark.parametrize(("split", "metric"), [("validation", "spread"), ("train", "train_spread")])
def test_embeddings_are_those_that_were_measured(finished: TrialFolder, split: SplitName, metric: str) -> None:
    arrays, outcome = embeddings(finished, split), finished.outcome()
    assert outcome is not None
    assert spread(torch.from_numpy(arrays["z"]), torch.from_numpy(arrays["class"])) == pytest.approx(
        outcome.metrics[metric], rel=1e-4
    )


def test_the_arrays_of_a_split(finished: TrialFolder) -> None:
    arrays = embeddings(finished, "validation")
    part = dataset_of(load_trial(finished.spec_file).data).split("validation")
    assert {name: (array.dtype, array.shape) for name, array in arrays.items()} == {
        "h": (np.float32, (len(part), 8)),
        "z": (np.float32, (len(part), 4)),
        "class": (np.int64, (len(part),)),
        "subclass": (np.int64, (len(part),)),
        "index": (np.int64, (len(part),)),
    }
    np.testing.assert_array_equal(arrays["class"], part.labels.classes)
    np.testing.assert_array_equal(arrays["subclass"], part.labels.subclasses)
    np.testing.assert_array_equal(arrays["index"], part.indices)
    np.testing.assert_allclose(np.linalg.norm(arrays["z"], axis=1), 1, rtol=1e-5)


def test_the_encoder_gives_h_and_the_head_z(finished: TrialFolder) -> None:
    arrays = embeddings(finished, "validation")
    images = dataset_of(load_trial(finished.spec_file).data).split("validation").images
    encoder = load_encoder(finished)
    with torch.no_grad():
        h = encoder(torch.from_numpy(images).float() / 255)
        z = nn.functional.normalize(load_model(finished).head(h), dim=1)
    assert not encoder.training
    np.testing.assert_array_equal(h.numpy(), arrays["h"])
    np.testing.assert_array_equal(z.numpy(), arrays["z"])


def test_test_stays_sealed(finished: TrialFolder) -> None:
    with pytest.raises(SealedSplitError):
        embeddings(finished, "test")


def test_a_trial_that_finished_no_epoch_has_no_encoder(tmp_path: Path) -> None:
    folder = new_trial(TrialFolder(tmp_path / "0005"), small_trial())
    with pytest.raises(UserError, match=r"^trial 0005: no readable checkpoint in .*; has it finished an epoch\?$"):
        load_encoder(folder)
