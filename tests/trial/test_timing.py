"""How fast a trial is: compared with itself only, for nobody knows how busy the machine is."""

from collections.abc import Callable
from typing import Any

import pytest
import torch
from torch import Tensor

from spreadtune.data.views import Views, to_pixels
from spreadtune.spec.trial import TrialSpec
from spreadtune.trial import timing
from spreadtune.trial.shape import Pace
from spreadtune.trial.timing import measure_pace
from tests.small_trial import AUTOENCODER, epoch_trainer, small_trial

OwnPart = Callable[[Callable[..., Any]], str]


def pace(spec: TrialSpec) -> Pace:
    return measure_pace(spec, torch.device("cpu"), memory=None, threads=1)


def test_a_pace_is_measured_and_leaves_nothing_behind(tmp_path: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(timing.tempfile, "tempdir", str(tmp_path))
    monkeypatch.chdir(tmp_path)
    before, threads = torch.random.get_rng_state(), torch.get_num_threads()
    found = pace(small_trial())
    assert min(found.epoch, found.evaluation, found.end, found.checkpoint) > 0
    assert found.end > found.evaluation, "probes are more than neighbors"
    assert not list(tmp_path.glob("spreadtune*"))  # torch may leave a folder of its own
    assert torch.equal(torch.random.get_rng_state(), before)
    assert torch.get_num_threads() == threads


def test_a_checkpoint_holds_weights_and_both_moments() -> None:
    """Adam keeps two numbers beside each weight, once a step was made."""
    for changes in ({}, AUTOENCODER):
        spec = small_trial(changes)
        weights = sum(4 * weight.numel() for weight in epoch_trainer(spec).model.parameters())
        assert 3 * weights < pace(spec).checkpoint_bytes < 3 * weights + 30_000


class Clock:
    """Counts what the trial does instead of the time it takes: a second for each batch of views, ten for the first."""

    now = 0.0
    batches = 0

    def views(self) -> Callable[[Tensor, int, torch.Generator], Views]:
        def make(images: Tensor, views: int, generator: torch.Generator) -> Views:
            self.batches += 1
            self.now += 10 if self.batches == 1 else 1
            pixels = to_pixels(images).expand(views, *images.shape)
            return Views(pixels, pixels)

        return make


@pytest.mark.parametrize(
    ("batch_size", "batches", "order"),
    [
        (8, 12, "balanced"),
        (100, 1, "shuffled"),
        pytest.param(2, 50, "shuffled", marks=pytest.mark.slow),
        pytest.param(50, 2, "balanced", marks=pytest.mark.slow),
    ],
)
def test_an_epoch_is_its_steps_without_the_first_one_s_warming_up(
    own_part: OwnPart, monkeypatch: pytest.MonkeyPatch, batch_size: int, batches: int, order: str
) -> None:
    clock = Clock()
    monkeypatch.setattr(timing.time, "perf_counter", lambda: clock.now)
    spec = small_trial(
        {"data.augmentation": {"name": own_part(clock.views)}, "data.batch_size": batch_size, "data.batches": order}
    )
    assert pace(spec).epoch == batches
    assert clock.batches < 3 * (1 + 9) + 10, "a few steps, whatever an epoch has"


def test_a_rate_at_which_the_trial_would_diverge_is_timed_too() -> None:
    assert pace(small_trial({"training.learning_rate": 1e30})).epoch > 0
