import pytest

from spreadtune.errors import UserError
from spreadtune.spec.search import MedianStopping, SearchConfig, SuccessiveHalving

TPE = "search: {sampler: tpe, trials: 5, space: {objective.alpha: {uniform: [0, 1]}}}\n"


def test_defaults() -> None:
    search = SearchConfig()
    assert (search.seed, search.seeds, search.sampler, search.trials) == (0, 1, "grid", None)
    assert (search.metric, search.direction) == ("transfer_accuracy", "maximize")
    assert search.early_stopping.name == "none"


def test_early_stopping_is_a_name_or_a_mapping() -> None:
    assert SearchConfig.model_validate({"early_stopping": "median"}).early_stopping == MedianStopping()
    written = {"early_stopping": {"name": "successive_halving", "min_epochs": 3, "reduction": 4}}
    assert SearchConfig.model_validate(written).early_stopping == SuccessiveHalving(min_epochs=3, reduction=4)


@pytest.mark.parametrize(
    ("search", "message"),
    [
        (
            "search: {space: {objective.alpha: {uniform: [0, 1]}}}\n",
            "search.space.objective.alpha: sampler grid takes only grid domains, not uniform; write {grid: [...]}, "
            "or choose another sampler, such as tpe",
        ),
        (
            "search: {variants: {a: {space: {objective.alpha: {choice: [0, 1]}}}}}\n",
            "search.variants.a.space.objective.alpha: sampler grid takes only grid domains, not choice; "
            "write {grid: [...]}, or choose another sampler, such as tpe",
        ),
        (
            "search: {sampler: tpe, trials: 5, space: {objective.alpha: {grid: [0, 1]}}}\n",
            "search.space.objective.alpha: sampler tpe takes no grid; write {choice: [...]} instead",
        ),
        ("search: {sampler: random}\n", "search.trials: missing: sampler random needs to know how many trials to run"),
        ("search: {trials: 4}\n", "search.trials: a grid counts its own trials (settings x seeds); leave it out"),
        (
            "search: {sampler: tpe, trials: 5, space: {objective.temperature: {window: [0, 1]}}}\n",
            "search.space.objective.temperature: a window is for objective.alpha only",
        ),
        (
            "search: {early_stopping: {name: hyperband, min_epochs: 9, max_epochs: 3}}\n",
            "search.early_stopping.max_epochs: is below min_epochs (9)",
        ),
        ("search: {optimize: {}}\n", "search.optimize: names 0 metrics, give exactly one"),
        (
            "search: {optimize: {spread: maximize, class_accuracy: maximize}}\n",
            "search.optimize: names 2 metrics, give exactly one",
        ),
        (
            "search: {optimize: {transfer_acuracy: maximize}}\n",
            "search.optimize: unknown metric 'transfer_acuracy', did you mean transfer_accuracy?",
        ),
        (
            "search: {optimize: {spread: up}}\n",
            "search.optimize.spread: expected maximize or minimize, got 'up'",
        ),
        (
            "search: {variants: {a: {set: {objective.alpha: 0}, space: {objective.alpha: {grid: [0, 1]}}}}}\n",
            "search.variants.a.set.objective.alpha: is in this variant's own space; set it or search it",
        ),
    ],
)
def test_what_does_not_go_together_is_refused(load, search: str, message: str) -> None:
    with pytest.raises(UserError) as error:
        load(search=search)
    assert str(error.value) == f"s.yaml: {message}"


def test_early_stopping_needs_a_metric_that_training_measures(load) -> None:
    with pytest.raises(UserError) as error:
        load("search.early_stopping=median", "search.optimize={alignment: minimize}", search=TPE)
    assert str(error.value).startswith(
        "s.yaml: search.early_stopping: nothing measured during training stands for alignment; "
        "write early_stopping: none, or optimize one of spread, "
    )
    assert load("search.optimize={alignment: minimize}", search=TPE).search.direction == "minimize"
