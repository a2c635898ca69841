import re

import pytest

from spreadtune.errors import UserError


def grid(space: str) -> str:
    return f"search: {{space: {{{space}}}}}\n"


def tpe(space: str) -> str:
    return f"search: {{sampler: tpe, trials: 5, space: {{{space}}}}}\n"


def refused(load, *overrides: str, **options: str) -> str:
    with pytest.raises(UserError) as error:
        load(*overrides, **options)
    return re.sub(r"^(s\.yaml|--set ('.*?'|\S+)): ", "", str(error.value))  # who is blamed: test_blame.py


@pytest.mark.parametrize(
    ("space", "message"),
    [
        ("objective.alpha: {grid: [0, 1.2]}", "search.space.objective.alpha: 1.2 is above 1"),
        ("objective.alfa: {grid: [0]}", "search.space.objective.alfa: unknown key, did you mean objective.alpha?"),
        (
            "data.dataset: {grid: [digits, cifr10]}",
            "search.space.data.dataset: unknown data set 'cifr10', did you mean cifar10?",
        ),
        (
            "search.seeds: {grid: [3]}",
            "search.space.search.seeds: unknown section 'search'; known: data, model, objective, "
            "training, evaluation, members",
        ),
        (
            "objectiv.alpha: {grid: [3]}",
            "search.space.objectiv.alpha: unknown section 'objectiv', did you mean objective?",
        ),
        (
            "training.epochs: {grid: [10, 1]}, training.warmup_epochs: {grid: [0, 5]}",
            "search.space.training.warmup_epochs: 5 is above training.epochs, 1; set it to 1 at most, or write "
            "training.warmup, a share, which fits any number of epochs",
        ),
        (
            "model.decoder: {grid: [conv, none]}, objective.autoencoder_weight: {grid: [0, 1]}",
            "search.space.objective.autoencoder_weight: 1 needs a decoder to weigh; "
            "set model.decoder: conv, or the weight 0",
        ),
    ],
)
def test_every_value_must_make_a_trial(load, space: str, message: str) -> None:
    assert refused(load, search=grid(space)) == message


def test_in_large_spaces_a_conditional_path_is_checked_where_it_is_searched(load) -> None:
    values = ", ".join(str(value) for value in range(2, 602))
    space = (
        f"data.batch_size: {{grid: [{values}]}}, model.decoder: {{grid: [none, conv]}}, "
        "objective.autoencoder_weight: {grid: [1, -1], when: {model.decoder: conv}}"
    )
    assert refused(load, search=grid(space)) == "search.space.objective.autoencoder_weight: -1 is below 0"


def test_conditions_keep_impossible_combinations_apart(load) -> None:
    weight = "objective.autoencoder_weight: {uniform: [0, 1], when: {model.decoder: conv}}"
    space = f"model.decoder: {{choice: [conv, none]}}, {weight}"
    assert len(load(search=tpe(space)).search.space) == 2


def test_large_spaces_are_checked_value_by_value(load) -> None:
    values = ", ".join(f"{0.001 * value:.3f}" for value in range(40))
    space = f"objective.alpha: {{grid: [{values}]}}, objective.temperature: {{grid: [1, 2, {values}]}}"
    assert refused(load, search=grid(space)) == "search.space.objective.temperature: 0.0 is not above 0"


@pytest.mark.parametrize(
    ("when", "message"),
    [
        ("{model.decoder: none}", ": can never hold, so objective.alpha would never be searched"),
        ("{data.views: 5}", ": can never hold, so objective.alpha would never be searched"),
        ("{objective.temperature: 0.5}", ": can never hold, so objective.alpha would never be searched"),
        ("{data.views: 3, training.epochs: 9}", ": can never hold, so objective.alpha would never be searched"),
        ("{model.decodr: conv}", ".model.decodr: unknown path, did you mean model.decoder?"),
    ],
)
def test_conditions_must_be_able_to_hold(load, when: str, message: str) -> None:
    others = "data.views: {int: [2, 4]}, objective.temperature: {uniform: [0.1, 1]}"
    space = f"objective.alpha: {{uniform: [0, 1], when: {when}}}, {others}"
    assert refused(load, search=tpe(space)) == f"search.space.objective.alpha.when{message}"


def test_a_condition_that_holds_in_one_variant_is_enough(load) -> None:
    search = (
        "search: {space: {objective.alpha: {grid: [0, 1], when: {model.decoder: none}}}, variants: {plain: "
        "{set: {model.decoder: none}}, decoded: {}}}\n"
    )
    assert [len(variant.space) for variant in load(search=search).variants()] == [1, 0]


