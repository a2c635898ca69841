"""A trial from its spec to its outcome."""

from typing import Any

import pytest
import torch

from spreadtune.data.dataset import Dataset, SealedSplitError
from spreadtune.errors import UserError
from spreadtune.evaluation.geometry import spread
from spreadtune.evaluation.probe import fit_probe
from spreadtune.run_folder import Outcome, TrialFolder
from spreadtune.spec.load import load_trial
from spreadtune.spec.metrics import METRICS, need_subclasses
from spreadtune.theory import collapse_threshold, means_vanish_threshold, predicted_spread
from spreadtune.trial.datasets import dataset_of
from spreadtune.trial.reload import embeddings
from spreadtune.trial.run import run_trial
from tests.small_trial import MEASURED, new_trial, next_attempt, small_trial, ticking, without_times

STEPS = 3
ONE_EPOCH = {"training.epochs": 1}
SHADES = {"name": "tests.own_parts:shades", "per_class": [60, 60, 60]}


def test_a_complete_trial_has_every_metric_and_says_what_it_ran_on(finished: TrialFolder) -> None:
    outcome = finished.outcome()
    assert outcome is not None
    assert (outcome.state, outcome.epoch, outcome.reason) == ("COMPLETE", 4, None)
    assert outcome.metrics.keys() == MEASURED
    assert outcome == finished.finished_attempt()
    environment = finished.environment()
    assert (environment["device"], environment["threads"], environment["precision"]) == ("cpu", 1, "float32")
    assert environment["torch"] == torch.__version__
    assert outcome.details.keys() == {*environment, "seconds", "batch_class_counts"}
    assert environment.items() <= outcome.details.items()


def test_metrics_of_the_last_epoch_are_those_of_the_end(finished: TrialFolder) -> None:
    outcome, last = finished.outcome(), finished.history()[-1]
    assert outcome is not None
    shared = last.keys() & outcome.metrics.keys()
    assert shared == {"spread", "knn_class_accuracy", "knn_transfer_accuracy"}
    assert all(last[name] == outcome.metrics[name] for name in shared)


def test_theory_is_that_of_the_classes_in_the_batches_drawn(finished: TrialFolder) -> None:
    outcome, objective = finished.outcome(), load_trial(finished.spec_file).objective
    assert outcome is not None
    counts = outcome.details["batch_class_counts"]
    assert sum(counts) == pytest.approx(32)
    assert counts != [16, 16]
    assert outcome.theory == {
        "images_per_class": pytest.approx(16),
        "alpha_c": collapse_threshold(counts, objective.temperature),
        "alpha_m": means_vanish_threshold(counts, objective.temperature),
        "spread": predicted_spread(objective.alpha, counts, objective.temperature),
    }


def test_without_subclasses_there_is_no_transfer(folder: TrialFolder) -> None:
    spec = small_trial({**ONE_EPOCH, "data.dataset": SHADES, "data.batches": "balanced", "data.batch_size": 30})
    outcome = run_trial(spec, next_attempt(folder))
    assert outcome is not None
    assert outcome.metrics.keys() == MEASURED - {*need_subclasses(METRICS), "reconstruction_error"} | {"nc2"}
    assert outcome.details["batch_class_counts"] == pytest.approx([10, 10, 10])
    assert not {*need_subclasses(METRICS)} & folder.history()[-1].keys()


@pytest.mark.parametrize(
    "objective",
    [{"name": "cross_entropy"}, {"name": "infonce", "temperature": 0.2}, {"name": "tests.own_parts:Pull"}],
    ids=lambda objective: objective["name"],
)
def test_other_objectives_have_no_theory_but_their_batches(objective: dict[str, Any], folder: TrialFolder) -> None:
    own_encoder = {"name": "tests.own_parts:Flat", "width": 6}
    outcome = run_trial(
        small_trial({**ONE_EPOCH, "objective": objective, "model.encoder": own_encoder}), next_attempt(folder)
    )
    assert outcome is not None
    assert outcome.state == "COMPLETE"
    assert outcome.theory == {"images_per_class": pytest.approx(16)}


def test_an_interrupted_trial_ends_with_the_numbers_of_an_uninterrupted_one(
    finished: TrialFolder, folder: TrialFolder
) -> None:
    spec = load_trial(finished.spec_file)
    assert run_trial(spec, next_attempt(folder, stop=lambda: len(folder.history()) == 2)) is None
    assert folder.finished_attempt() is None
    resumed, whole = run_trial(spec, next_attempt(folder)), finished.outcome()
    assert resumed is not None
    assert whole is not None
    assert (resumed.metrics, resumed.theory, resumed.epoch) == (whole.metrics, whole.theory, whole.epoch)
    assert without_times(folder.history()) == without_times(finished.history())


