"""Several workers on one batch have the loss and the gradient of one process on the whole batch.

Everything runs in real processes over gloo. What a worker trains is compared with one process, and with finite
differences nowhere: one process is the oracle, and it has its own.
"""

from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
import torch.distributed as dist
from torch import nn

from spreadtune.data.views import Views
from spreadtune.objectives.cross_entropy import CrossEntropyObjective
from spreadtune.objectives.infonce import InfoNCEObjective
from spreadtune.objectives.objective import Objective
from spreadtune.objectives.reconstruction import with_reconstruction
from spreadtune.objectives.spread import SpreadObjective
from spreadtune.run_folder import TrialFolder
from spreadtune.spec.trial import TrialSpec
from spreadtune.training.context import LocalContext
from spreadtune.training.divergence import DivergenceError
from spreadtune.training.model import Model
from spreadtune.training.step import Step
from spreadtune.training.worker_group import WorkerGroup, is_lost_connection
from spreadtune.training.workers import ONE_WORKER, OneWorker, Workers, part_of
from spreadtune.trial.run import run_trial
from tests.gloo import GlooPool
from tests.own_parts import Brightness
from tests.small_trial import AUTOENCODER, epoch_trainer, small_trial, without_times

pytestmark = pytest.mark.slow  # what needs no processes of its own is in the contract of objectives, at once

CLASSES = torch.tensor([0, 0, 0, 0, 0, 1, 2, 2, 1, 0, 0])
"""Eleven images: no number of workers divides them, and one class has a single image on some workers."""

OBJECTIVES = [
    *(f"spread {pairs} {denominator}" for pairs in ("cross_view", "all") for denominator in ("negatives", "all")),
    "infonce",
    "cross_entropy",
    "reconstruction",
    "reconstruction told the class",
    "own pixels",
]


def objective_named(name: str) -> Objective:
    torch.manual_seed(3)
    kind, *options = name.split()
    decoder = lambda width: nn.Sequential(nn.Linear(width, 6), nn.Unflatten(1, (1, 2, 3)))  # noqa: E731
    if kind == "spread":
        return SpreadObjective(alpha=0.3, temperature=0.2, pairs=options[0], denominator=options[1])
    if kind == "infonce":
        return InfoNCEObjective(0.2)
    if kind == "cross_entropy":
        return CrossEntropyObjective(5, 3)
    if kind == "own":
        return Brightness(5, 3)
    spread = SpreadObjective(alpha=0.3, temperature=0.2)
    told = nn.Embedding(3, 2) if options else None
    return with_reconstruction(spread, decoder(7 if told else 5), 2.0, class_embedding=told)


def loss_and_gradients(name: str, head: bool, workers: Workers) -> dict[str, Any]:
    """One step of a linear encoder in float64 on this worker's images: what every worker must agree in."""
    torch.manual_seed(1)
    views = Views(*(torch.rand(2, len(CLASSES), 1, 2, 3, dtype=torch.float64) for _ in range(2)))
    part = workers.part(len(CLASSES))
    encoder = nn.Sequential(nn.Flatten(), nn.Linear(6, 5))
    model = Model(encoder, nn.Linear(5, 4) if head else nn.Identity(), objective_named(name)).double()
    step = workers.parallel(Step(model, "float32", workers))
    terms, norms = step(Views(views.inputs[:, part], views.targets[:, part]), CLASSES, measured=True)
    model.objective.total(terms).backward()
    return {
        "terms": {term: float(workers.mean(value.detach())) for term, value in terms.items()},
        "norms": {term: float(value) for term, value in norms.items()},
        "gradients": {n: p.grad.numpy().copy() for n, p in model.named_parameters() if p.grad is not None},
    }


def in_group(name: str, head: bool) -> dict[str, Any]:
    return loss_and_gradients(name, head, WorkerGroup())


@pytest.mark.parametrize("head", [False, True], ids=["no head", "head"])
@pytest.mark.parametrize("name", OBJECTIVES)
def test_loss_and_gradient_equal_one_process(name: str, head: bool, gloo: GlooPool) -> None:
    alone = loss_and_gradients(name, head, ONE_WORKER)
    assert any(np.abs(gradient).max() > 1e-3 for gradient in alone["gradients"].values())
    for found in gloo.run(in_group, name, head):
        assert found["terms"] == pytest.approx(alone["terms"], rel=1e-10)
        assert found["norms"] == pytest.approx(alone["norms"], rel=1e-10)
        assert found["gradients"].keys() == alone["gradients"].keys()
        for parameter, gradient in alone["gradients"].items():
            np.testing.assert_allclose(
                found["gradients"][parameter], gradient, rtol=1e-9, atol=1e-12, err_msg=parameter
            )


def gathered(shape: tuple[int, ...], dim: int) -> tuple[Any, Any]:
    """The whole as this worker gathers it, and the gradient of a function that differs from worker to worker."""
    workers = WorkerGroup()
    whole = torch.arange(float(np.prod(shape)), dtype=torch.float64).reshape(shape)
    part = whole[(slice(None),) * dim + (workers.part(shape[dim]),)].clone().requires_grad_()
    together = workers.whole(part, shape[dim], dim)
    ((workers.rank + 1) * together.pow(2)).sum().backward()
    return together.detach().numpy(), part.grad.numpy()


