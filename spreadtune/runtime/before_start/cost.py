"""What a run would cost: arithmetic on measured seconds, without torch."""

import heapq
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from spreadtune.runtime.cluster.resources import Slots
from spreadtune.search.plans.workload import EncoderJob, Workload
from spreadtune.trial.shape import Pace, Shape, shape_of


@dataclass(frozen=True)
class Cost:
    """A run in numbers. All trials count to their last epoch and one attempt, so early stopping makes it less.

    Attributes:
        seconds: of all trials and references, one after another.
        wall_seconds: from the first start to the last end, with as many side by side as there are slots.
        cpu_hours, gpu_hours: that their workers hold.
        price: of the GPU-hours; None where no price was told.
        checkpoint_bytes: that stay in the run's folder when it is finished.
    """

    seconds: float
    wall_seconds: float
    cpu_hours: float
    gpu_hours: float
    price: float | None
    checkpoint_bytes: int


def cost_of(
    work: Workload, paces: Mapping[Shape, Pace], slots: Slots, *, price_per_gpu_hour: float | None = None
) -> Cost:
    """What ``work`` costs where trials of each shape have these paces.

    ::

        seconds of an encoder = epochs * epoch / workers + evaluations * evaluation + checkpoints * checkpoint + end
        CPU-hours = sum of seconds * workers * CPUs / 3600,   GPU-hours likewise with GPUs (a fraction is a fraction)

    Args:
        work: the trials and references.
        paces: by shape; one for each that occurs.
        slots: what a trial is given and how many run at once.
        price_per_gpu_hour: in any currency.
    """
    known = [[(each, paces[shape_of(each.spec)]) for each in job.encoders] for job in work.jobs]
    seconds = [seconds_of(encoders, slots.workers) for encoders in known]
    hours = sum(seconds) / 3600 * slots.workers
    kept = sum(kept_checkpoints(each) * pace.checkpoint_bytes for encoders in known for each, pace in encoders)
    return Cost(
        seconds=sum(seconds),
        wall_seconds=wall_time(seconds, slots.count),
        cpu_hours=hours * slots.cpus,
        gpu_hours=hours * slots.gpus,
        price=None if price_per_gpu_hour is None else hours * slots.gpus * price_per_gpu_hour,
        checkpoint_bytes=kept,
    )


def seconds_of(encoders: Sequence[tuple[EncoderJob, Pace]], workers: int) -> float:
    """Seconds of one trial. Workers share its steps; evaluations, checkpoints and probes are the first one's.

    Several encoders are measured each and together, which is taken to last as long as the longest of their ends.
    """
    alone = sum(
        encoder.epochs * pace.epoch / workers
        + encoder.evaluations * pace.evaluation
        + encoder.checkpoints * pace.checkpoint
        + pace.end
        for encoder, pace in encoders
    )
    return alone + (max(pace.end for _, pace in encoders) if len(encoders) > 1 else 0.0)


def kept_checkpoints(job: EncoderJob) -> int:
    """Checkpoints that stay of an encoder by ``training.checkpoints``; the best is taken not to be the last."""
    most = {"last": 1, "best": 2, "all": job.checkpoints}
    return 0 if job.taken else min(job.checkpoints, most[job.spec.training.checkpoints])


def wall_time(seconds: Sequence[float], slots: int) -> float:
    """When the last of these is done, if each in turn takes the slot that is free first."""
    free = [0.0] * slots
    for needed in seconds:
        heapq.heapreplace(free, free[0] + needed)
    return max(free)
