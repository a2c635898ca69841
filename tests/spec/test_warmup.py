"""A warm-up is a share of the epochs, or a number of them as in files from before; a later layer's way replaces."""

import pytest

from spreadtune.errors import UserError
from spreadtune.spec.hash import difference, study_hash
from spreadtune.spec.load import load_study
from spreadtune.spec.seed import Seed
from spreadtune.spec.study import Study
from spreadtune.spec.training import TrainingConfig
from spreadtune.spec.yaml_text import parse

SHARE = {"epochs": 40, "warmup": 0.05}
EPOCHS = {"epochs": 40, "warmup_epochs": 2}
OLD_QUESTIONS = {
    ("cifar100_alpha_sweep", None): "2b0d4f0c53102a2f",
    ("cifar100_alpha_sweep", "small"): "5e42487b1abc2bc5",
    ("cifar100_weights_search", None): "77770eb40544958a",
    ("cifar100_weights_search", "small"): "a0f2d265e3c0a4ce",
    ("cifar10_alpha_sweep", None): "1c510291f4ea4fe5",
    ("cifar10_alpha_sweep", "small"): "dad3397c96e8f61b",
    ("digits_front", None): "98ccb19c35150aa8",
    ("digits_weights_grid", None): "66fb0d0d0e62cbaa",
    ("mnist_alpha_sweep", None): "333c2975698339e7",
    ("mnist_alpha_sweep", "small"): "834219d722c237d3",
}
"""The beginnings of the hashes that shipped studies had when they gave their warm-up in epochs."""


@pytest.mark.parametrize(("name", "profile"), OLD_QUESTIONS)
def test_a_shipped_study_goes_on_with_runs_from_when_it_counted_epochs(name: str, profile: str | None) -> None:
    assert study_hash(load_study(name, profile=profile)).startswith(OLD_QUESTIONS[name, profile])


PARTS = "data: {dataset: digits, augmentation: none}\nmodel: {encoder: convnet}\nobjective: spread\n"


def asked(load, *overrides: str, search: str = "search: {}\n") -> Study:
    return load(*overrides, search=search, body=PARTS + "training: {epochs: 40}\n")


def test_whole_epochs_are_one_question_however_they_are_written(load) -> None:
    whole, share = asked(load, "training.warmup_epochs=2"), asked(load, "training.warmup=0.05")
    assert study_hash(whole) == study_hash(share)
    assert difference(whole, share) == []
    assert study_hash(asked(load)) == study_hash(asked(load, "training.warmup_epochs=0"))
    assert study_hash(share) != study_hash(asked(load, "training.warmup=0.06")) != study_hash(asked(load))


@pytest.mark.parametrize(
    "search",
    [
        "search: {variants: {a: {}, long: {set: {training.epochs: 80}}}}\n",
        "search: {variants: {a: {}, long: {set: {training: {epochs: 80}}}}}\n",
        "search: {space: {training.epochs: {grid: [40, 80]}}}\n",
    ],
)
def test_where_epochs_vary_a_share_is_another_question(load, search: str) -> None:
    """Two epochs of forty and of eighty are not the same share."""
    whole, share = (asked(load, way, search=search) for way in ("training.warmup_epochs=2", "training.warmup=0.05"))
    assert study_hash(whole) != study_hash(share)


def test_no_warmup_is_one_setting_and_a_resolved_file_names_one_way() -> None:
    assert TrainingConfig(epochs=4, warmup_epochs=0) == TrainingConfig(epochs=4) == TrainingConfig(epochs=4, warmup=0)
    for given in (SHARE, EPOCHS, {"epochs": 4}):
        config = TrainingConfig.model_validate(given)
        written = config.model_dump(mode="json")
        assert len({"warmup", "warmup_epochs"} & written.keys()) == 1
        assert TrainingConfig.model_validate(written) == config


@pytest.mark.parametrize("share", [-0.1, 1, 1.5])
def test_a_share_is_below_one(load, share: float) -> None:
    with pytest.raises(UserError, match=r"training\.warmup: "):
        load(f"training.warmup={share}")