def test_a_diverging_trial_is_pruned_with_its_reason_and_keeps_its_epochs(folder: TrialFolder) -> None:
    spec = small_trial({"objective": {"name": "tests.own_parts:Pull", "fails_from": 2 * STEPS}})
    outcome = run_trial(spec, next_attempt(folder))
    assert outcome is not None
    assert (outcome.state, outcome.epoch) == ("PRUNED", 1)
    assert outcome.reason == "diverged: loss is inf in epoch 2"
    assert outcome == Outcome.read(folder.attempts()[0].result_file)
    assert [line["epoch"] for line in folder.history()] == [1]
    assert folder.checkpoints()[0].name == "checkpoint-0001.pt"


def test_a_trial_that_takes_too_long_is_pruned_and_keeps_what_its_last_epoch_measured(folder: TrialFolder) -> None:
    outcome = run_trial(small_trial({"training.time_limit": "2min"}), next_attempt(folder, clock=ticking(60.0)))
    assert outcome is not None
    assert (outcome.state, outcome.epoch) == ("PRUNED", 2)
    assert outcome.reason == "time limit of 2 min after epoch 2 of 4"
    assert {"loss", "spread", "knn_transfer_accuracy"} <= outcome.metrics.keys(), "its neighbors were due"
    assert not {"transfer_accuracy", "seconds", "time", "epoch"} & outcome.metrics.keys(), "it is not probed"
    assert outcome == folder.finished_attempt()


def test_weights_that_the_last_step_ruins_are_a_divergence_too(folder: TrialFolder) -> None:
    """The losses were all finite; only what is measured of the model shows it."""
    spec = small_trial(
        {**ONE_EPOCH, "training.learning_rate": 1e38, "training.weight_decay": 1e3, "data.batch_size": 100}
    )
    outcome = run_trial(spec, next_attempt(folder))
    assert outcome is not None
    assert (outcome.state, outcome.reason) == ("PRUNED", "diverged: spread is nan in epoch 1")


def test_the_test_split_is_never_read(folder: TrialFolder, monkeypatch: pytest.MonkeyPatch) -> None:
    read: list[str] = []
    split = Dataset.split
    monkeypatch.setattr(Dataset, "split", lambda self, name: (read.append(name), split(self, name))[1])
    spec = small_trial(ONE_EPOCH)
    run_trial(spec, next_attempt(folder))
    assert set(read) == {"train", "validation"}
    with pytest.raises(SealedSplitError):
        dataset_of(spec.data).split("test")


CONFIRM = small_trial({**ONE_EPOCH, "seed": {"study": 0, "stage": "confirm"}})


def test_a_confirmation_is_measured_on_test_too_and_leaves_it_sealed_for_others(folder: TrialFolder) -> None:
    outcome = run_trial(CONFIRM, next_attempt(new_trial(folder, CONFIRM)))
    assert outcome is not None
    on_validation = MEASURED - {"reconstruction_error"}
    on_test = {f"test.{name}" for name in on_validation if METRICS[name].part == "kept apart"}
    assert outcome.metrics.keys() == on_validation | on_test
    train, test = (embeddings(folder, part) for part in ("train", "test"))
    assert spread(torch.from_numpy(test["z"]), torch.from_numpy(test["class"])) == pytest.approx(
        outcome.metrics["test.spread"], rel=1e-4
    )
    learned = [torch.from_numpy(train[name]) for name in ("h", "subclass")]
    probe = fit_probe(*learned, seed=CONFIRM.seed.stream("evaluation/probe"))
    accuracy = probe.accuracy(*(torch.from_numpy(test[name]) for name in ("h", "subclass")))
    assert outcome.metrics["test.transfer_accuracy"] == pytest.approx(accuracy, abs=1.5 / len(test["h"]))
    with pytest.raises(SealedSplitError):
        dataset_of(CONFIRM.data).split("test")


def test_a_confirmation_opens_it_after_its_last_epoch(folder: TrialFolder, monkeypatch: pytest.MonkeyPatch) -> None:
    opened: list[str] = []
    unsealed = Dataset.unsealed
    monkeypatch.setattr(Dataset, "unsealed", lambda self, stage: (opened.append(stage), unsealed(self, stage))[1])
    spec = small_trial({"training.epochs": 2, "seed": {"study": 0, "stage": "confirm"}})
    assert run_trial(spec, next_attempt(folder, stop=lambda: bool(folder.history()))) is None
    assert opened == []
    run_trial(spec, next_attempt(folder))
    assert opened == ["confirm"]


def test_an_own_objective_has_to_be_one(folder: TrialFolder) -> None:
    with pytest.raises(UserError, match=r"'tests.own_parts:not_an_objective' returned str; return a spreadtune\."):
        run_trial(small_trial({"objective": {"name": "tests.own_parts:not_an_objective"}}), next_attempt(folder))


def test_the_number_of_threads_is_the_contexts(folder: TrialFolder) -> None:
    torch.set_num_threads(2)
    run_trial(small_trial(), next_attempt(folder, stop=lambda: True))
    assert torch.get_num_threads() == 1
