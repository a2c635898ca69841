"""Trials of several encoders: each is today's trial in all but its streams, and what is read is all of them."""

import shutil
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from sklearn.preprocessing import StandardScaler

from spreadtune.evaluation.probe import fit_probe
from spreadtune.run_folder import Outcome, TrialFolder
from spreadtune.spec.load import load_trial
from spreadtune.spec.metrics import METRICS
from spreadtune.training.checkpoint import load_checkpoint
from spreadtune.trial.datasets import dataset_of
from spreadtune.trial.reload import embeddings, load_model
from spreadtune.trial.replay import replay
from spreadtune.trial.run import run_trial
from spreadtune.trial.shared_members import member_key
from tests.small_trial import AUTOENCODER, new_trial, next_attempt, small_trial, ticking, without_times

MEMBERS = {
    "contrast": {"set": {"objective.alpha": 0.6}},
    "autoencoder": {
        "set": {"objective": {"name": "cross_entropy", "autoencoder_weight": 1.0}, "training.epochs": 3}
        | {path: AUTOENCODER[path] for path in ("model.decoder", "model.decoder_condition")}
    },
}
SPEC = small_trial({"members": MEMBERS})


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> tuple[TrialFolder, Outcome]:
    folder = new_trial(TrialFolder(tmp_path_factory.mktemp("whole")), SPEC)
    outcome = run_trial(SPEC, next_attempt(folder))
    assert outcome is not None
    outcome.write(folder.result_file)
    return folder, outcome


def weights(folder: TrialFolder) -> dict[str, Any]:
    state = load_checkpoint(folder.checkpoints())
    assert state is not None
    return dict(state["model"])


def test_a_member_is_the_trial_of_its_own_file_bit_for_bit(whole: tuple[TrialFolder, Outcome], tmp_path: Any) -> None:
    folder, outcome = whole
    for name, spec in SPEC.encoders.items():
        alone = new_trial(TrialFolder(tmp_path / name), spec)
        found = run_trial(spec, next_attempt(alone))
        assert found is not None
        member = folder.members()[name]
        own = [{key: value for key, value in line.items() if not key.startswith("whole.")} for line in member.history()]
        assert without_times(own) == without_times(alone.history())
        torch.testing.assert_close(weights(member), weights(alone), rtol=0, atol=0)
        measured = {key: value for key, value in found.metrics.items() if "shot" not in key}
        assert {f"{name}.{key}": value for key, value in measured.items()}.items() <= outcome.metrics.items()


def test_members_have_streams_of_their_own_and_a_trial_without_keeps_its(whole: tuple[TrialFolder, Outcome]) -> None:
    seeds = [SPEC.seed, *(spec.seed for spec in SPEC.encoders.values())]
    assert len({seed.stream("views", 3) for seed in seeds}) == 3
    assert small_trial().seed.stream("views", 3) == 979864257681896628
    assert "member" not in small_trial().seed.model_dump()


def test_probes_read_the_standardized_features_side_by_side(whole: tuple[TrialFolder, Outcome]) -> None:
    folder, outcome = whole
    parts = {split: [embeddings(folder, split, member) for member in MEMBERS] for split in ("train", "validation")}
    scalers = [StandardScaler().fit(one["h"]) for one in parts["train"]]
    read = {
        split: np.hstack([scaler.transform(one["h"]) for scaler, one in zip(scalers, of_split, strict=True)])
        for split, of_split in parts.items()
    }
    np.testing.assert_allclose(embeddings(folder, "validation")["h"], read["validation"], atol=1e-5)
    train, validation = (torch.from_numpy(read[split]) for split in ("train", "validation"))
    labels = {split: torch.from_numpy(of_split[0]["subclass"]) for split, of_split in parts.items()}
    probe = fit_probe(train, labels["train"], seed=SPEC.seed.stream("evaluation/probe"))
    expected = probe.accuracy(validation, labels["validation"])
    assert outcome.metrics["transfer_accuracy"] == pytest.approx(expected, abs=0.01)


