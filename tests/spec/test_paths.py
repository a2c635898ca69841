import copy

import pytest
from hypothesis import given
from hypothesis import strategies as st

from spreadtune.errors import UserError
from spreadtune.spec.paths import canonical, fill, leaves, lookup, overlap

TREE = {
    "model": {"encoder": "convnet", "decoder": {"name": "conv", "width": 8}},
    "training": {"epochs": 3},
    "search": {"space": {"objective.alpha": {"grid": [0, 1]}}},
}


def test_the_longest_existing_key_matches() -> None:
    filled = fill(TREE, {"search.space.objective.alpha.grid": [0.5]})
    assert filled["search"]["space"] == {"objective.alpha": {"grid": [0.5]}}


@pytest.mark.parametrize(
    "path",
    [
        "search.space.data.batch_size",
        "search.variants.long.set.data.batch_size",
        "search.variants.long.space.data.batch_size",
        "profiles.small.data.batch_size",
        "search.space.objective.alpha.when.data.batch_size",
    ],
)
def test_a_new_key_below_a_map_of_paths_stays_whole(path: str) -> None:
    above = lookup_keys(fill(TREE, {path: 64}), path.removesuffix(".data.batch_size"))
    assert above["data.batch_size"] == 64


def lookup_keys(tree: dict[str, object], path: str) -> dict[str, object]:
    """Follow a path by its longest existing keys."""
    for key, below in tree.items():
        if key == path:
            assert isinstance(below, dict)
            return below
        if path.startswith(f"{key}.") and isinstance(below, dict):
            return lookup_keys(below, path.removeprefix(f"{key}."))
    raise KeyError(path)


def test_a_part_in_short_is_widened() -> None:
    assert fill(TREE, {"model.encoder.width": 16})["model"]["encoder"] == {"name": "convnet", "width": 16}


@pytest.mark.parametrize("path", ["model.decoder", "model.decoder.name"])
def test_naming_the_part_that_is_there_keeps_its_values_and_another_drops_them(path: str) -> None:
    assert fill(TREE, {path: "conv"})["model"]["decoder"] == {"name": "conv", "width": 8}
    assert fill(TREE, {path: "none"})["model"]["decoder"] == "none"


def test_only_parts_are_widened() -> None:
    with pytest.raises(UserError) as error:
        fill(TREE, {"training.epochs.many": 1})
    assert str(error.value) == "training.epochs: is 3, so training.epochs.many cannot be set"


def test_lookup_knows_missing_paths() -> None:
    assert lookup(TREE, "model.decoder.width") == 8
    for path in ("model.head", "training.epochs.many"):
        with pytest.raises(KeyError):
            lookup(TREE, path)


def test_leaves_are_the_values() -> None:
    assert dict(leaves({"a": {"b": 1, "c": {}}, "d": [2]})) == {"a.b": 1, "a.c": {}, "d": [2]}


def test_a_parts_name_is_the_part() -> None:
    assert canonical("objective.name") == "objective"
    assert canonical("training.name") == "training.name"
    assert overlap("objective", "objective.alpha")
    assert overlap("objective.alpha", "objective")
    assert not overlap("objective.alpha", "objective.alphabet")


paths = st.sampled_from(
    [
        "model.encoder",
        "model.encoder.width",
        "model.decoder.name",
        "model.decoder.width",
        "model",
        "training.epochs",
        "data.views",
    ]
)


@given(st.dictionaries(paths, st.sampled_from(["conv", "none", "other"])), st.randoms())
def test_the_order_of_the_paths_does_not_matter(values: dict[str, str], random: object) -> None:
    if "model" in values:
        values["model"] = {"encoder": "convnet"}  # type: ignore[assignment]
    before = copy.deepcopy(TREE)
    shuffled = list(values.items())
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    assert fill(TREE, values) == fill(TREE, dict(shuffled))
    assert before == TREE, "the tree itself is left alone"


@given(st.integers(), st.integers())
def test_different_paths_commute(epochs: int, width: int) -> None:
    one, other = {"training.epochs": epochs}, {"model.encoder.width": width}
    assert fill(fill(TREE, one), other) == fill(fill(TREE, other), one) == fill(TREE, one | other)
