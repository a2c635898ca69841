"""How fast trials of a shape are, from a few steps of one of them."""

import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from statistics import median
from typing import Literal, TypeVar

import torch

from spreadtune.data.device import DeviceSplit
from spreadtune.evaluation.few_shot import FewShotProbes
from spreadtune.evaluation.protocol import FinalMetrics, epoch_metrics
from spreadtune.evaluation.representations import Representations
from spreadtune.evaluation.stratified import rank_within_label
from spreadtune.run_folder import AttemptFolder
from spreadtune.spec.trial import TrialSpec
from spreadtune.training.checkpoint import save_checkpoint
from spreadtune.training.context import LocalContext
from spreadtune.training.epoch import EpochTrainer
from spreadtune.trial.datasets import dataset_of
from spreadtune.trial.learner import Learner
from spreadtune.trial.shape import Pace

T = TypeVar("T")

STEPS = 8  # timed, beside the first
REPEATS = 3
BUDGET = 2.0  # seconds, after which nothing is repeated and fewer steps are timed
IMAGES = 1024  # of each part, from which an evaluation is scaled up


def measure_pace(spec: TrialSpec, device: torch.device, *, memory: int | None, threads: int) -> Pace:
    """Train a few steps of a trial and measure it once, in this process; nothing of it stays.

    * An epoch: after one step that warms up, an epoch of one step and one of a few are timed. The difference is the
      price of a step; everything that happens once an epoch is in the first and counted once.
    * An evaluation: on up to :data:`IMAGES` images each of training and validation, scaled up: encoding with the number
      of images, neighbors with the product of both numbers.
    * The end: likewise, the probes with the number of training images, but those of few shots, which always see as
      many. It is the roughest of the numbers.

    Args:
        spec: the trial.
        device: where it is to run.
        memory: bytes of the device that it may use; None on a CPU.
        threads: of CPU operations.

    Raises:
        UserError: the data set, the model or the batches do not suit one another.
    """
    before = torch.get_num_threads()
    forked = [device] if device.type == "cuda" else []
    with tempfile.TemporaryDirectory(prefix="spreadtune-plan-") as scratch, torch.random.fork_rng(forked):
        torch.set_num_threads(threads)
        try:
            attempt = AttemptFolder(Path(scratch) / "attempt-1")
            context = LocalContext(attempt, device=device, memory=memory, threads=threads)
            return _Probe(Learner(_still(spec), dataset_of(spec.data), context)).pace()
        finally:
            torch.set_num_threads(before)


class _Probe:
    """A trial that is timed."""

    def __init__(self, learner: Learner) -> None:
        self.learner = learner
        self.spec = learner.spec
        self.device = learner.context.device
        self.trainer = self._trainer(1)

    def pace(self) -> Pace:
        epoch = self._epoch()
        evaluation, end = self._evaluation()
        attempt, state = self.learner.context.attempt, self.trainer.state_dict()
        return Pace(
            epoch=epoch,
            evaluation=evaluation,
            end=end,
            checkpoint=self._seconds(lambda: save_checkpoint(attempt, 1, state)),
            checkpoint_bytes=attempt.checkpoint_file(1).stat().st_size,
        )

    def _epoch(self) -> float:
        steps = len(self.learner.parts.train) // self.spec.data.batch_size
        self.trainer.train_epoch(1)  # allocates, compiles, chooses kernels
        one = self._seconds(lambda: self.trainer.train_epoch(1))
        more = min(steps - 1, max(1, min(STEPS, int(BUDGET / one))))
        if more == 0:
            return one
        several = self._trainer(1 + more)
        together = self._seconds(lambda: several.train_epoch(1))
        return one + max(0.0, together - one) / more * (steps - 1)

    def _evaluation(self) -> tuple[float, float]:
        """Seconds of an evaluation during training, and of the one at the end."""
        learner, spec = self.learner, self.spec
        fine = learner.dataset.has_subclasses
        whole = learner.parts.train, learner.parts.validation
        some = tuple(_some(split, IMAGES) for split in whole)
        if spec.training.compile:
            learner.represent(some[1])
        encoding, seen = self._timed(lambda: [learner.represent(split) for split in some])
        more_train, more_validation = (len(all_of) / len(part) for all_of, part in zip(whole, some, strict=True))
        encoding *= sum(map(len, whole)) / sum(map(len, some))
        neighbors = self._seconds(lambda: epoch_metrics(*seen, has_subclasses=fine))
        probes = self._seconds(
            lambda: FinalMetrics(seen[0], seed=spec.seed, has_subclasses=fine, few_shot=False).of(seen[1])
        )
        few_shot = self._seconds(lambda: self._few_shot(*seen)) if fine else 0.0
        return encoding + neighbors * more_train * more_validation, encoding + probes * more_train + few_shot

    def _few_shot(self, train: Representations, validation: Representations) -> dict[int, float]:
        probes = FewShotProbes(train.features, train.labels.subclasses, self.spec.seed)
        return probes.accuracies(validation.features, validation.labels.subclasses)

    def _trainer(self, steps: int) -> EpochTrainer:
        """Trains ``steps`` steps an epoch, as the trial's steps are."""
        learner = self.learner
        split = _some(learner.parts.train, steps * self.spec.data.batch_size, self.spec.data.batches)
        return EpochTrainer(learner.model, split, learner.augmentation, self.spec, learner.label_count, learner.workers)

    def _seconds(self, work: Callable[[], object]) -> float:
        return self._timed(work)[0]

    def _timed(self, work: Callable[[], T]) -> tuple[float, T]:
        """The median of a few times that ``work`` took, or the first where that is long, and what it gave."""
        times: list[float] = []
        while True:
            self._finish()
            started = time.perf_counter()
            given = work()
            self._finish()
            times.append(time.perf_counter() - started)
            if len(times) == REPEATS or sum(times) >= BUDGET:
                return median(times), given

    def _finish(self) -> None:
        if self.device.type == "cuda":
            torch.cuda.synchronize(self.device)


def _still(spec: TrialSpec) -> TrialSpec:
    """The trial at a rate at which it does not diverge: a searched one may, and takes no longer for a step."""
    training = spec.training.model_copy(update={"learning_rate": 1e-6})
    return spec.model_copy(update={"training": training})


def _some(split: DeviceSplit, count: int, batches: Literal["shuffled", "balanced"] = "shuffled") -> DeviceSplit:
    """``count`` images of a part, or all where it has fewer: its proportions of subclasses, or for balanced batches as
    many of each class."""
    count = min(count, len(split))
    if batches == "balanced":
        chosen = rank_within_label(split.labels.classes, seed=0).argsort(stable=True)[:count]
    else:
        places = torch.arange(count, device=split.device) * len(split) // count
        chosen = split.labels.subclasses.argsort(stable=True)[places]
    return split.take(chosen)
