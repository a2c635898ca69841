"""Own parts that do not fit are found before anything starts."""

from collections.abc import Callable
from typing import Any

import pytest
import torch
from torch import Tensor, nn

from spreadtune.errors import UserError
from spreadtune.objectives.cross_entropy import CrossEntropyObjective
from spreadtune.objectives.objective import Batch
from spreadtune.trial.rehearsal import rehearse
from tests.small_trial import small_trial

OwnPart = Callable[[Callable[..., Any]], str]


class Flat(nn.Module):
    """A linear encoder that may lie about its width."""

    def __init__(self, image_shape: tuple[int, int, int], *, told: int = 8) -> None:
        super().__init__()
        self.linear = nn.Linear(image_shape[1] * image_shape[2], 8)
        self.embedding_dim = told

    def forward(self, images: Tensor) -> Tensor:
        return self.linear(images.flatten(1))


def test_what_fits_passes_and_draws_nothing_from_torchs_stream(own_part: OwnPart) -> None:
    before = torch.random.get_rng_state()
    rehearse(small_trial({"model.encoder": {"name": own_part(Flat)}}))
    assert torch.equal(torch.random.get_rng_state(), before)


def test_a_width_that_is_not_the_declared_one_is_found(own_part: OwnPart) -> None:
    spec = small_trial({"model.encoder": {"name": own_part(Flat), "told": 9}})
    told = r"own_part_of_a_test:part: the encoder gives h of shape \(4, 8\) for 4 images and declares embedding_dim 9"
    with pytest.raises(UserError, match=told):
        rehearse(spec)


def test_an_unknown_argument_is_found(own_part: OwnPart) -> None:
    with pytest.raises(UserError, match="widht"):
        rehearse(small_trial({"model.encoder": {"name": own_part(Flat), "widht": 3}}))


class _Terms(CrossEntropyObjective):
    """Gives something that no training can follow."""

    def __init__(self, embedding_dim: int, class_count: int, *, what: str) -> None:
        super().__init__(embedding_dim, class_count)
        self.what = what
        if what == "raises":
            raise ValueError("no such thing")

    def forward(self, batch: Batch) -> dict[str, Tensor]:
        terms = super().forward(batch)
        value = terms["cross_entropy"]
        return {"cross_entropy": value.detach() if self.what == "detached" else value.expand(2)}


@pytest.mark.parametrize(
    ("what", "message"),
    [
        ("vector", r"the term cross_entropy has shape \(2,\); it has to be a scalar"),
        ("detached", r"the term cross_entropy has shape \(\) and no gradient"),
        ("raises", r"cannot be built: ValueError: no such thing \(test_rehearsal.py, line \d+\)"),
    ],
)
def test_an_objective_that_cannot_be_trained_is_found(own_part: OwnPart, what: str, message: str) -> None:
    objective = {"name": own_part(_Terms), "what": what}
    with pytest.raises(UserError, match=message):
        rehearse(small_trial({"objective": objective}))
