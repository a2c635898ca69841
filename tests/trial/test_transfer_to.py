"""What a probe reads from the frozen encoder's h of another data set."""

from typing import Any

import numpy as np
import pytest
import torch

from spreadtune.data.channels import with_channels
from spreadtune.data.pictures import resized
from spreadtune.errors import UserError
from spreadtune.evaluation.probe import fit_probe
from spreadtune.run_folder import Outcome, TrialFolder
from spreadtune.spec.trial import TrialSpec
from spreadtune.trial.datasets import dataset_of, other_dataset_of
from spreadtune.trial.reload import load_encoder
from spreadtune.trial.replay import replay
from spreadtune.trial.run import run_trial
from tests.own_parts import colours
from tests.small_trial import new_trial, next_attempt, small_trial

COLOURS: dict[str, Any] = {"name": "tests.own_parts:colours"}
ONE_LEVEL: dict[str, Any] = {"name": "tests.own_parts:shades", "per_class": [60, 60, 60]}
OTHER = {"transfer_to_accuracy", "transfer_to_class_accuracy"}


def transferring(other: dict[str, Any], **changes: Any) -> TrialSpec:
    return small_trial({"evaluation.transfer_to": other, "training.epochs": 1, **changes})


def run(spec: TrialSpec, folder: TrialFolder) -> Outcome:
    outcome = run_trial(spec, next_attempt(new_trial(folder, spec)))
    assert outcome is not None
    outcome.write(folder.result_file)
    return outcome


@pytest.fixture(scope="module")
def transferred(tmp_path_factory: pytest.TempPathFactory) -> TrialFolder:
    """A trial of the confirmation, so that the other test part is measured too."""
    folder = TrialFolder(tmp_path_factory.mktemp("run") / "trials" / "0001")
    run(transferring(COLOURS, seed={"study": 0, "stage": "confirm"}), folder)
    return folder


def test_a_probe_learns_from_the_other_training_images_and_is_scored_on_those_kept_apart(
    transferred: TrialFolder,
) -> None:
    """Colours of 12 x 10 pixels, as small and as grey as digits."""
    outcome, encoder = transferred.outcome(), load_encoder(transferred)
    assert outcome is not None
    spec = transferring(COLOURS, seed={"study": 0, "stage": "confirm"})
    small = np.stack([resized(image, 8) for image in colours().images])
    grey = with_channels(torch.from_numpy(small), 1).float() / 255
    dataset = other_dataset_of(spec)
    assert dataset is not None
    parts = {name: dataset.unsealed("confirm").split(name) for name in ("train", "validation", "test")}
    with torch.no_grad():
        h = {name: encoder(grey[part.indices]) for name, part in parts.items()}
    held_out = spec.seed.stream("evaluation/probe")
    for metric, labels in (("transfer_to_accuracy", "subclasses"), ("transfer_to_class_accuracy", "classes")):
        of = {name: torch.from_numpy(getattr(part.labels, labels)) for name, part in parts.items()}
        probe = fit_probe(h["train"], of["train"], seed=held_out)
        for part, begins in (("validation", ""), ("test", "test.")):
            expected = probe.accuracy(h[part], of[part])
            assert outcome.metrics[f"{begins}{metric}"] == pytest.approx(expected, abs=1.5 / len(h[part]))


def test_its_test_part_stays_sealed_for_the_search(folder: TrialFolder) -> None:
    metrics = run(transferring(COLOURS), folder).metrics
    assert metrics.keys() >= OTHER
    assert not any(name.startswith("test.") for name in metrics)


def test_all_else_is_what_it_was(folder: TrialFolder, tmp_path) -> None:
    asked = run(transferring(COLOURS), folder).metrics
    alone = run(small_trial({"training.epochs": 1}), TrialFolder(tmp_path / "0009")).metrics
    assert {name: value for name, value in asked.items() if name not in OTHER} == alone


