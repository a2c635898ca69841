"""The loop between epochs: what is written when, and that an interruption leaves no mark on the numbers."""

from pathlib import Path
from typing import Any

import pytest

from spreadtune.run_folder import TrialFolder
from spreadtune.run_folder.retention import Watched
from spreadtune.spec.trial import TrialSpec
from spreadtune.training.checkpoint import load_checkpoint
from spreadtune.training.divergence import DivergenceError
from spreadtune.training.epoch import EpochTrainer
from spreadtune.training.loop import Trained, train
from tests.small_trial import (
    AUTOENCODER,
    assert_equal_states,
    epoch_trainer,
    next_attempt,
    small_trial,
    ticking,
    without_times,
)

STEPS = 3


class KilledError(BaseException):
    """What ends a process, as no handler of the library may swallow it."""


Run = tuple[EpochTrainer, Trained]


def run(spec: TrialSpec, folder: TrialFolder, *, kill_at: int | None = None, **options: Any) -> Run:
    """Another attempt at a trial, which dies after ``kill_at`` batches."""
    trainer = epoch_trainer(spec)
    if kill_at is not None:
        trainer.augmentation = dying(trainer.augmentation, kill_at)

    def evaluate() -> dict[str, float]:
        return {"weight": float(next(trainer.model.parameters()).detach().sum())}

    return trainer, train(trainer, spec, next_attempt(folder, **options), evaluate)


def dying(augmentation: Any, batches: int) -> Any:
    left = iter(range(batches))

    def augment(*arguments: Any) -> Any:
        if next(left, None) is None:
            raise KilledError
        return augmentation(*arguments)

    return augment


def assert_same_end(one: Run, folder: TrialFolder, other: Run, other_folder: TrialFolder) -> None:
    assert_equal_states(one[0].state_dict(), other[0].state_dict())
    assert without_times(folder.history()) == without_times(other_folder.history())
    assert one[1] == other[1]


@pytest.fixture
def folder(tmp_path: Path) -> TrialFolder:
    return TrialFolder(tmp_path / "trials" / "0000")


@pytest.fixture
def whole_folder(tmp_path: Path) -> TrialFolder:
    return TrialFolder(tmp_path / "trials" / "0001")


SPECS = {
    "plain": small_trial(),
    "autoencoder": small_trial({**AUTOENCODER, "model.head": "mlp"}),
    "dropout": small_trial({"model.encoder": {"name": "tests.own_parts:Flat", "width": 8}}),
    "own state": small_trial({"objective": {"name": "tests.own_parts:Pull", "fails_from": 1000}}),
    "group norm, warm-up": small_trial(
        {"model.encoder": {"name": "convnet", "width": 4, "norm": "group"}, "training.warmup_epochs": 2}
    ),
}


CASES = [("autoencoder", 0), ("autoencoder", 3), *((name, 1) for name in SPECS)]


@pytest.mark.parametrize(("name", "epochs_before"), CASES)
def test_killed_and_resumed_equals_uninterrupted(
    name: str, epochs_before: int, folder: TrialFolder, whole_folder: TrialFolder
) -> None:
    spec = SPECS[name]
    with pytest.raises(KilledError):
        run(spec, folder, kill_at=epochs_before * STEPS + 2)
    assert len(folder.history()) == epochs_before
    assert_same_end(run(spec, folder), folder, run(spec, whole_folder), whole_folder)
    assert [line["attempt"] for line in folder.history()] == [1] * epochs_before + [2] * (4 - epochs_before)


def test_killed_twice_with_few_checkpoints(folder: TrialFolder, whole_folder: TrialFolder) -> None:
    spec = small_trial({"training.epochs": 5, "training.checkpoint_every": 2})
    with pytest.raises(KilledError):
        run(spec, folder, kill_at=3 * STEPS + 1)
    with pytest.raises(KilledError):
        run(spec, folder, kill_at=STEPS + 1)
    assert_same_end(run(spec, folder), folder, run(spec, whole_folder), whole_folder)
    # Epoch 3 was trained three times from the checkpoint of epoch 2: the latest attempt is the one that counts.
    assert [line["attempt"] for line in folder.history()] == [1, 1, 3, 3, 3]