def test_a_condition_on_itself_is_refused(load) -> None:
    space = "objective.alpha: {uniform: [0, 1], when: {objective.alpha: 0}}"
    assert refused(load, search=tpe(space)) == (
        "search.space: the conditions (when, window) of objective.alpha form a cycle"
    )


def test_conditions_on_each_other_are_refused(load) -> None:
    views = "data.views: {choice: [2, 3], when: {model.head: mlp}}"
    space = f"{views}, model.head: {{choice: [none, mlp], when: {{data.views: 2}}}}"
    assert refused(load, search=tpe(space)) == (
        "search.space: the conditions (when, window) of data.views, model.head form a cycle"
    )


@pytest.mark.parametrize("override", ["objective.pairs=all", "objective.denominator=all"])
def test_a_window_needs_a_scheme_with_a_formula(load, override: str) -> None:
    window = tpe("objective.alpha: {window: [0, 1]}")
    assert refused(load, override, search=window) == (
        "search.space.objective.alpha: theory has no window here (variant main); "
        "it needs objective spread with pairs: cross_view and denominator: negatives"
    )


def test_a_window_counts_the_schemes_that_can_be_reached(load) -> None:
    space = "objective.alpha: {{window: [0, 1]{when}}}, objective.pairs: {{choice: [cross_view, all]}}"
    assert "theory has no window here" in refused(load, search=tpe(space.format(when="")))
    load(search=tpe(space.format(when=", when: {objective.pairs: cross_view}")))


def test_early_stopping_must_be_able_to_stop(load) -> None:
    stop = "search.early_stopping={name: median, min_epochs: 11}"
    assert refused(load, stop) == "search.early_stopping.min_epochs: 11 is above training.epochs, 10 in variant main"
    load(stop.replace("11", "10"))


def test_a_variants_set_is_checked(load) -> None:
    at = "search.variants.a.set"
    assert refused(load, f"{at}.objective.alpha=2") == f"{at}.objective.alpha: 2 is above 1"
    assert (
        refused(load, f"{at}.trainin.epochs=2")
        == f"{at}.trainin.epochs: unknown section 'trainin', did you mean training?"
    )
    assert refused(load, f"{at}.training.epoch=2") == (
        f"{at}.training.epoch: unknown key, did you mean training.epochs?"
    )


@pytest.mark.parametrize(
    ("overrides", "message"),
    [
        (["search.seeds=40000"], "search.seeds: 3 settings x 40000 seeds of variant main are 120000 trials, and a run"),
        (["search.seeds=1000000000"], "search.seeds: 1000000000 is above 100000"),
        (["search.sampler=random", "search.trials=1000000"], "search.trials: 1000000 is above 100000"),
        (["search.confirm={seeds: 1000000}"], "search.confirm.seeds: 1000000 is above 100000"),
    ],
)
def test_numbers_beyond_all_measure_are_refused(load, overrides: list[str], message: str) -> None:
    assert refused(load, *overrides).startswith(message)


@pytest.mark.parametrize(
    ("search", "message"),
    [
        (
            "optimize: {transfer_to_accuracy: maximize}",
            "search.optimize: transfer_to_accuracy needs another data set; name it in evaluation.transfer_to",
        ),
        (
            "optimize: {spread: maximize}, variants: {a: {}, b: {set: {objective: infonce}}}, "
            "subject_to: {supcon_gradient_norm: '< 1'}",
            "search.subject_to: supcon_gradient_norm needs the term supcon, which objective infonce does not declare "
            "(variant b); name another metric",
        ),
    ],
)
def test_a_metric_that_no_trial_would_have_is_refused_where_it_is_asked_for(load, search: str, message: str) -> None:
    assert refused(load, search=f"search: {{{search}}}\n") == message


def test_what_is_measured_may_be_asked_for(load) -> None:
    search = "search: {optimize: {transfer_to_accuracy: maximize}, subject_to: {ccinfonce_gradient_norm: '< 1'}}\n"
    assert load("evaluation.transfer_to=mnist", search=search)


def test_the_other_data_set_is_another_one(load) -> None:
    message = "evaluation.transfer_to: digits is the data set that is trained on (variant main), of which "
    assert refused(load, "evaluation.transfer_to=digits").startswith(message)


def test_the_best_checkpoint_needs_a_metric_that_is_measured_while_training(load) -> None:
    best = "training.checkpoints=best"
    assert refused(load, best, "search.optimize={uniformity: minimize}") == (
        "training.checkpoints: best needs a metric that is measured during training, and uniformity is not; write last "
        "or all"
    )
    assert load(best).training.checkpoints == "best"
    load(best, "search.optimize={uniformity: minimize, spread: maximize}", "search.select_on=spread")