@pytest.mark.parametrize(("shape", "dim"), [((7, 2), 0), ((2, 11, 3), 1), ((1, 2), 0)])
def test_gathering_sums_the_gradients_of_all_workers(shape: tuple[int, ...], dim: int, gloo: GlooPool) -> None:
    whole = np.arange(float(np.prod(shape))).reshape(shape)
    found = gloo.run(gathered, shape, dim)
    factor = sum(range(1, len(found) + 1))
    for together, _ in found:
        np.testing.assert_array_equal(together, whole)
    np.testing.assert_allclose(np.concatenate([gradient for _, gradient in found], axis=dim), factor * 2 * whole)


@pytest.mark.parametrize("total", range(12))
@pytest.mark.parametrize("count", [1, 2, 3, 5])
def test_parts_follow_each_other_and_differ_by_one_at_most(total: int, count: int) -> None:
    parts = [part_of(total, rank, count) for rank in range(count)]
    assert [i for part in parts for i in range(total)[part]] == list(range(total))
    sizes = [part.stop - part.start for part in parts]
    assert max(sizes) - min(sizes) <= 1


GROUP_NORM = {"model.encoder": {"name": "convnet", "width": 4, "embedding_dim": 8, "norm": "group"}}

TRIALS = {
    "plain": small_trial({**GROUP_NORM, "data.batch_size": 31}),
    "balanced": small_trial(
        {**GROUP_NORM, "data.batches": "balanced", "evaluation.transfer_to": {"name": "tests.own_parts:colours"}}
    ),
    "autoencoder": small_trial({**GROUP_NORM, **AUTOENCODER, "model.head": "mlp", "data.batch_size": 31}),
}


def trained(spec: TrialSpec, folder: str) -> tuple[dict[str, Any], dict[str, Any]]:
    """A whole trial in a group: the model's parameters and, of the leader, the outcome's numbers."""
    workers = WorkerGroup()
    trial = TrialFolder(Path(folder))
    attempt = workers.led(trial.new_attempt)
    outcome = run_trial(spec, LocalContext(attempt, workers=workers, checkpoints=trial.checkpoints()))
    assert outcome is not None
    model = torch.load(attempt.checkpoint_file(spec.training.epochs), weights_only=True)["model"]
    return {name: tensor.numpy() for name, tensor in model.items()}, dict(outcome.metrics)


@pytest.mark.parametrize("name", TRIALS)
def test_a_trial_equals_that_of_one_process(name: str, gloo: GlooPool, tmp_path: Path) -> None:
    spec = TRIALS[name]
    alone = TrialFolder(tmp_path / "alone")
    outcome = run_trial(spec, LocalContext(alone.new_attempt()))
    assert outcome is not None
    found = gloo.run(trained, spec, str(tmp_path / "group"))
    group = TrialFolder(tmp_path / "group")
    model = torch.load(alone.checkpoints()[0], weights_only=True)["model"]
    for parameters, numbers in found:
        for parameter, tensor in model.items():
            np.testing.assert_allclose(parameters[parameter], tensor.numpy(), atol=2e-4, err_msg=parameter)
        assert numbers.keys() == outcome.metrics.keys()
        for metric in ("spread", "train_spread", "alignment", "uniformity", "supcon_gradient_norm"):
            assert numbers[metric] == pytest.approx(outcome.metrics[metric], abs=2e-3), metric
    for line, expected in zip(without_times(group.history()), without_times(alone.history()), strict=True):
        assert line == pytest.approx(expected, rel=2e-3, abs=2e-3)
    assert group.environment()["workers"] == len(found)
    assert [path.name for path in group.attempts()[0].path.glob("*.json*")].count("history.jsonl") == 1


def interrupted(spec: TrialSpec, folder: str, stop_after: int) -> int | None:
    """An attempt that is asked to stop by the leader alone; the epoch it reached."""
    workers = WorkerGroup()
    trial = TrialFolder(Path(folder))
    attempt, checkpoints = workers.led(lambda: (trial.new_attempt(), trial.checkpoints()))
    context = LocalContext(
        attempt,
        workers=workers,
        checkpoints=checkpoints if workers.leads else [],
        stop=lambda: workers.leads and len(trial.history()) == stop_after,
    )
    outcome = run_trial(spec, context)
    return outcome.epoch if outcome else None


def test_all_stop_when_the_leader_is_asked_and_go_on_from_its_checkpoint(gloo: GlooPool, tmp_path: Path) -> None:
    spec = TRIALS["autoencoder"]
    folder, untouched = tmp_path / "stopped", tmp_path / "untouched"
    assert set(gloo.run(interrupted, spec, str(folder), 2)) == {None}
    assert set(gloo.run(interrupted, spec, str(folder), 99)) == {4}
    gloo.run(interrupted, spec, str(untouched), 99)
    histories = [without_times(TrialFolder(path).history()) for path in (folder, untouched)]
    for line, expected in zip(*histories, strict=True):
        # Not bit for bit: in which order three workers' gradients are added depends on how they are bundled.
        assert line == pytest.approx(expected, rel=1e-6)


