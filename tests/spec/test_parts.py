from collections import OrderedDict

import pytest

from spreadtune.errors import UserError
from spreadtune.spec.data import AUGMENTATIONS, DATASETS
from spreadtune.spec.model import DECODERS, ENCODERS, ConvnetEncoder, ModelConfig, OwnEncoder
from spreadtune.spec.objective import OBJECTIVES
from spreadtune.spec.parts import Family

FAMILIES = (DATASETS, AUGMENTATIONS, ENCODERS, DECODERS, OBJECTIVES)


@pytest.mark.parametrize("family", FAMILIES, ids=lambda family: family.kind)
def test_every_registered_part_can_be_built(family: Family) -> None:
    for part in family.parts:
        assert callable(family.function(part.config()))


def test_a_name_is_short_for_a_mapping() -> None:
    short = ModelConfig.model_validate({"encoder": "convnet"})
    assert short == ModelConfig.model_validate({"encoder": {"name": "convnet"}})
    assert short.encoder == ConvnetEncoder()


def test_an_own_part_takes_any_key_as_an_argument() -> None:
    encoder = ModelConfig.model_validate({"encoder": {"name": "collections:OrderedDict", "depth": 3}}).encoder
    assert isinstance(encoder, OwnEncoder)
    assert encoder.arguments == {"depth": 3}
    assert ENCODERS.build(encoder) == OrderedDict(depth=3)


@pytest.mark.parametrize("name", ["no_such_module:build", "collections:no_such_name"])
def test_an_own_part_that_cannot_be_imported_is_the_users_mistake(name: str) -> None:
    with pytest.raises(UserError, match=rf"^encoder '{name}' cannot be imported: "):
        ENCODERS.build(OwnEncoder(name=name))


def test_arguments_that_an_own_part_does_not_take_are_the_users_mistake() -> None:
    with pytest.raises(UserError, match=r"^encoder 'fractions:Fraction': .*denominater"):
        ENCODERS.build(OwnEncoder.model_validate({"name": "fractions:Fraction", "denominater": 2}), 1)
