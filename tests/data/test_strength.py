"""The strength of an augmentation: one number from identical views to what its other values say."""

from typing import Any

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from torch import Tensor

from spreadtune.data.views import build_augmentation
from spreadtune.spec.data import GreyAugmentation, SimclrAugmentation

CONFIGS = [GreyAugmentation, SimclrAugmentation]
IMAGES = {
    "grey": torch.randint(0, 256, (16, 1, 8, 8), dtype=torch.uint8, generator=torch.Generator().manual_seed(1)),
    "simclr": torch.randint(0, 256, (16, 3, 32, 32), dtype=torch.uint8, generator=torch.Generator().manual_seed(1)),
}


def views(config: Any) -> Tensor:
    images = IMAGES[config.name]
    inputs: Tensor = build_augmentation(config)(images, 2, torch.Generator().manual_seed(0)).inputs
    return inputs


@pytest.mark.parametrize("config", CONFIGS)
def test_at_zero_both_views_are_the_image(config: Any) -> None:
    one, other = views(config(strength=0.0))
    torch.testing.assert_close(one, other, rtol=0, atol=0)
    torch.testing.assert_close(one, IMAGES[config().name] / 255, rtol=0, atol=1e-5)


@pytest.mark.parametrize("config", CONFIGS)
def test_at_one_it_is_as_if_it_were_not_there(config: Any) -> None:
    torch.testing.assert_close(views(config(strength=1.0)), views(config()), rtol=0, atol=0)
    assert config().at_full_strength() == config()
    assert "strength" not in config().model_dump()
    assert config(strength=0.5).model_dump()["strength"] == 0.5


@pytest.mark.parametrize("config", CONFIGS)
def test_views_differ_the_more_the_stronger_it_is(config: Any) -> None:
    apart = []
    for strength in (0.0, 0.25, 0.5, 1.0):
        one, other = views(config(strength=strength))
        apart.append(float((one - other).square().mean()))
    assert apart == sorted(apart)
    assert apart[0] == 0 < apart[1]


@given(st.sampled_from(CONFIGS), st.floats(0, 1), st.floats(0, 1))
def test_every_value_lies_between_none_and_its_own(config: Any, strength: float, other: float) -> None:
    low, high = sorted([strength, other])
    none, less, more, whole = (
        config(strength=share).at_full_strength().model_dump(exclude={"name", "jitter"})
        for share in (0.0, low, high, 1.0)
    )
    for key in whole:
        rises = none[key] <= whole[key]
        values = [none[key], less[key], more[key], whole[key]]
        assert values == pytest.approx(sorted(values, reverse=not rises))
