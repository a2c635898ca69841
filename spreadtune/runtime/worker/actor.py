"""What runs inside a Tune actor: Ray Train around one trial, in this very process or in a group of workers."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from spreadtune.run_folder import TrialFolder, UnwritableError
from spreadtune.runtime.cluster.resources import worker_resources
from spreadtune.runtime.ray_internals import causes_of_group_failure
from spreadtune.runtime.worker.attempt import run_attempt, tell_unwritable
from spreadtune.runtime.worker.memory import note_memory


def train_in_actor(job: Mapping[str, Any]) -> None:
    """Tune's function trainable, for one worker: Ray Train's local mode in this process, which owns CPUs and GPU.

    Args:
        job: see :meth:`spreadtune.runtime.tune.jobs.Jobs.start`.
    """
    from ray.train import ScalingConfig
    from ray.train.torch import TorchTrainer

    TorchTrainer(
        run_attempt, train_loop_config=dict(job), scaling_config=ScalingConfig(num_workers=0, use_gpu=job["gpus"] > 0)
    ).fit()


def train_in_group(job: Mapping[str, Any]) -> None:
    """Tune's function trainable, for several workers: a Ray Train worker group with a process group among them.

    Whoever of them fails leaves an outcome, and the others are ended with it. A group that ends without one has lost a
    worker: this raises, and the driver has the trial taken up again, from its last checkpoint. Where the disk took no
    more, the driver is told.

    Args:
        job: see :meth:`spreadtune.runtime.tune.jobs.Jobs.start`.
    """
    from ray.train import FailureConfig, LoggingConfig, RunConfig, ScalingConfig
    from ray.train.torch import TorchConfig, TorchTrainer
    from ray.train.v2.api.exceptions import TrainingFailedError
    from ray.tune.integration.ray_train import TuneReportCallback

    from spreadtune.runtime.worker.out_of_memory import memory_reason

    folder = TrialFolder(Path(job["folder"]))
    begun = len(folder.attempts())
    trainer = TorchTrainer(
        run_attempt,
        train_loop_config=dict(job),
        scaling_config=ScalingConfig(
            num_workers=job["workers"],
            use_gpu=job["gpus"] > 0,
            resources_per_worker=worker_resources(job["cpus"], job["gpus"], job["memory"]),
        ),
        torch_config=TorchConfig(backend="nccl" if job["gpus"] > 0 else "gloo"),  # not what the machine has
        run_config=RunConfig(
            name=f"{job['kind'].replace(' ', '-')}-{folder.path.name}-{begun + 1}",
            storage_path=job["scratch"],
            callbacks=[TuneReportCallback()],
            failure_config=FailureConfig(max_failures=0),  # the driver counts them, as for one worker
            logging_config=LoggingConfig(log_level="WARNING"),
        ),
    )
    try:
        trainer.fit()
    except TrainingFailedError as error:
        if unwritable := _unwritable(error):
            tell_unwritable(unwritable)
            return
        attempts = folder.attempts()[begun:]
        if attempts and (reason := memory_reason(error)):
            note_memory(attempts[-1], reason)
        if not attempts or folder.finished_attempt() is None:
            raise


def _unwritable(error: Exception) -> UnwritableError | None:
    """A worker's full or read-only disk, if that is what ended its group."""
    return next((cause for cause in causes_of_group_failure(error) if isinstance(cause, UnwritableError)), None)
