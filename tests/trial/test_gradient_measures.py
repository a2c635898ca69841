"""Norms of the gradients of both contrastive terms at h, when training has ended."""

import math
from typing import Any

import pytest
import torch

from spreadtune.data.device import DeviceSplit
from spreadtune.data.views import build_augmentation
from spreadtune.objectives import class_conditional_infonce_loss, supcon_loss
from spreadtune.run_folder import TrialFolder
from spreadtune.spec.load import load_trial
from spreadtune.spec.objective import OBJECTIVES
from spreadtune.spec.trial import TrialSpec
from spreadtune.training.model import Model
from spreadtune.trial.assemble import build_model
from spreadtune.trial.datasets import dataset_of
from spreadtune.trial.gradient_measures import BATCHES, GradientMeasures
from spreadtune.trial.reload import load_model
from tests.small_trial import small_trial

BATCH = 32


def measures(spec: TrialSpec, model: Model | None = None) -> GradientMeasures:
    dataset = dataset_of(spec.data)
    train = DeviceSplit.of(dataset.split("train"), torch.device("cpu"))
    model = model or build_model(spec, dataset, dataset.class_count)
    return GradientMeasures(model, build_augmentation(spec.data.augmentation), train, spec)


def test_both_norms_are_their_definition(finished: TrialFolder) -> None:
    """Through a head; the decoder's term is none of them."""
    outcome, spec, model = finished.outcome(), load_trial(finished.spec_file), load_model(finished)
    assert outcome is not None
    part = dataset_of(spec.data).split("train")
    order = torch.Generator().manual_seed(spec.seed.stream("evaluation/gradients/order"))
    stream = torch.Generator().manual_seed(spec.seed.stream("evaluation/gradients/views"))
    positions = torch.randperm(len(part), generator=order)[: BATCH * BATCHES].view(BATCHES, BATCH)
    norms: dict[str, list[float]] = {"supcon": [], "ccinfonce": []}
    for chosen in positions:
        images, classes = torch.from_numpy(part.images)[chosen], torch.from_numpy(part.labels.classes)[chosen]
        views = build_augmentation(spec.data.augmentation)(images, 2, stream).inputs
        h = torch.stack([model.encoder(view) for view in views]).detach().requires_grad_()
        for name, loss in (("supcon", supcon_loss), ("ccinfonce", class_conditional_infonce_loss)):
            value = loss(model.head(h), classes, temperature=spec.objective.temperature)
            norms[name].append(float(torch.autograd.grad(value, h)[0].norm()))
    for name, values in norms.items():
        assert outcome.metrics[f"{name}_gradient_norm"] == pytest.approx(sum(values) / BATCHES, rel=1e-4)


@pytest.mark.parametrize(("batch_size", "batches"), [(10, BATCHES), (60, 1)])
def test_as_many_batches_are_looked_at_as_said_and_fewer_where_there_are_no_more(batch_size: int, batches: int) -> None:
    spec = small_trial({"data.batch_size": batch_size})
    model = build_model(spec, dataset_of(spec.data), 2)
    seen: list[int] = []
    model.objective.register_forward_pre_hook(lambda _, given: seen.append(len(given[0].classes)))
    assert measures(spec, model).supcon_gradient_norm()
    assert seen == [batch_size] * batches


def test_a_measurement_changes_nothing_and_comes_out_again() -> None:
    spec = small_trial()
    model = build_model(spec, dataset_of(spec.data), 2)
    before = {name: value.clone() for name, value in model.state_dict().items()}
    torch_stream = torch.random.get_rng_state()
    first, again = (measures(spec, model).ccinfonce_gradient_norm() for _ in range(2))
    assert first == again
    torch.testing.assert_close(model.state_dict(), before, rtol=0, atol=0)
    assert all(parameter.grad is None for parameter in model.parameters())
    assert torch.equal(torch.random.get_rng_state(), torch_stream)


def test_weights_do_not_enter_and_temperature_does() -> None:
    def norm(**values: float) -> float:
        found = measures(small_trial({"objective": {"name": "spread", **values}})).supcon_gradient_norm()
        assert found is not None
        return found

    assert norm(alpha=0.0) == norm(alpha=1.0) > 0
    assert norm(temperature=0.1) > 2 * norm(temperature=0.5)


@pytest.mark.parametrize(
    ("objective", "supcon", "ccinfonce"),
    [
        ({"name": "spread"}, True, True),
        ({"name": "joint"}, True, False),
        ({"name": "infonce"}, False, False),
        ({"name": "cross_entropy"}, False, False),
        ({"name": "tests.own_parts:Pull", "fails_from": 0}, False, False),
    ],
    ids=lambda value: value["name"] if isinstance(value, dict) else None,
)
def test_what_an_objective_does_not_declare_is_absent(objective: dict[str, Any], supcon: bool, ccinfonce: bool) -> None:
    found = measures(small_trial({"objective": objective}))
    norms = found.supcon_gradient_norm(), found.ccinfonce_gradient_norm()
    assert [norm is not None and math.isfinite(norm) for norm in norms] == [supcon, ccinfonce]


@pytest.mark.parametrize("name", OBJECTIVES.names)
def test_declared_terms_are_those_that_the_objective_gives(name: str) -> None:
    spec = small_trial({"objective": {"name": name}})
    objective = OBJECTIVES.build(spec.objective, 8, 2)
    assert {*spec.objective.terms} == objective.weights.keys()
