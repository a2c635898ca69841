"""Floors and ceiling."""

from typing import Any

import pytest
import torch
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from spreadtune.evaluation.probe import fit_probe
from spreadtune.evaluation.protocol import ProbeMetrics
from spreadtune.evaluation.representations import Representations, represent
from spreadtune.run_folder import TrialFolder
from spreadtune.training.checkpoint import load_checkpoint
from spreadtune.trial.assemble import build_model
from spreadtune.trial.datasets import dataset_of
from spreadtune.trial.references import PIXELS_PATIENCE, run_reference
from tests.small_trial import new_trial, next_attempt, small_trial, ticking

SPEC = small_trial({"objective.alpha": 0.0, "training.epochs": 2})


@pytest.fixture(scope="module")
def reference(tmp_path_factory: pytest.TempPathFactory) -> TrialFolder:
    folder = new_trial(TrialFolder(tmp_path_factory.mktemp("run") / "references" / "0"), SPEC)
    run_reference(SPEC, next_attempt(folder))
    return folder


def metrics_of(folder: TrialFolder) -> dict[str, float]:
    outcome = folder.finished_attempt()
    assert outcome is not None
    return dict(outcome.metrics)


def test_three_lines_of_two_metrics(reference: TrialFolder) -> None:
    lines = ("raw_pixels", "random_encoder", "ceiling")
    assert metrics_of(reference).keys() == {
        f"{line}.{metric}" for line in lines for metric in ("class_accuracy", "transfer_accuracy")
    }


@pytest.mark.parametrize("labels", ["classes", "subclasses"])
def test_raw_pixels_are_a_logistic_regression_on_pixels(reference: TrialFolder, labels: str) -> None:
    train, validation = (dataset_of(SPEC.data).split(name) for name in ("train", "validation"))
    x, x_validation = (part.images.reshape(len(part), -1) / 255 for part in (train, validation))
    y, y_validation = getattr(train.labels, labels), getattr(validation.labels, labels)
    seed = SPEC.seed.stream("evaluation/probe")
    chosen = fit_probe(torch.from_numpy(x).float(), torch.from_numpy(y), seed=seed, patience=PIXELS_PATIENCE).C
    oracle = make_pipeline(StandardScaler(), LogisticRegression(C=chosen, solver="newton-cholesky", tol=1e-10))
    name = {"classes": "class_accuracy", "subclasses": "transfer_accuracy"}[labels]
    one_image = 1 / len(validation)
    assert metrics_of(reference)[f"raw_pixels.{name}"] == pytest.approx(
        oracle.fit(x, y).score(x_validation, y_validation), abs=1.5 * one_image
    )


def probed(state: dict[str, Any] | None) -> dict[str, float]:
    """The probe on the encoder with the given parameters, or as it is initialized."""
    dataset = dataset_of(SPEC.data)
    model = build_model(SPEC, dataset, dataset.subclass_count)
    if state is not None:
        model.load_state_dict(state)
    parts = [dataset.split(name) for name in ("train", "validation")]
    seen = [
        Representations(
            *represent(model.encoder, model.head, [torch.from_numpy(part.images)]),
            part.labels.map(torch.from_numpy),
        )
        for part in parts
    ]
    train, validation = seen
    return ProbeMetrics(train, seed=SPEC.seed.stream("evaluation/probe")).of(validation)


def test_the_random_encoder_is_the_one_that_trials_start_from(reference: TrialFolder) -> None:
    found = metrics_of(reference)
    assert {f"random_encoder.{name}": value for name, value in probed(None).items()}.items() <= found.items()


def test_the_ceiling_is_the_encoder_trained_on_subclasses(reference: TrialFolder) -> None:
    checkpoint = load_checkpoint(reference.checkpoints())
    assert checkpoint is not None
    found = metrics_of(reference)
    assert {f"ceiling.{name}": value for name, value in probed(checkpoint["model"]).items()}.items() <= found.items()
    assert len(checkpoint["classes_seen"]) == 10
    assert found["ceiling.transfer_accuracy"] != found["random_encoder.transfer_accuracy"]


def test_an_interrupted_reference_ends_alike(reference: TrialFolder, folder: TrialFolder) -> None:
    order = ["raw pixels", "untrained encoder", "ceiling"]
    for last in ("raw pixels", "ceiling"):
        phases: list[str] = []
        asked = next_attempt(folder, stop=lambda phases=phases, last=last: last in phases, on_phase=phases.append)
        assert run_reference(SPEC, asked) is None
        assert phases == order[: order.index(last) + 1], "it looks before it begins something long"
    assert not folder.history()
    assert run_reference(SPEC, next_attempt(folder, stop=lambda: bool(folder.history()))) is None
    assert len(folder.history()) == 1
    run_reference(SPEC, next_attempt(folder))
    assert metrics_of(folder) == metrics_of(reference)


def test_balanced_batches_that_subclasses_do_not_divide_are_shuffled(folder: TrialFolder) -> None:
    own = {"name": "tests.own_parts:shades", "per_class": [90, 90], "subclasses": 5}
    spec = small_trial({"data.dataset": own, "data.batches": "balanced", "data.batch_size": 32, "training.epochs": 1})
    outcome = run_reference(spec, next_attempt(folder))
    assert outcome is not None
    assert outcome.state == "COMPLETE"


def test_a_ceiling_that_diverges_is_a_failure_for_it_would_be_a_wrong_line(folder: TrialFolder) -> None:
    spec = small_trial({"objective": {"name": "tests.own_parts:Pull", "fails_from": 1}})
    outcome = run_reference(spec, next_attempt(folder))
    assert outcome is not None
    assert (outcome.state, outcome.epoch) == ("FAIL", 0)
    assert outcome.reason is not None
    assert outcome.reason.startswith("diverged: ")
    assert outcome.metrics.keys() == {
        f"{line}.{metric}"
        for line in ("raw_pixels", "random_encoder")
        for metric in ("class_accuracy", "transfer_accuracy")
    }


def test_a_time_limit_does_not_cut_a_ceiling_short(folder: TrialFolder) -> None:
    spec = small_trial({"objective.alpha": 0.0, "training.epochs": 2, "training.time_limit": 1})
    run_reference(spec, next_attempt(folder, clock=ticking(100.0)))
    outcome = folder.finished_attempt()
    assert outcome is not None
    assert (outcome.state, outcome.epoch) == ("COMPLETE", 2)


def test_one_of_a_confirmation_is_measured_on_test_by_the_same_probes(folder: TrialFolder) -> None:
    spec = SPEC.model_copy(update={"seed": SPEC.seed.model_copy(update={"stage": "confirm"})})
    run_reference(spec, next_attempt(new_trial(folder, spec)))
    found = metrics_of(folder)
    assert len(found) == 12
    unsealed = dataset_of(spec.data).unsealed("confirm")
    train, validation, test = (unsealed.split(name) for name in ("train", "validation", "test"))
    seen = [
        Representations(pixels, pixels, part.labels.map(torch.from_numpy))
        for part in (train, validation, test)
        for pixels in [torch.from_numpy(part.images.reshape(len(part), -1) / 255).float()]
    ]
    probes = ProbeMetrics(seen[0], seed=spec.seed.stream("evaluation/probe"), patience=PIXELS_PATIENCE)
    for prefix, part in (("", seen[1]), ("test.", seen[2])):
        expected = {f"{prefix}raw_pixels.{name}": value for name, value in probes.of(part).items()}
        assert expected.items() <= found.items()
    assert found["test.ceiling.transfer_accuracy"] != found["ceiling.transfer_accuracy"]
