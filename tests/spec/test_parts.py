from collections import OrderedDict
from pathlib import Path

import pytest

from spreadtune.errors import UserError
from spreadtune.spec.data import AUGMENTATIONS, DATASETS, OTHER_DATASETS
from spreadtune.spec.model import CORRUPTIONS, DECODERS, ENCODERS, ConvnetEncoder, ModelConfig, OwnEncoder
from spreadtune.spec.objective import OBJECTIVES
from spreadtune.spec.parts import Family
from spreadtune.spec.paths import PARTS

FAMILIES = (DATASETS, AUGMENTATIONS, ENCODERS, DECODERS, CORRUPTIONS, OBJECTIVES, OTHER_DATASETS)


@pytest.mark.parametrize("family", FAMILIES, ids=lambda family: family.path)
def test_every_registered_part_can_be_built(family: Family) -> None:
    for part in family.parts:
        assert callable(family.function(part.config.model_construct()))  # some have values that must be given


def test_a_name_is_short_for_a_mapping() -> None:
    short = ModelConfig.model_validate({"encoder": "convnet"})
    assert short == ModelConfig.model_validate({"encoder": {"name": "convnet"}})
    assert short.encoder == ConvnetEncoder()


def test_an_own_part_takes_any_key_as_an_argument() -> None:
    encoder = ModelConfig.model_validate({"encoder": {"name": "collections:OrderedDict", "depth": 3}}).encoder
    assert isinstance(encoder, OwnEncoder)
    assert encoder.arguments == {"depth": 3}
    assert ENCODERS.build(encoder) == OrderedDict(depth=3)


@pytest.mark.parametrize("family", FAMILIES, ids=lambda family: family.path)
@pytest.mark.parametrize("module", ["no_such_module", "no_such_package.module", "collections.no_such_module"])
def test_a_module_that_is_not_found_is_told_with_its_key_and_where_it_was_looked_for(
    family: Family, module: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    with pytest.raises(UserError) as error:
        family.build(family.own(name=f"{module}:build"))
    text = str(error.value)
    assert text.startswith(f"{family.path}: '{module}:build' cannot be imported: No module named ")
    assert text.endswith(f" (looked in {tmp_path} and the environment)")


def test_a_module_that_is_found_but_fails_says_only_why(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "needs_another.py").write_text("import no_such_module\n")
    monkeypatch.syspath_prepend(tmp_path)
    with pytest.raises(UserError) as error:
        ENCODERS.build(OwnEncoder(name="needs_another:Net"))
    assert str(error.value) == (
        "model.encoder: 'needs_another:Net' cannot be imported: No module named 'no_such_module'"
    )


def test_a_name_that_the_module_lacks_is_the_users_mistake() -> None:
    with pytest.raises(UserError, match=r"^model.encoder: 'collections:absent' cannot be imported: .*'absent'$"):
        ENCODERS.build(OwnEncoder(name="collections:absent"))


@pytest.mark.parametrize("family", FAMILIES, ids=lambda family: family.path)
def test_a_family_knows_the_key_that_names_its_parts(family: Family) -> None:
    assert family.path in PARTS


def test_arguments_that_an_own_part_does_not_take_are_the_users_mistake() -> None:
    with pytest.raises(UserError, match=r"^model.encoder: 'fractions:Fraction': .*denominater"):
        ENCODERS.build(OwnEncoder.model_validate({"name": "fractions:Fraction", "denominater": 2}), 1)
