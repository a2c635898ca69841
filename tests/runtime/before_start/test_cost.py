"""The arithmetic of a plan, against hand-made numbers."""

import pytest

from spreadtune.runtime.before_start.cost import Cost, cost_of, kept_checkpoints, seconds_of, wall_time
from spreadtune.runtime.cluster.resources import Slots
from spreadtune.search.plans.workload import EncoderJob, Job, VariantLoad, Workload
from spreadtune.trial.shape import Pace, shape_of
from tests.small_trial import AUTOENCODER, small_trial

PLAIN, WITH_DECODER = small_trial(), small_trial({**AUTOENCODER, "training.epochs": 10})
PACES = {
    shape_of(PLAIN): Pace(epoch=100, evaluation=10, end=30, checkpoint=1, checkpoint_bytes=1_000),
    shape_of(WITH_DECODER): Pace(epoch=200, evaluation=20, end=40, checkpoint=2, checkpoint_bytes=5_000),
}


def work(*jobs: Job, references: tuple[Job, ...] = ()) -> Workload:
    return Workload((VariantLoad("main", len(jobs), len(jobs), jobs, ()),), references)


@pytest.mark.parametrize(
    ("epochs", "every", "done", "evaluations"),
    [(4, 2, 0, 2), (5, 2, 0, 3), (5, 2, 2, 2), (5, 2, 3, 2), (5, 9, 0, 1), (5, 1, 4, 1), (5, 1, 5, 0), (4, 4, 4, 0)],
)
def test_evaluations_come_every_few_epochs_and_after_the_last(
    epochs: int, every: int, done: int, evaluations: int
) -> None:
    spec = small_trial({"training.epochs": epochs, "evaluation.knn_every": every})
    [job] = Job(spec, done).encoders
    listed = [epoch for epoch in range(done + 1, epochs + 1) if epoch % every == 0 or epoch == epochs]
    assert job.evaluations == len(listed) == evaluations
    assert job.epochs == epochs - done
    assert job.checkpoints == epochs - done


def test_a_trial_takes_its_epochs_evaluations_checkpoints_and_end() -> None:
    pace = PACES[shape_of(PLAIN)]
    assert seconds_of([(EncoderJob(PLAIN), pace)], workers=1) == 4 * 100 + 2 * 10 + 4 * 1 + 30
    assert seconds_of([(EncoderJob(PLAIN, done=3), pace)], workers=1) == 100 + 10 + 1 + 30
    assert seconds_of([(EncoderJob(PLAIN, done=4), pace)], workers=1) == 30
    assert seconds_of([(EncoderJob(PLAIN), pace)], workers=2) == 2 * 100 + 2 * 10 + 4 * 1 + 30


def test_a_trial_with_members_takes_theirs_and_is_measured_once_more() -> None:
    members = {"a": {"set": {"objective.alpha": 0.2}}, "b": {"set": {**AUTOENCODER, "training.epochs": 10}}}
    begun = Job(small_trial({"members": members}), done=6)
    assert [(encoder.done, encoder.epochs) for encoder in begun.encoders] == [(4, 0), (2, 8)]
    assert begun.epochs == 8
    found = cost_of(work(begun), PACES, Slots(workers=1, cpus=1, gpus=0, count=1))
    assert found.seconds == 30 + 8 * 200 + 4 * 20 + 8 * 2 + 40 + 40
    assert found.checkpoint_bytes == 5_000


def test_the_cost_of_a_run() -> None:
    plain, decoder = 400 + 20 + 4 + 30, 2000 + 5 * 20 + 10 * 2 + 40
    found = cost_of(
        work(Job(PLAIN), Job(PLAIN), Job(WITH_DECODER), references=(Job(PLAIN, done=3),)),
        PACES,
        Slots(workers=1, cpus=4, gpus=0.25, count=2),
        price_per_gpu_hour=8.0,
    )
    seconds = 2 * plain + decoder + 141
    assert found == Cost(
        seconds=seconds,
        wall_seconds=plain + decoder,
        cpu_hours=pytest.approx(seconds * 4 / 3600),
        gpu_hours=pytest.approx(seconds * 0.25 / 3600),
        price=pytest.approx(seconds * 0.25 / 3600 * 8),
        checkpoint_bytes=2 * 1_000 + 5_000 + 1_000,
    )


@pytest.mark.parametrize(("policy", "kept"), [("last", 1), ("best", 2), ("all", 4)])
def test_the_disk_follows_the_policy(policy: str, kept: int) -> None:
    job = Job(small_trial({"training.checkpoints": policy}))
    found = cost_of(work(job, job), PACES, Slots(1, 1, 0, 1))
    assert found.checkpoint_bytes == 2 * kept * 1_000
    rare = Job(small_trial({"training.checkpoints": policy, "training.checkpoint_every": 9}))
    assert kept_checkpoints(rare.encoders[0]) == 1


def test_several_workers_hold_what_each_of_them_asks_for() -> None:
    found = cost_of(work(Job(PLAIN)), PACES, Slots(workers=2, cpus=3, gpus=1, count=1), price_per_gpu_hour=1.0)
    assert found.seconds == found.wall_seconds == 254
    assert found.cpu_hours == pytest.approx(254 * 2 * 3 / 3600)
    assert found.gpu_hours == found.price == pytest.approx(254 * 2 / 3600)


def test_without_a_price_there_is_none_and_without_trials_nothing() -> None:
    assert cost_of(work(), {}, Slots(1, 1, 0, 3)) == Cost(0, 0, 0, 0, None, 0)


@pytest.mark.parametrize(
    ("seconds", "slots", "wall"),
    [([], 2, 0), ([5], 4, 5), ([5] * 5, 4, 10), ([5] * 24, 2, 60), ([1, 1, 1, 9], 2, 10), ([9, 1, 1, 1], 2, 9)],
)
def test_a_slot_that_is_free_takes_the_next_trial(seconds: list[float], slots: int, wall: float) -> None:
    assert wall_time(seconds, slots) == wall
