import pytest

from spreadtune.errors import UserError
from spreadtune.spec.seed import Seed

SEED = Seed(study=0)

VARIANTS = """
search:
  space:
    objective.temperature: {grid: [0.1, 0.5]}
    objective.alpha: {grid: [0, 0.5], when: {objective: spread}}
    objective.autoencoder_weight: {grid: [0, 1], when: {model.decoder: conv}}
  variants:
    all: {}
    supcon: {set: {objective.alpha: 0}}
    plain: {set: {model.decoder: none}}
    infonce: {set: {objective: infonce}}
    long: {set: {training.epochs: 20}, space: {objective.temperature: {grid: [0.2]}}}
"""


def spaces(study) -> dict[str, list[str]]:
    return {variant.name: list(variant.space) for variant in study.variants()}


def test_without_variants_there_is_main(load) -> None:
    assert spaces(load()) == {"main": ["objective.alpha"]}


def test_a_variant_inherits_the_space_less_what_it_sets_and_less_what_can_never_be_searched(load) -> None:
    assert spaces(load(search=VARIANTS)) == {
        "all": ["objective.temperature", "objective.alpha", "objective.autoencoder_weight"],
        "supcon": ["objective.temperature", "objective.autoencoder_weight"],
        "plain": ["objective.temperature", "objective.alpha"],
        "infonce": ["objective.temperature", "objective.autoencoder_weight"],
        "long": ["objective.temperature"],
    }


def test_a_variants_body_is_the_file_after_set_with_defaults_filled_in(load) -> None:
    bodies = {variant.name: variant.body for variant in load(search=VARIANTS).variants()}
    assert bodies["long"]["training"]["epochs"] == 20
    assert bodies["all"]["training"]["epochs"] == 10
    assert bodies["infonce"]["objective"] == {"name": "infonce", "autoencoder_weight": 0.0, "temperature": 0.5}
    assert "search" not in bodies["all"]


def test_a_trial_has_its_values_at_their_paths_and_the_files_elsewhere(load) -> None:
    [variant] = load().variants()
    spec = variant.trial({"objective.alpha": 0.5, "model.encoder.width": 8}, Seed(study=3, index=1))
    assert spec.objective.model_dump() == {
        "name": "spread",
        "alpha": 0.5,
        "temperature": 0.5,
        "pairs": "cross_view",
        "denominator": "negatives",
        "autoencoder_weight": 0.0,
    }
    assert spec.model.encoder.width == 8  # type: ignore[attr-defined]
    assert spec.seed == Seed(study=3, index=1)


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ({"objective.alpha": 1.2}, "search.space.objective.alpha: 1.2 is above 1"),
        (
            {"objective.alpha": 0.5, "training.warmup_epochs": 11},
            "training.warmup_epochs: 11 is above training.epochs, 10; set it to 10 at most, or write training.warmup, "
            "a share, which fits any number of epochs "
            "(with objective.alpha = 0.5, training.warmup_epochs = 11)",
        ),
        (
            {"model.decoder": "none", "objective.autoencoder_weight": 2},
            "objective.autoencoder_weight: 2 needs a decoder to weigh; set model.decoder: conv, or the weight 0 "
            "(with model.decoder = none, objective.autoencoder_weight = 2)",
        ),
    ],
)
def test_values_that_make_no_trial_are_refused(load, values: dict[str, object], message: str) -> None:
    [variant] = load().variants()
    with pytest.raises(UserError) as error:
        variant.trial(values, SEED)
    assert str(error.value) == message


def test_a_variants_name_stands_before_its_trials_mistakes(load) -> None:
    variant = load(search=VARIANTS).variants()[1]
    with pytest.raises(UserError, match=r"^variant supcon: search.space.objective.temperature: 0 is not above 0$"):
        variant.trial({"objective.temperature": 0}, SEED)


CONDITIONS = """
search:
  sampler: random
  trials: 3
  space:
    objective.alpha: {window: [0, 1], when: {training.epochs: [5, 10]}}
    objective.autoencoder_weight: {uniform: [0.1, 1], when: {model.decoder: conv, data.views: 2}}
    model.decoder: {choice: [none, conv]}
    objective.temperature: {uniform: [0.1, 1]}
    data.views: {int: [2, 4]}
"""


def test_paths_are_drawn_after_what_they_look_at_otherwise_in_file_order(load) -> None:
    [variant] = load(search=CONDITIONS).variants()
    assert variant.draw_order() == (
        "model.decoder",
        "objective.temperature",
        "objective.alpha",
        "data.views",
        "objective.autoencoder_weight",
    )


def test_a_condition_looks_at_drawn_values_first_then_at_the_file(load) -> None:
    [variant] = load(search=CONDITIONS).variants()
    assert variant.active("objective.alpha", {}), "the file's training.epochs is 10"
    path = "objective.autoencoder_weight"
    assert variant.active(path, {"model.decoder": "conv", "data.views": 2})
    assert not variant.active(path, {"model.decoder": "none", "data.views": 2})
    assert not variant.active(path, {"model.decoder": "conv", "data.views": 3})
    assert variant.active(path, {}), "nothing drawn: the file's decoder is conv, its views are 2"
    assert variant.active("model.decoder", {})


def test_settings_hold_the_admitted_combinations(load) -> None:
    [variant] = load(search=CONDITIONS).variants()
    choices = {"model.decoder": ("none", "conv"), "objective.autoencoder_weight": (0.1, 1.0)}
    assert list(variant.settings(choices)) == [
        {"model.decoder": "none"},
        {"model.decoder": "conv", "objective.autoencoder_weight": 0.1},
        {"model.decoder": "conv", "objective.autoencoder_weight": 1.0},
    ]


def test_naming_the_part_that_the_file_has_keeps_its_values(load) -> None:
    [variant] = load("model.decoder={name: conv, width: 8}").variants()
    assert variant.trial({"model.decoder": "conv"}, SEED).model.decoder.width == 8  # type: ignore[attr-defined]
    assert variant.trial({"model.decoder": "none"}, SEED).model.decoder.name == "none"
