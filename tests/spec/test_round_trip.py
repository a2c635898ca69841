"""Over random studies: what is dumped loads back equal, and the order of keys is no part of the question."""

import random
import tempfile
from pathlib import Path
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from spreadtune.spec.hash import study_hash
from spreadtune.spec.load import dump_study, load_study
from spreadtune.spec.study import Study
from spreadtune.spec.yaml_text import dump

fractions = st.floats(0, 1).map(lambda value: round(value, 6))
ranges = st.lists(fractions, min_size=2, max_size=2, unique=True).map(sorted)


def lists(values: st.SearchStrategy[Any]) -> st.SearchStrategy[list[Any]]:
    return st.lists(values, min_size=1, max_size=3, unique=True)


def domains(kind: str) -> dict[str, st.SearchStrategy[Any]]:
    """Paths with domains that always make a trial."""
    temperatures = st.floats(0.01, 10)
    return {
        "objective.alpha": st.one_of(
            st.builds(lambda ends: {"uniform": ends}, ranges), st.builds(lambda ends: {"window": ends}, ranges)
        )
        if kind != "grid"
        else st.builds(lambda values: {"grid": values}, lists(fractions)),
        "objective.temperature": st.builds(
            lambda values, views: {kind: values, "when": {"data.views": views}}, lists(temperatures), st.just([2, 3])
        ),
        "model.head": st.builds(lambda values: {kind: values}, lists(st.sampled_from(["none", "linear", "mlp"]))),
    }


@st.composite
def studies(draw: st.DrawFn) -> dict[str, Any]:
    """The values of a valid study file."""
    sampler = draw(st.sampled_from(["grid", "random", "qmc", "tpe", "gp", "nsga2"]))
    space = draw(st.fixed_dictionaries({}, optional=domains("grid" if sampler == "grid" else "choice")))
    variants = {"plain": {"set": {"objective.alpha": draw(fractions)}}, "own": {"space": space}}
    search: dict[str, Any] = {"sampler": sampler, "seeds": draw(st.integers(1, 5)), "space": space}
    if sampler != "grid":
        search["trials"] = draw(st.integers(1, 50))
    return {
        "description": draw(st.text("a:#'é -", max_size=10)),
        "data": {"dataset": "digits", "augmentation": draw(st.sampled_from(["none", "grey"])), "views": 2},
        "model": {"encoder": {"name": draw(st.sampled_from(["convnet", "own.code:net"]))}, "decoder": "conv"},
        "objective": {"name": "spread", "autoencoder_weight": draw(st.floats(0, 1e9))},
        "training": {"epochs": draw(st.integers(1, 1000)), "learning_rate": draw(st.floats(1e-9, 1))},
        "search": search | ({"variants": variants} if draw(st.booleans()) else {}),
        "profiles": {"small": {"training.epochs": 1}},
    }


def load(text: str) -> Study:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "s.yaml"
        path.write_text(text, encoding="utf-8")
        return load_study(path)


def shuffled(value: Any, generator: random.Random) -> Any:
    if not isinstance(value, dict):
        return value
    items = [(key, shuffled(child, generator)) for key, child in value.items()]
    generator.shuffle(items)
    return dict(items)


@settings(max_examples=25, deadline=None)
@given(studies())
def test_a_study_survives_its_file(values: dict[str, Any]) -> None:
    study = load(dump(values))
    again = load(dump_study(study))
    assert again == study
    assert study_hash(again) == study_hash(study)
    assert [variant.draw_order() for variant in again.variants()] == [
        variant.draw_order() for variant in study.variants()
    ]


@settings(max_examples=25, deadline=None)
@given(studies(), st.integers(0, 2**32))
def test_the_order_of_keys_does_not_change_the_hash(values: dict[str, Any], seed: int) -> None:
    reordered = shuffled(values, random.Random(seed))
    assert study_hash(load(dump(reordered))) == study_hash(load(dump(values)))


@settings(max_examples=20, deadline=None)
@given(
    studies(),
    st.permutations(["training.epochs=7", "data.batch_size=64", "model.encoder.width=8", "model.decoder.width=4"]),
)
def test_overrides_of_different_paths_commute(values: dict[str, Any], overrides: list[str]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "s.yaml"
        path.write_text(dump(values), encoding="utf-8")
        assert load_study(path, overrides=overrides) == load_study(path, overrides=sorted(overrides))
