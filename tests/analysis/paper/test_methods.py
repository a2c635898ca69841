"""Which of the paper's methods a setting is, and what only looks like one."""

from typing import Any

import pytest

from spreadtune.analysis.paper.methods import paper_method
from spreadtune.analysis.paper.published import Method
from spreadtune.spec.trial import TrialSpec

SUPCON = {"name": "spread"}
SPREAD = {"name": "spread", "alpha": 0.5}
AUTOENCODER = {"name": "cross_entropy", "autoencoder_weight": 16.0}
THANOS = {"contrast": {"set": {"objective": SPREAD}}, "autoencoder": {"set": {"objective": AUTOENCODER}}}


def spec(objective: Any, members: Any = None) -> TrialSpec:
    values = {
        "data": {"dataset": "digits", "augmentation": "grey"},
        "model": {"encoder": "convnet", "decoder": "conv"},
        "objective": objective,
        "training": {"epochs": 1},
        "seed": {"study": 0},
    }
    return TrialSpec.model_validate(values | ({"members": members} if members else {}))


@pytest.mark.parametrize(
    ("objective", "method"),
    [
        (SUPCON, Method.SUPCON),
        (SUPCON | {"pairs": "all", "denominator": "all"}, Method.SUPCON),
        (SPREAD, Method.SPREAD),
        (SPREAD | {"positive_logit_clamp": 5.0}, Method.SPREAD_CLAMPED),
        (SPREAD | {"positive_logit_clamp": 5.0, "autoencoder_weight": 1.0}, None),
        (SUPCON | {"positive_logit_clamp": 1}, None),
        (AUTOENCODER, Method.AUTOENCODER),
        (SUPCON | {"autoencoder_weight": 1.0}, Method.SUPCON_AUTOENCODER),
        (SPREAD | {"autoencoder_weight": 1.0}, None),
        (SPREAD | {"alpha": 1.0}, None),
        ({"name": "cross_entropy"}, None),
        ({"name": "infonce"}, None),
        ({"name": "joint", "infonce_weight": 0.0}, None),
    ],
)
def test_of_one_encoder_the_loss_decides(objective: Any, method: Method | None) -> None:
    assert paper_method(spec(objective)) is method


def member(objective: Any) -> Any:
    return {"set": {"objective": objective}}


@pytest.mark.parametrize(
    ("members", "method"),
    [
        (THANOS, Method.THANOS),
        (dict(reversed(THANOS.items())), Method.THANOS),
        ({"one": member(SUPCON | {"temperature": 0.1}), "two": {"same_as": "one"}}, Method.SUPCON_TWICE),
        ({"a": member(SUPCON | {"temperature": 0.1}), "b": {"same_as": "a"}, "c": {"same_as": "a"}}, None),
        ({"one": member(SPREAD), "two": {"same_as": "one"}}, None),
        ({"one": member(SPREAD), "two": member(SUPCON | {"autoencoder_weight": 1.0})}, None),
        ({"one": member(SPREAD), "two": member({"name": "cross_entropy"})}, None),
        ({"one": member(SPREAD | {"autoencoder_weight": 1.0}), "two": member(AUTOENCODER)}, None),
        (THANOS | {"third": {"same_as": "contrast"}}, None),
    ],
)
def test_of_several_encoders_their_losses_decide(members: Any, method: Method | None) -> None:
    assert paper_method(spec(SUPCON, members)) is method
