import pytest

from spreadtune.errors import UserError
from spreadtune.spec.hash import difference, study_hash
from tests.spec.conftest import GRID


@pytest.mark.parametrize(
    "override",
    [
        "description=other words",
        "resources.cpus_per_worker=4",
        "data.placement=host",
        "search.seeds=7",
        "search.confirm={seeds: 5}",
        "search.select_on=spread",
        "profiles={small: {training.epochs: 1}}",
        "data.views=2",
        "evaluation.transfer_to=none",
        "search.space.objective.alpha={grid: [0.0, 0.5, 1.0]}",
    ],
)
def test_what_does_not_change_the_question_does_not_change_the_hash(load, override: str) -> None:
    assert study_hash(load(override)) == study_hash(load())
    assert difference(load(), load(override)) == []


def test_trials_do_not_change_the_hash(load) -> None:
    search = "search: {sampler: tpe, trials: 5}\n"
    assert study_hash(load(search=search)) == study_hash(load(search=search, trials=50))


@pytest.mark.parametrize(
    ("override", "line"),
    [
        ("training.epochs=11", "training.epochs: 10 -> 11"),
        ("search.seed=1", "search.seed: 0 -> 1"),
        ("search.optimize={spread: maximize}", 'search.optimize.spread: (absent) -> "maximize"'),
        ("search.space.objective.alpha={grid: [0]}", "search.space.objective.alpha.grid: [0, 0.5, 1] -> [0]"),
        ("evaluation.transfer_to=mnist", 'evaluation.transfer_to.name: (absent) -> "mnist"'),
        ("model.decoder=none", 'model.decoder.name: "conv" -> "none"'),
        ("search.variants.a={}", "search.variants.a.set: (absent) -> {}"),
        ("search.subject_to={spread: '> 0.1'}", 'search.subject_to.spread: (absent) -> "> 0.1"'),
        ("search.early_stopping=median", 'search.early_stopping.name: "none" -> "median"'),
    ],
)
def test_what_changes_the_question_changes_the_hash_and_is_named(load, override: str, line: str) -> None:
    old, new = load(), load(override)
    assert study_hash(old) != study_hash(new)
    assert line in difference(old, new)


ONE_VALUE = {"training.optimizer": "adamw", "evaluation.transfer": "linear_probe"}


@pytest.mark.parametrize(("path", "value"), ONE_VALUE.items())
def test_a_key_with_one_value_is_read_and_not_written(load, path: str, value: str) -> None:
    of_profile = load(search=f"{GRID}profiles: {{p: {{{path}: {value}}}}}\n", profile="p")
    for given in (load(f"{path}={value}"), of_profile):
        assert given.training == load().training
        assert given.evaluation == load().evaluation
        assert study_hash(given) == study_hash(load())
        assert path.partition(".")[2] not in given.model_dump(mode="json")[path.partition(".")[0]]
    with pytest.raises(UserError, match=f"{path}.*{value}"):
        load(f"{path}=other")