@pytest.mark.parametrize("damage", [lambda whole: whole[: len(whole) // 2], lambda whole: b""], ids=["cut", "empty"])
def test_a_damaged_checkpoint_costs_one_epoch(damage: Any, folder: TrialFolder, whole_folder: TrialFolder) -> None:
    spec = SPECS["autoencoder"]
    with pytest.raises(KilledError):
        run(spec, folder, kill_at=3 * STEPS + 2)
    newest = folder.checkpoints()[0]
    newest.write_bytes(damage(newest.read_bytes()))
    assert_same_end(run(spec, folder), folder, run(spec, whole_folder), whole_folder)
    assert [line["attempt"] for line in folder.history()] == [1, 1, 2, 2]


def test_the_best_checkpoint_of_all_attempts_is_taken(folder: TrialFolder) -> None:
    spec = small_trial()
    for kill_at in (3 * STEPS + 1, 1):
        with pytest.raises(KilledError):
            run(spec, folder, kill_at=kill_at)
    reported: list[int] = []
    run(spec, folder, on_report=lambda epoch, metrics: reported.append(epoch))
    assert reported == [4]


def test_an_epoch_is_in_the_history_and_in_a_checkpoint_before_it_is_reported(folder: TrialFolder) -> None:
    def check(epoch: int, metrics: Any) -> None:
        state = load_checkpoint([folder.attempts()[0].checkpoint_file(epoch)])
        assert state is not None
        assert state["epoch"] == epoch
        assert folder.history()[-1] == {"epoch": epoch, "attempt": 1, **metrics}
        reported.append(epoch)

    reported: list[int] = []
    run(small_trial(), folder, on_report=check)
    assert reported == [1, 2, 3, 4]


@pytest.mark.parametrize("checkpoint_every", [1, 3])
def test_a_stop_leaves_a_checkpoint_to_go_on_from(
    checkpoint_every: int, folder: TrialFolder, whole_folder: TrialFolder
) -> None:
    spec = small_trial({"training.checkpoint_every": checkpoint_every})
    _, stopped = run(spec, folder, stop=lambda: len(folder.history()) == 2)
    assert (stopped.epoch, stopped.ended) == (2, "request")
    assert folder.checkpoints()[0].name == "checkpoint-0002.pt"
    assert_same_end(run(spec, folder), folder, run(spec, whole_folder), whole_folder)


def test_a_stop_after_the_last_epoch_comes_too_late(folder: TrialFolder) -> None:
    _, trained = run(small_trial({"training.epochs": 1}), folder, stop=lambda: bool(folder.history()))
    assert trained.epoch == 1
    assert trained.ended == "last epoch"


def test_a_stop_that_was_asked_for_before_costs_no_epoch(folder: TrialFolder, whole_folder: TrialFolder) -> None:
    spec = small_trial()
    _, fresh = run(spec, folder, stop=lambda: True)
    assert (fresh.epoch, fresh.ended) == (0, "request")
    assert not folder.history()
    assert not folder.checkpoints()
    run(spec, folder, stop=lambda: len(folder.history()) == 2)
    _, again = run(spec, folder, stop=lambda: True)
    assert (again.epoch, again.ended) == (2, "request")
    assert len(folder.history()) == 2
    assert_same_end(run(spec, folder), folder, run(spec, whole_folder), whole_folder)


@pytest.mark.parametrize(("checkpoint_every", "kept"), [(1, [4, 3]), (2, [4, 2]), (3, [4, 3]), (9, [4])])
def test_the_last_two_checkpoints_stay(checkpoint_every: int, kept: list[int], folder: TrialFolder) -> None:
    run(small_trial({"training.checkpoint_every": checkpoint_every}), folder)
    assert [path.name for path in folder.checkpoints()] == [f"checkpoint-{epoch:04d}.pt" for epoch in kept]


def test_a_finished_trial_asked_again_gives_its_result_again(folder: TrialFolder) -> None:
    first = run(small_trial(), folder)
    before = folder.history()
    reported: list[int] = []
    again = run(small_trial(), folder, on_report=lambda epoch, metrics: reported.append(epoch))
    assert_same_end(first, folder, again, folder)
    assert folder.history() == before
    assert reported == []


def test_evaluation_is_asked_for_every_few_epochs_and_at_the_end(folder: TrialFolder) -> None:
    run(small_trial({"training.epochs": 5}), folder)
    assert [line["epoch"] for line in folder.history() if "weight" in line] == [2, 4, 5]


@pytest.mark.parametrize("value", [float("nan"), float("inf")])
def test_a_number_that_is_none_ends_training_and_leaves_the_epochs_before(value: float, folder: TrialFolder) -> None:
    spec = small_trial()
    trainer = epoch_trainer(spec)
    values = iter([1.0, value])
    with pytest.raises(DivergenceError, match=f"^diverged: spread is {value} in epoch 4$") as caught:
        train(trainer, spec, next_attempt(folder), lambda: {"spread": next(values)})
    assert caught.value.epoch == 4
    assert [line["epoch"] for line in folder.history()] == [1, 2, 3]
    assert folder.checkpoints()[0].name == "checkpoint-0003.pt"


def test_an_infinite_loss_ends_training_before_it_is_evaluated(folder: TrialFolder) -> None:
    spec = small_trial({"objective": {"name": "tests.own_parts:Pull", "fails_from": 2 * STEPS}})
    with pytest.raises(DivergenceError, match=r"^diverged: loss is inf in epoch 2$"):
        run(spec, folder)
    assert [line["epoch"] for line in folder.history()] == [1]


@pytest.mark.parametrize(("policy", "kept"), [("last", [4, 3]), ("best", [4, 3, 2]), ("all", [4, 3, 2, 1])])
def test_the_best_checkpoint_or_all_stay_where_asked_for(policy: str, kept: list[int], folder: TrialFolder) -> None:
    values = iter([0.5, 0.9, 0.1, 0.2])
    spec = small_trial({"training.checkpoints": policy, "evaluation.knn_every": 1})
    context = next_attempt(folder, best_by=Watched("knn", "maximize"))
    train(epoch_trainer(spec), spec, context, lambda: {"knn": next(values)})
    assert [int(path.stem[-4:]) for path in folder.checkpoints()] == kept


def test_a_trial_whose_time_is_up_ends_after_that_epoch(folder: TrialFolder) -> None:
    spec = small_trial({"training.time_limit": 20})
    _, trained = run(spec, folder, clock=ticking(10.0))
    assert (trained.epoch, trained.ended) == (2, "time limit")
    assert [line["seconds"] for line in folder.history()] == [10, 10]


def test_one_that_has_the_time_does_not(folder: TrialFolder) -> None:
    _, trained = run(small_trial({"training.time_limit": 31}), folder, clock=ticking(10.0))
    assert (trained.epoch, trained.ended) == (4, "last epoch"), "the fourth epoch began in time and is the last"


def test_seconds_of_earlier_attempts_count_and_each_epoch_once(folder: TrialFolder) -> None:
    spec = small_trial({"training.epochs": 5, "training.time_limit": "40s", "training.checkpoint_every": 2})
    with pytest.raises(KilledError):
        run(spec, folder, kill_at=3 * STEPS + 1, clock=ticking(10.0))
    assert [line["epoch"] for line in folder.history()] == [1, 2, 3]
    # Epoch 3 was lost with its worker and is trained again: 40 s are up after epoch 4, not before.
    _, trained = run(spec, folder, clock=ticking(10.0))
    assert (trained.epoch, trained.ended) == (4, "time limit")
    assert [line["attempt"] for line in folder.history()] == [1, 1, 2, 2]


def test_a_worker_that_died_when_its_time_was_up_is_not_trained_on(folder: TrialFolder) -> None:
    def die(epoch: int, metrics: Any) -> None:
        if epoch == 2:
            raise KilledError

    spec = small_trial({"training.time_limit": 20})
    with pytest.raises(KilledError):
        run(spec, folder, on_report=die, clock=ticking(10.0))
    _, trained = run(spec, folder, clock=ticking(10.0))
    assert (trained.epoch, trained.ended) == (2, "time limit")
    assert len(folder.history()) == 2