def test_it_is_replayed(transferred: TrialFolder) -> None:
    comparison = replay(transferred)
    assert comparison.recorded.keys() >= OTHER
    assert comparison.differing() == []


def test_labels_of_one_level_are_asked_for_once(folder: TrialFolder) -> None:
    assert run(transferring(ONE_LEVEL), folder).metrics.keys() & OTHER == {"transfer_to_accuracy"}


def test_grey_images_become_colour_for_an_encoder_of_colours(folder: TrialFolder) -> None:
    square = {**COLOURS, "height": 12, "width": 12}
    views = {"data.dataset": square, "data.augmentation": "none"}
    outcome = run(transferring({"name": "digits"}, **views), folder)
    assert outcome.metrics["transfer_to_accuracy"] > 0.2


def test_without_another_data_set_there_is_none() -> None:
    assert other_dataset_of(small_trial()) is None


def test_images_of_a_study_that_are_no_squares_are_nothing_to_resize_to() -> None:
    spec = transferring({"name": "digits"}, **{"data.dataset": COLOURS})
    told = (
        "evaluation.transfer_to: images of digits are 8x8 with 1 channel and cannot be made 12x10 with 3 channels as "
        "those of tests.own_parts:colours are; name another data set, or write data.size, which makes squares of both"
    )
    with pytest.raises(UserError) as error:
        other_dataset_of(spec)
    assert str(error.value) == told
    squares = other_dataset_of(transferring({"name": "digits"}, **{"data.dataset": COLOURS, "data.size": 10}))
    assert squares is not None
    assert squares.image_shape == (1, 10, 10)


def test_equal_shapes_need_no_square() -> None:
    brighter = {**COLOURS, "channels": 1}
    spec = transferring(brighter, **{"data.dataset": COLOURS})
    found = other_dataset_of(spec)
    assert found is not None
    assert found.image_shape == (1, *dataset_of(spec.data).image_shape[1:])


def test_an_own_data_set_that_cannot_be_built_is_told_with_the_key_that_names_it() -> None:
    with pytest.raises(UserError, match=r"^evaluation\.transfer_to: 'tests\.own_parts:nothing' cannot be imported"):
        other_dataset_of(transferring({"name": "tests.own_parts:nothing"}))


def test_what_is_wrong_with_its_images_too() -> None:
    with pytest.raises(UserError, match=r"^evaluation\.transfer_to: ImageSet\.class_names: at least two classes"):
        other_dataset_of(transferring({"name": "tests.own_parts:shades", "per_class": [60]}))


def test_several_encoders_are_read_side_by_side_and_each_by_itself(folder: TrialFolder) -> None:
    members = {"one": {"set": {"objective.alpha": 0.6}}, "two": {"same_as": "one"}}
    spec = transferring(COLOURS, members=members)
    metrics = run(spec, folder).metrics
    assert metrics.keys() >= OTHER | {f"{member}.{name}" for member in members for name in OTHER}
    small = np.stack([resized(image, 8) for image in colours().images])
    grey = with_channels(torch.from_numpy(small), 1).float() / 255
    dataset = other_dataset_of(spec)
    assert dataset is not None
    train, validation = (dataset.split(name) for name in ("train", "validation"))
    read: list[list[torch.Tensor]] = [[], []]
    for member in members:
        encoder = load_encoder(folder, member)
        with torch.no_grad():
            h = [encoder(grey[part.indices]).double() for part in (train, validation)]
        for of_part, features in zip(read, h, strict=True):
            of_part.append((features - h[0].mean(dim=0)) / h[0].std(dim=0, correction=0))
    learned, scored = (torch.cat(of_part, dim=1) for of_part in read)
    subclasses = [torch.from_numpy(part.labels.subclasses) for part in (train, validation)]
    probe = fit_probe(learned, subclasses[0], seed=spec.seed.stream("evaluation/probe"))
    expected = probe.accuracy(scored, subclasses[1])
    assert metrics["transfer_to_accuracy"] == pytest.approx(expected, abs=1.5 / len(validation))