def test_geometry_is_the_main_member_s_and_accuracies_are_those_of_all(whole: tuple[TrialFolder, Outcome]) -> None:
    metrics = whole[1].metrics
    assert SPEC.main == "contrast"
    for metric in METRICS.values():
        if metric.per_encoder and f"contrast.{metric.name}" in metrics:
            assert metrics[metric.name] == metrics[f"contrast.{metric.name}"]
    assert "autoencoder.reconstruction_error" in metrics
    assert "reconstruction_error" not in metrics
    assert {"transfer_accuracy", "knn_class_accuracy", "transfer_accuracy_5_shot"} <= metrics.keys()
    assert whole[1].theory["alpha_c"] > 0


def test_the_history_is_that_of_its_members_one_after_another(whole: tuple[TrialFolder, Outcome]) -> None:
    folder, outcome = whole
    lines = folder.history()
    assert [line["epoch"] for line in lines] == [1, 2, 3, 4, 5, 6, 7]
    assert outcome.epoch == 7 == SPEC.epochs
    assert [line.get("contrast.epoch") for line in lines] == [1, 2, 3, 4, None, None, None]
    assert [line.get("autoencoder.epoch") for line in lines] == [None] * 4 + [1, 2, 3]
    assert ["knn_transfer_accuracy" in line for line in lines] == [False] * 5 + [True, True]  # of all of them
    assert ["contrast.knn_transfer_accuracy" in line for line in lines] == [False, True] * 2 + [False] * 3


@pytest.mark.parametrize("epochs", [1, 4, 5, 7])
def test_killed_after_any_epoch_it_goes_on_as_if_nothing_had_happened(
    epochs: int, whole: tuple[TrialFolder, Outcome], tmp_path: Any
) -> None:
    class KilledError(Exception):
        pass

    def kill(epoch: int, metrics: object) -> None:
        if epoch == epochs:
            raise KilledError

    folder = new_trial(TrialFolder(tmp_path), SPEC)
    with pytest.raises(KilledError):
        run_trial(SPEC, next_attempt(folder, on_report=kill))
    again: list[int] = []
    found = run_trial(SPEC, next_attempt(folder, on_report=lambda epoch, metrics: again.append(epoch)))
    assert again == list(range(epochs + 1, 8))
    assert found is not None
    assert found.metrics == whole[1].metrics
    assert without_times(folder.history()) == without_times(whole[0].history())


def test_asked_to_stop_it_ends_after_an_epoch_of_any_member(tmp_path: Any, whole: tuple[TrialFolder, Outcome]) -> None:
    folder = new_trial(TrialFolder(tmp_path), SPEC)
    for epochs in (2, 6):
        stop = lambda: len(folder.history()) == epochs  # noqa: B023, E731  # asked for at once
        assert run_trial(SPEC, next_attempt(folder, stop=stop)) is None
        assert len(folder.history()) == epochs
    found = run_trial(SPEC, next_attempt(folder))
    assert found is not None
    assert found.metrics == whole[1].metrics


def test_a_replay_repeats_all_members(whole: tuple[TrialFolder, Outcome]) -> None:
    told: list[tuple[int, int]] = []
    comparison = replay(whole[0], lambda *epochs: told.append(epochs))
    assert comparison.exact
    assert comparison.differing() == []
    assert told == [(epoch, 7) for epoch in range(1, 8)]
    assert {"contrast.spread", "autoencoder.reconstruction_error"} <= comparison.recorded.keys()