UNUSED = small_trial({"objective": {"name": "cross_entropy"}, "model.head": "mlp"})


def test_parameters_that_no_term_uses_hold_nobody_up(gloo: GlooPool, tmp_path: Path) -> None:
    assert set(gloo.run(interrupted, UNUSED, str(tmp_path), 99)) == {4}


def diverging(spec: TrialSpec, folder: str) -> str:
    workers = WorkerGroup()
    attempt = workers.led(TrialFolder(Path(folder)).new_attempt)
    outcome = run_trial(spec, LocalContext(attempt, workers=workers))
    assert outcome is not None
    return f"{outcome.state}: {outcome.reason}"


def test_all_see_a_divergence(gloo: GlooPool, tmp_path: Path) -> None:
    spec = small_trial({"objective": {"name": "tests.own_parts:Pull", "fails_from": 6}})
    assert set(gloo.run(diverging, spec, str(tmp_path))) == {"PRUNED: diverged: loss is inf in epoch 2"}


def batch_statistics(spec: TrialSpec) -> tuple[list[Any], list[Any]]:
    """Running statistics after an epoch, and how each worker's own images looked."""
    workers = WorkerGroup()
    trainer = epoch_trainer(spec, workers)
    trainer.train_epoch(1)
    return [buffer.numpy().copy() for buffer in trainer.model.encoder.buffers()]


def test_batch_statistics_end_as_the_leaders_on_every_worker(gloo: GlooPool) -> None:
    """On CPUs each worker normalizes by its own images; what is evaluated and saved must be one model all the same."""
    first, *others = gloo.run(batch_statistics, small_trial())
    assert len(first) > 0
    for other in others:
        for buffer, expected in zip(other, first, strict=True):
            np.testing.assert_array_equal(buffer, expected)


def diverge() -> None:
    raise DivergenceError(3, "loss", float("inf"))  # takes more arguments than pickle gives it


def failing_leader() -> list[str]:
    found = []
    for compute in (lambda: 1 / 0, diverge):
        try:
            WorkerGroup().led(compute)
        except Exception as error:
            found.append(f"{type(error).__name__}: {error}")
    return found


def test_what_the_leader_raises_is_raised_by_all(gloo: GlooPool) -> None:
    for found in gloo.run(failing_leader):
        assert found == [
            "ZeroDivisionError: division by zero",
            "RuntimeError: DivergenceError: diverged: loss is inf in epoch 3",
        ]


def collectives_of_a_step(name: str) -> dict[str, int]:
    """How often each collective was called in one step."""
    counts = {"all_gather": 0, "all_reduce": 0}
    originals = {key: getattr(dist, key) for key in counts}

    def counting(key: str) -> Any:
        def call(*arguments: Any, **options: Any) -> Any:
            counts[key] += 1
            return originals[key](*arguments, **options)

        return call

    workers = WorkerGroup()
    views = torch.rand(2, len(CLASSES), 1, 2, 3)[:, workers.part(len(CLASSES))]
    encoder = nn.Sequential(nn.Flatten(), nn.Linear(6, 5))
    model = Model(encoder, nn.Identity(), objective_named(name))
    step = workers.parallel(Step(model, "float32", workers))
    try:
        for key in counts:
            setattr(dist, key, counting(key))
        terms, _ = step(Views(views, views), CLASSES)
        model.objective.total(terms).backward()
    finally:
        for key, original in originals.items():
            setattr(dist, key, original)
    return counts


def test_a_step_costs_one_gathering_and_one_reduction_beside_the_gradients(gloo: GlooPool) -> None:
    for found in gloo.run(collectives_of_a_step, "reconstruction"):
        assert found == {"all_gather": 1, "all_reduce": 1}


def test_one_worker_changes_nothing() -> None:
    values, module = torch.rand(3), nn.Linear(2, 2)
    one = OneWorker()
    assert one.whole(values, 3) is values
    assert one.mean(values) is values
    assert one.parallel(module) is module
    assert one.led(lambda: 5) == one.share(5) == 5
    assert one.part(7) == slice(0, 7)
    assert one.leads


@pytest.mark.parametrize(
    ("error", "lost"),
    [
        (RuntimeError("[third_party/gloo/gloo/transport/tcp/pair.cc:545] Connection closed by peer"), True),
        (dist.DistNetworkError("the store is gone"), True),
        (dist.DistBackendError("NCCL error: remote process exited"), True),
        (RuntimeError("the disk is on fire"), False),
        (ValueError("gloo/transport"), False),
    ],
)
def test_a_lost_connection_is_told_from_a_fault(error: Exception, lost: bool) -> None:
    assert is_lost_connection(error) == lost