def test_both_in_one_place_are_refused(load) -> None:
    with pytest.raises(UserError) as error:
        load(body=PARTS + "training: {epochs: 40, warmup: 0.05, warmup_epochs: 2}\n")
    assert str(error.value) == (
        "s.yaml: training.warmup_epochs: stands beside warmup, which says the same as a share; keep one of them"
    )
    with pytest.raises(UserError, match="stands beside warmup"):
        load("training.warmup=0.1", "training.warmup_epochs=1")
    with pytest.raises(UserError, match="stands beside warmup"):
        load(search="search: {space: {training.warmup: {grid: [0.1]}, training.warmup_epochs: {grid: [1]}}}\n")


@pytest.mark.parametrize(
    ("file", "override"), [("warmup: 0.05", "warmup_epochs=2"), ("warmup_epochs: 2", "warmup=0.1")]
)
@pytest.mark.parametrize("place", ["--set", "profile", "variant", "space"])
def test_a_later_layer_replaces_the_other_way(load, file: str, override: str, place: str) -> None:
    body = PARTS + f"training: {{epochs: 40, {file}}}\n"
    key, value = override.split("=")
    path = f"training.{key}"
    search = {
        "variant": f"search: {{variants: {{a: {{set: {{{path}: {value}}}}}}}}}\n",
        "space": f"search: {{space: {{{path}: {{grid: [{value}]}}}}}}\n",
    }.get(place, f"profiles: {{p: {{{path}: {value}}}}}\n")
    study = load(
        *([f"training.{override}"] if place == "--set" else []),
        search=search,
        body=body,
        **({"profile": "p"} if place == "profile" else {}),
    )
    (variant,) = study.variants()
    training = variant.trial({path: parse(value, "")} if place == "space" else {}, Seed(study=0)).training
    assert getattr(training, key) == float(value)
    assert {"warmup", "warmup_epochs"} & training.model_dump().keys() == {key}


SEARCHED = "search: {space: {training.warmup_epochs: {grid: [1, 2]}}}\n"


def test_what_a_search_or_a_variant_would_overwrite_is_refused_in_either_way(load) -> None:
    with pytest.raises(UserError, match=r"training\.warmup_epochs is searched; change its domain"):
        load("training.warmup=0.1", search=SEARCHED)
    with pytest.raises(UserError, match=r"variant a sets training\.warmup_epochs"):
        load("training.warmup=0.1", search="search: {variants: {a: {set: {training.warmup_epochs: 2}}}}\n")
    with pytest.raises(UserError, match="own space"):
        load(
            search="search: {variants: {a: {set: {training.warmup: 0.1}, "
            "space: {training.warmup_epochs: {grid: [1]}}}}}\n"
        )


def test_what_a_variant_sets_is_not_searched_in_the_other_way(load) -> None:
    study = load(search=SEARCHED.replace("}}}\n", "}}, variants: {a: {set: {training.warmup: 0.1}}, b: {}}}\n"))
    assert [list(variant.space) for variant in study.variants()] == [[], ["training.warmup_epochs"]]


def test_fewer_epochs_than_a_files_warmup_are_told_with_what_to_change(load) -> None:
    counted = PARTS + "training: {epochs: 4, warmup_epochs: 2}\n"
    with pytest.raises(UserError) as error:
        load("training.epochs=1", body=counted, search="search: {}\n")
    assert str(error.value) == (
        "s.yaml with --set training.epochs=1: training.warmup_epochs: 2 is above training.epochs, 1; set it to 1 at "
        "most, or write training.warmup, a share, which fits any number of epochs"
    )
    for fix in ("training.warmup_epochs=1", "training.warmup=0.5"):
        assert load("training.epochs=1", fix, body=counted)
    assert load("training.epochs=1", body=PARTS + "training: {epochs: 4, warmup: 0.5}\n").training.warmup == 0.5