def test_a_member_that_diverges_or_whose_time_is_up_ends_the_trial(tmp_path: Any) -> None:
    fast = MEMBERS | {"autoencoder": {"set": {**MEMBERS["autoencoder"]["set"], "training.learning_rate": 1e18}}}
    spec = small_trial({"members": fast})
    found = run_trial(spec, next_attempt(new_trial(TrialFolder(tmp_path / "diverged"), spec)))
    assert found is not None
    assert found.state == "PRUNED"
    assert (found.reason or "").startswith("diverged: ")
    assert found.epoch >= 4
    slow = MEMBERS | {"autoencoder": {"set": {**MEMBERS["autoencoder"]["set"], "training.time_limit": "3s"}}}
    spec = small_trial({"members": slow})
    context = next_attempt(new_trial(TrialFolder(tmp_path / "late"), spec), clock=ticking(1.5))
    found = run_trial(spec, context)
    assert found is not None
    assert (found.state, found.epoch) == ("PRUNED", 6)
    assert found.reason == "time limit of 3 s after epoch 6 of 7"
    assert found.metrics["autoencoder.epoch"] == 2
    assert spec.without_time_limit().encoders["autoencoder"].training.time_limit is None


def test_an_encoder_is_asked_for_by_its_name(whole: tuple[TrialFolder, Outcome]) -> None:
    from spreadtune.errors import UserError

    folder, _ = whole
    assert load_model(folder, "contrast").encoder.embedding_dim == 8
    assert embeddings(folder, "validation")["h"].shape[1] == 16
    with pytest.raises(UserError, match="has members; name one of contrast, autoencoder"):
        load_model(folder)
    with pytest.raises(UserError, match="no member 'x'; it has contrast, autoencoder"):
        load_model(folder, "x")
    assert load_trial(folder.spec_file) == SPEC


def test_two_that_differ_in_their_streams_alone(tmp_path: Any) -> None:
    spec = small_trial({"members": {"one": {"set": {"objective.alpha": 0.0}}, "two": {"same_as": "one"}}})
    one, two = (encoder.model_copy(update={"seed": spec.seed}) for encoder in spec.encoders.values())
    assert one == two
    folder = new_trial(TrialFolder(tmp_path), spec)
    run_trial(spec, next_attempt(folder))
    first, second = (weights(folder.members()[name]) for name in ("one", "two"))
    assert any(not torch.equal(first[name], second[name]) for name in first)


def trial_of(run: Any, number: int, changes: dict[str, Any] | None = None) -> TrialFolder:
    spec = small_trial({"members": MEMBERS | (changes or {})})
    return new_trial(TrialFolder(run / "trials" / f"{number:04d}"), spec)


def trained(folder: TrialFolder, **options: Any) -> Outcome:
    found = run_trial(load_trial(folder.spec_file), next_attempt(folder, trials=folder.path.parent, **options))
    assert found is not None
    found.write(folder.result_file)
    return found


