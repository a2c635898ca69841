"""A message names what has to be changed: the file, one of its profiles, or an option."""

import pytest

from spreadtune.errors import UserError

SEARCH = """
search:
  sampler: random
  trials: 4
  early_stopping: {name: median, min_epochs: 5}
  space: {objective.alpha: {uniform: [0, 0.5]}}
profiles:
  wide: {model.encoder.width: 6}
"""


def refused(load, *overrides: str, **options) -> str:
    with pytest.raises(UserError) as error:
        load(*overrides, search=SEARCH, **options)
    return str(error.value)


@pytest.mark.parametrize(
    ("override", "message"),
    [
        ("training.epochs=-1", "--set training.epochs=-1: training.epochs: -1 is below 1"),
        ("training=5", "--set training=5: training: expected a mapping, got 5"),
        (
            "objective={name: spread, alphaa: 1}",
            "--set 'objective={name: spread, alphaa: 1}': objective.alphaa: unknown key, did you mean objective.alpha?",
        ),
        ("search.subject_to=[1]", "--set 'search.subject_to=[1]': search.subject_to: expected a mapping, got [1]"),
    ],
)
def test_an_override_is_blamed_for_what_it_reaches(load, override: str, message: str) -> None:
    assert refused(load, override) == message


def test_of_two_the_one_that_says_most_of_the_place_is_blamed(load) -> None:
    told = refused(load, "search.early_stopping=median", "search.early_stopping.min_epochs=50")
    assert told.startswith("--set search.early_stopping.min_epochs=50: search.early_stopping.min_epochs: 50 is above")


def test_options_are_named_as_they_are_typed(load) -> None:
    told = refused(load, "search={sampler: grid, space: {objective.alpha: {grid: [0, 1]}}}", trials=7)
    assert told.startswith("--trials 7: search.trials: a grid counts its own trials")


def test_the_file_is_blamed_for_what_it_says_itself(load) -> None:
    told = refused(load, "search.sampler=grid")
    assert told.splitlines()[0].split(": ")[0].endswith(".yaml")


def test_an_override_that_only_takes_part_is_named_beside_the_file(load) -> None:
    told = refused(load, "training.epochs=2")
    assert ".yaml with --set training.epochs=2: search.early_stopping.min_epochs: 5 is above training.epochs, 2" in told


def test_a_profile_is_named_with_its_file(load) -> None:
    told = refused(load, profile="wide")
    assert ".yaml: profiles.wide: {model.encoder.width: 6}: model.encoder.width: 6 is no multiple of 4" in told
