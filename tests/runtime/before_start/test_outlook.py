"""What a run would be, without a cluster and with paces that the tests make up."""

from typing import Any

import pytest

from spreadtune.errors import UserError
from spreadtune.runtime.before_start import outlook as module
from spreadtune.runtime.before_start.outlook import Outlook, look_ahead
from spreadtune.runtime.cluster.resources import Node, Slots
from spreadtune.spec.load import load_study
from spreadtune.spec.study import Study
from spreadtune.spec.trial import TrialSpec
from spreadtune.trial.shape import Pace
from tests.workplace import Workplace

PACE = Pace(epoch=2, evaluation=0, end=0, checkpoint=0, checkpoint_bytes=100)


@pytest.fixture(autouse=True)
def _machine(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "this_machine", lambda config: Node(4, 0))


def study(workplace: Workplace, **changes: Any) -> Study:
    workplace.write("x", {path.replace("__", "."): value for path, value in changes.items()})
    return load_study(workplace.folder / "studies" / "x.yaml")


def looked(study: Study, measured: list[TrialSpec] | None = None, **options: Any) -> Outlook:
    def measure(spec: TrialSpec, slots: Slots) -> Pace:
        if measured is not None:
            measured.append(spec)
        return PACE

    return look_ahead(study, measure=measure, **options)


def test_each_shape_is_measured_once(workplace: Workplace) -> None:
    measured: list[TrialSpec] = []
    variants = {
        "a": {},
        "b": {"set": {"training.epochs": 8}},
        "c": {"set": {"data.batch_size": 32}},
        "d": {"set": {"model.decoder": "conv", "objective.autoencoder_weight": 1.0}},
    }
    found = looked(study(workplace, search__variants=variants), measured)
    assert [(spec.data.batch_size, spec.objective.autoencoder_weight) for spec in measured] == [
        (64, 0),
        (32, 0),
        (64, 1),
    ]
    assert len(found.work.trials) == 4 * 4
    assert len(found.work.references) == 2
    assert found.work.epochs == 4 * (4 + 8 + 4 + 4) + 2 * 4
    assert found.cost.seconds == 2 * found.work.epochs


def test_slots_are_those_of_the_machine(workplace: Workplace) -> None:
    assert looked(study(workplace)).slots == Slots(workers=1, cpus=1, gpus=0.0, count=4)
    assert looked(study(workplace, resources={"cpus_per_worker": 2})).slots.count == 2
    assert looked(study(workplace, resources={"max_concurrent_trials": 3})).slots.count == 3


@pytest.mark.parametrize(
    ("resources", "message"),
    [
        ({"cpus_per_worker": 5}, r"cpus_per_worker: a worker asks for 5 CPUs and the largest node has 4; .* at most 4"),
        ({"gpus_per_worker": 1}, r"gpus_per_worker: a worker asks for 1 GPUs and the largest node has 0; "),
        ({"workers": 5}, r"workers: a trial asks for 5 workers of 1 CPUs with 0 GPUs, and 4 fit"),
    ],
    ids=str,
)
def test_what_can_never_fit_is_refused_before_anything_is_measured(
    workplace: Workplace, resources: dict[str, int], message: str
) -> None:
    measured: list[TrialSpec] = []
    with pytest.raises(UserError, match=message):
        looked(study(workplace, resources=resources), measured)
    assert measured == []