@pytest.fixture(scope="module")
def of_first(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A run whose trial 0 has ended."""
    run = tmp_path_factory.mktemp("run")
    trained(trial_of(run, 0))
    return run


@pytest.fixture
def run(of_first: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(of_first, tmp_path / "run"))


OTHER_ALPHA = {"contrast": {"set": {"objective.alpha": 0.2}}}


def test_a_member_that_another_trial_has_trained_is_taken_from_it_to_the_last_bit(run: Path, tmp_path: Path) -> None:
    second, alone = trial_of(run, 1, OTHER_ALPHA), trial_of(tmp_path / "b", 1, OTHER_ALPHA)
    told: list[tuple[int, bool]] = []
    found = trained(second, on_report=lambda epoch, metrics: told.append((epoch, "taken" in metrics)))
    assert second.taken() == {"autoencoder": 0}
    assert told == [(epoch, False) for epoch in (1, 2, 3, 4)] + [(6, True), (7, True)]
    assert found.metrics == trained(alone).metrics
    own = [
        {key: line[key] for key in line if key != "taken" and not key.startswith("knn")} for line in second.history()
    ]
    theirs = [{key: line[key] for key in line if not key.startswith("knn")} for line in alone.history()]
    assert without_times(own) == without_times(theirs)
    assert not any(key.startswith("knn") for line in second.history() for key in line), "of the other trial's members"
    assert found.epoch == 7
    comparison = replay(second)
    assert (comparison.exact, comparison.differing()) == (True, [])


def test_a_taken_member_stays_when_the_other_trial_is_cleaned(run: Path) -> None:
    first, second = TrialFolder(run / "trials" / "0000"), trial_of(run, 1, OTHER_ALPHA)
    trained(second)
    theirs, ours = (folder.members()["autoencoder"].checkpoints()[0] for folder in (first, second))
    assert theirs.samefile(ours), "one file, two names"
    theirs.unlink()
    assert load_model(second, "autoencoder").encoder.embedding_dim == 8
    third = trial_of(run, 2, {"contrast": {"set": {"objective.alpha": 0.9}}})
    trained(third)
    assert third.taken() == {"autoencoder": 1}, "it may be taken from who took it"


@pytest.mark.parametrize(
    "change",
    [
        {"autoencoder": {"set": {**MEMBERS["autoencoder"]["set"], "training.learning_rate": 1e-4}}},
        {"autoencoder": {"set": {**MEMBERS["autoencoder"]["set"], "training.epochs": 2}}},
    ],
)
def test_another_member_is_not_taken(run: Path, change: dict[str, Any]) -> None:
    second = trial_of(run, 1, OTHER_ALPHA | change)
    trained(second)
    assert second.taken() == {}


def test_neither_from_one_in_training_nor_where_nothing_is_shared(tmp_path: Path) -> None:
    first = trial_of(tmp_path, 0)
    stop = lambda: len(first.history()) == 6  # noqa: E731
    assert run_trial(load_trial(first.spec_file), next_attempt(first, trials=first.path.parent, stop=stop)) is None
    second = trial_of(tmp_path, 1, OTHER_ALPHA)
    trained(second)
    assert second.taken() == {}, "its last epoch is missing"
    third = trial_of(tmp_path, 2, OTHER_ALPHA)
    run_trial(load_trial(third.spec_file), next_attempt(third))
    assert third.taken() == {}


def test_the_key_of_a_member_is_all_that_its_numbers_depend_on(tmp_path: Path) -> None:
    spec, folder = SPEC.encoders["autoencoder"], TrialFolder(tmp_path)
    dataset, context = dataset_of(spec.data), next_attempt(folder)
    key = member_key(spec, dataset, context)
    other_seed = spec.model_copy(update={"seed": spec.seed.model_copy(update={"index": 1})})
    other_name = spec.model_copy(update={"seed": spec.seed.model_copy(update={"member": "contrast"})})
    fewer = dataset_of(spec.data.model_copy(update={"train_size": 90}))
    others = [
        member_key(other_seed, dataset, context),
        member_key(other_name, dataset, context),
        member_key(spec, fewer, context),
        member_key(spec, dataset, next_attempt(folder, threads=2)),
    ]
    assert len({key, *others}) == 5
    described = spec.model_copy(update={"description": "other words"})
    assert member_key(described, dataset, context) == key


@pytest.mark.parametrize("epochs", [5, pytest.param(6, marks=pytest.mark.slow)])
def test_a_trial_that_is_killed_while_it_takes_a_member_goes_on(run: Path, tmp_path: Path, epochs: int) -> None:
    class KilledError(Exception):
        pass

    def kill(epoch: int, metrics: object) -> None:
        if epoch >= epochs:
            raise KilledError

    second = trial_of(run, 1, OTHER_ALPHA)
    with pytest.raises(KilledError):
        trained(second, on_report=kill)
    found = trained(second)
    assert found.metrics == trained(trial_of(tmp_path / "b", 1, OTHER_ALPHA)).metrics
    assert second.taken() == {"autoencoder": 0}
    assert [line["epoch"] for line in second.history()] == [1, 2, 3, 4, 5, 6, 7]
