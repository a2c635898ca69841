import pytest

from spreadtune.errors import UserError

PROFILES = """
search: {space: {objective.alpha: {grid: [0, 0.5]}}, variants: {long: {set: {training.epochs: 20}}, short: {}}}
profiles:
  small: {data.train_size: 100, model.encoder.width: 8}
  searched: {objective.alpha: 0.5}
"""


def refused(load, *overrides: str, **options: str) -> str:
    with pytest.raises(UserError) as error:
        load(*overrides, search=PROFILES, **options)
    return str(error.value)


def test_profile_then_set_then_the_variants_set(load) -> None:
    study = load("data.train_size=50", "model.decoder=none", search=PROFILES, profile="small")
    assert study.data.train_size == 50
    assert study.model.encoder.width == 8
    assert study.model.decoder.name == "none"
    assert [variant.body["training"]["epochs"] for variant in study.variants()] == [20, 10]


def test_of_a_path_given_twice_the_last_holds(load) -> None:
    assert load("data.views=3", "data.views=4").data.views == 4


def test_values_are_yaml(load) -> None:
    study = load("training.learning_rate=1e-3", "data.train_size=null", "data.augmentation={name: grey, crop: 0.5}")
    assert study.training.learning_rate == 0.001
    assert study.data.train_size is None
    assert study.data.augmentation.crop == 0.5


def test_naming_a_domain_replaces_it_whole(load) -> None:
    study = load("search.sampler=tpe", "search.trials=3", "search.space.objective.alpha={uniform: [0, 1]}")
    assert study.search.model_dump(mode="json")["space"] == {"objective.alpha": {"uniform": [0.0, 1.0]}}


@pytest.mark.parametrize(
    ("override", "message"),
    [
        (
            "objective.alpha=0.3",
            "--set objective.alpha=0.3: objective.alpha is searched; change its domain, for example "
            "--set 'search.space.objective.alpha={grid: [0.3]}'",
        ),
        (
            "objective={name: spread, alpha: 0.3}",
            "--set 'objective={name: spread, alpha: 0.3}': objective.alpha is searched; change its domain, for example "
            "--set 'search.space.objective.alpha={grid: [0.3]}'",
        ),
        (
            "training.epochs=3",
            "--set training.epochs=3: variant long sets training.epochs; change it there: "
            "--set search.variants.long.set.training.epochs=3",
        ),
        ("training.epochs", "--set training.epochs: expected PATH=VALUE, for example --set training.epochs=10"),
        ("=3", "--set =3: expected PATH=VALUE, for example --set training.epochs=10"),
        ("training.epochs.x=3", "--set: training.epochs: is 10, so training.epochs.x cannot be set"),
        ("data.views=[", "--set data.views=[: line 1, column 2: expected the node content, but found '<stream end>'"),
    ],
)
def test_what_trials_would_overwrite_or_cannot_be_read_is_refused(load, override: str, message: str) -> None:
    assert refused(load, override) == message


def test_what_the_message_shows_is_accepted(load) -> None:
    study = load(
        "search.space.objective.alpha={grid: [0.3]}", "search.variants.long.set.training.epochs=3", search=PROFILES
    )
    assert study.variants()[0].body["training"]["epochs"] == 3
    assert study.search.space["objective.alpha"].corners() == (0.3,)


def test_a_profile_keeps_the_same_rules(load) -> None:
    assert refused(load, profile="searched") == (
        "profiles.searched: {objective.alpha: 0.5}: objective.alpha is searched; change its domain, for example "
        "profiles.searched: {search.space.objective.alpha: {grid: [0.5]}}"
    )
    assert refused(load, profile="smal") == "s.yaml: no profile 'smal', did you mean small?"


def test_a_profile_is_a_mapping(load) -> None:
    with pytest.raises(UserError, match=r"^s.yaml: profiles.small: expected a mapping, got 3$"):
        load(search="profiles: {small: 3}\n", profile="small")


def test_without_profiles_the_message_says_so(load) -> None:
    with pytest.raises(UserError, match=r"^s.yaml: no profile 'small'; the file has none$"):
        load(profile="small")
