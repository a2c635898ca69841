import pytest

from spreadtune.errors import UserError
from spreadtune.spec.goal import Bound, Goal, Selection
from spreadtune.spec.hash import study_hash
from spreadtune.spec.load import dump_study
from spreadtune.spec.search import MedianStopping, SearchConfig, SuccessiveHalving

TPE = "search: {sampler: tpe, trials: 5, space: {objective.alpha: {uniform: [0, 1]}}}\n"
TWO = "{transfer_accuracy: maximize, class_accuracy: maximize}"


def test_defaults() -> None:
    search = SearchConfig()
    assert (search.seed, search.seeds, search.sampler, search.trials) == (0, 1, "grid", None)
    assert (search.metric, search.selection.goal.direction) == ("transfer_accuracy", "maximize")
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
        ("search: {optimize: {}}\n", "search.optimize: names 0 metrics, give one, two or three"),
        (
            "search: {optimize: {spread: maximize, class_accuracy: maximize, alignment: minimize, "
            "uniformity: minimize}}\n",
            "search.optimize: names 4 metrics, give one, two or three",
        ),
        (
            "search: {subject_to: {class_acuracy: '>= 0.9'}}\n",
            "search.subject_to: unknown metric 'class_acuracy', did you mean class_accuracy?",
        ),
        (
            "search: {subject_to: {class_accuracy: about 0.9}}\n",
            "search.subject_to.class_accuracy: expected >=, <=, > or < and a number, for example '>= 0.9', "
            "got 'about 0.9'",
        ),
        (
            "search: {subject_to: {class_accuracy: 0.9}}\n",
            "search.subject_to.class_accuracy: expected >=, <=, > or < and a number, for example '>= 0.9', got 0.9",
        ),
        ("search: {select_on: spred}\n", "search.select_on: unknown metric 'spred', did you mean spread?"),
        ("search: {select_on: {}}\n", "search.select_on: names 0 metrics, give exactly one"),
        (
            f"search: {{optimize: {TWO}, early_stopping: median}}\n",
            "search.early_stopping: 2 metrics are optimized and one has to decide; "
            "add metric: (one of transfer_accuracy, class_accuracy)",
        ),
        (
            f"search: {{optimize: {TWO}, early_stopping: {{name: median, metric: spread}}}}\n",
            "search.early_stopping.metric: spread is not optimized; give one of transfer_accuracy, class_accuracy",
        ),
        (
            "search: {optimize: {alignment: minimize, uniformity: minimize}, early_stopping: median}\n",
            "search.early_stopping: 2 metrics are optimized and one has to decide; write early_stopping: none",
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
        "--set search.early_stopping=median: search.early_stopping: nothing measured during training stands for "
        "alignment; write early_stopping: none, or optimize one of transfer_accuracy, "
    )
    assert load("search.optimize={alignment: minimize}", search=TPE).search.selection.goal.direction == "minimize"


def test_the_first_optimized_metric_chooses_unless_another_is_named(load) -> None:
    two = f"search.optimize={TWO}"
    transfer, classes = (Goal(metric, "maximize") for metric in ("transfer_accuracy", "class_accuracy"))
    assert load().search.selection == Selection(transfer)
    assert load(two).search.selection == Selection(transfer, ties=(classes,))
    coarse = load(two, "search.select_on=class_accuracy").search
    assert coarse.selection == Selection(classes), "no fine label has a part"
    bounded = load(two, "search.subject_to={class_accuracy: '>=0.90', spread: '< 2e-1'}").search
    assert bounded.selection.bounds == (Bound("class_accuracy", ">=", 0.9), Bound("spread", "<", 0.2))
    assert load(two, "search.select_on=spread").search.selection.goal == Goal("spread", "maximize")
    assert load(two, "search.select_on=alignment").search.selection.goal == Goal("alignment", "minimize")
    one = load("search.optimize={spread: minimize}", "search.select_on=spread")
    assert one.search.selection.goal == Goal("spread", "minimize")
    assert load(two, "search.select_on={spread: minimize}").search.selection.goal == Goal("spread", "minimize")


def test_one_of_several_metrics_decides_on_early_stops(load) -> None:
    several = f"search: {{sampler: random, trials: 3, optimize: {TWO}"
    search = load(search=several + ", early_stopping: {name: median, metric: class_accuracy}}\n").search
    assert search.watched == Goal("class_accuracy", "maximize")
    assert load(search=several + "}\n").search.watched is None, "nothing is watched where nothing stops"
    assert load(search=TPE).search.watched == Goal("transfer_accuracy", "maximize")


def test_what_is_not_written_stays_out_of_the_file(load) -> None:
    """Or the runs of an earlier version would ask another question."""
    written = dump_study(load("search.early_stopping=median", search=TPE))
    assert not any(key in written for key in ("subject_to", "select_on", "metric:"))


def test_bounds_are_written_one_way(load) -> None:
    one, other = (load(f"search.subject_to={{class_accuracy: '{text}'}}") for text in (">=0.90", " >= 9e-1 "))
    assert study_hash(one) == study_hash(other) != study_hash(load())
    assert one.search.subject_to == {"class_accuracy": ">= 0.9"}


def test_what_is_asked_of_trials_has_the_key_that_names_it(load) -> None:
    search = (
        "search: {sampler: tpe, trials: 5, optimize: {spread: maximize, collapse: minimize}, "
        "subject_to: {class_accuracy: '> 0.5', spread: '> 0.1'}, select_on: alignment}\n"
    )
    assert load(search=search).search.asked == {
        "alignment": "select_on",
        "class_accuracy": "subject_to",
        "spread": "optimize",
        "collapse": "optimize",
    }
