"""Members of a study file: what they may say, what is searched in them, and how each mistake is told."""

from pathlib import Path
from typing import Any

import pytest

from spreadtune.errors import UserError
from spreadtune.spec.hash import study_hash
from spreadtune.spec.load import dump_study, dump_trial, load_study, load_trial
from spreadtune.spec.seed import Seed
from spreadtune.spec.study import Study

BODY = """\
data: {dataset: digits, augmentation: grey}
model: {encoder: convnet}
objective: {name: spread, temperature: 0.1}
training: {epochs: 4}
"""
MEMBERS = """\
members:
  contrast: {set: {objective.name: spread, objective.alpha: 0.5}}
  autoencoder:
    set:
      objective: {name: cross_entropy, autoencoder_weight: 1.0}
      model.decoder: conv
      model.decoder_condition: class
      training.epochs: 6
"""
ALPHA = "members.contrast.set.objective.alpha"


@pytest.fixture
def thanos(write: Any) -> Path:
    found: Path = write("search: {}\n", body=BODY + MEMBERS)
    return found


def trial(study: Study, values: dict[str, Any] | None = None) -> Any:
    (variant,) = study.variants()
    return variant.trial(values or {}, Seed(study=0))


def test_a_member_is_the_file_with_its_own_values_in_it(thanos: Path) -> None:
    spec = trial(load_study(thanos, overrides=["training.learning_rate=0.01"]))
    contrast, autoencoder = spec.encoders.values()
    assert (contrast.objective.alpha, contrast.objective.temperature) == (0.5, 0.1)
    assert autoencoder.objective.name == "cross_entropy"
    assert autoencoder.model.decoder.name == "conv"
    assert [contrast.training.epochs, autoencoder.training.epochs, spec.epochs] == [4, 6, 10]
    assert contrast.training.learning_rate == autoencoder.training.learning_rate == 0.01
    assert (contrast.seed.member, autoencoder.seed.member, spec.seed.member) == ("contrast", "autoencoder", None)
    assert contrast.members == {}


def test_without_members_a_file_and_its_hash_are_what_they_were(load: Any) -> None:
    study = load()
    assert "members" not in dump_study(study)
    assert "member" not in dump_trial(trial(study))
    assert list(trial(study).encoders) == [""]
    assert trial(study).main == ""


def test_a_file_with_members_reads_back_as_it_was(thanos: Path, tmp_path: Path) -> None:
    study = load_study(thanos)
    (tmp_path / "again.yaml").write_text(dump_study(study))
    assert study_hash(load_study(tmp_path / "again.yaml")) == study_hash(study)
    (tmp_path / "trial.yaml").write_text(dump_trial(trial(study)))
    assert load_trial(tmp_path / "trial.yaml") == trial(study)
    assert study_hash(load_study(thanos, overrides=["members.contrast.set.objective.alpha=0.6"])) != study_hash(study)


def test_members_of_a_copy_are_those_of_what_it_says(thanos: Path) -> None:
    spec = trial(load_study(thanos))
    seeds = [
        each.encoders["contrast"].seed.index
        for each in (spec, spec.model_copy(update={"seed": Seed(study=0, index=7)}))
    ]
    assert seeds == [0, 7]
    assert spec == spec.model_copy()


def test_the_main_member_is_the_first_with_the_spread_loss(thanos: Path) -> None:
    assert trial(load_study(thanos)).main == "contrast"
    none = ["members={a: {set: {objective: infonce}}, b: {set: {objective: cross_entropy}}}"]
    assert trial(load_study(thanos, overrides=none)).main == "a", "else the first"
    later = ["members={a: {set: {objective: cross_entropy}}, b: {set: {objective.alpha: 0.1}}}"]
    assert trial(load_study(thanos, overrides=later)).main == "b"


def test_a_searched_path_may_lie_in_a_member_or_be_taken_by_all(thanos: Path) -> None:
    space = ["search.space={" + ALPHA + ": {grid: [0, 0.3]}, training.learning_rate: {grid: [0.1, 0.2]}}"]
    spec = trial(load_study(thanos, overrides=space), {ALPHA: 0.3, "training.learning_rate": 0.2})
    assert spec.encoders["contrast"].objective.alpha == 0.3
    assert {encoder.training.learning_rate for encoder in spec.encoders.values()} == {0.2}
    assert spec.shown(ALPHA) == "objective.alpha"
    weight = "members.autoencoder.set.objective.autoencoder_weight"
    assert spec.shown(weight) == weight
    assert (spec.value("objective.alpha"), spec.value(weight), spec.value("objective.name")) == (0.3, 1.0, "spread")
    assert spec.value("members.none.set.objective.alpha") is None


def test_a_window_is_drawn_after_what_it_depends_on_in_its_member(write: Any) -> None:
    space = (
        f"{{{ALPHA}: {{window: [0, 1]}}, members.contrast.set.objective.temperature: {{uniform: [0.1, 1]}}, "
        "data.batch_size: {choice: [64, 128]}}"
    )
    path = write(f"search: {{sampler: random, trials: 2, space: {space}}}\n", body=BODY + MEMBERS)
    (variant,) = load_study(path).variants()
    assert variant.draw_order()[-1] == ALPHA


def test_one_that_differs_in_its_streams_alone(thanos: Path) -> None:
    spec = trial(load_study(thanos, overrides=["members={a: {set: {objective.alpha: 0}}, b: {same_as: a}}"]))
    a, b = spec.encoders.values()
    assert a.model_copy(update={"seed": b.seed}) == b
    assert a.seed.stream("views") != b.seed.stream("views")
    assert spec.is_supcon
    assert not trial(load_study(thanos)).is_supcon


MISTAKES = [
    (
        "members.contrast.set={}",
        "members.contrast: needs set (overrides of the file), or same_as (a member that it differs from in its random "
        "streams alone), and has neither",
    ),
    ("members={}", None),
    (
        "members={a: {set: {objective.alpha: 0}}}",
        "members: has a alone; a trial with one encoder needs no members, its file says what it is",
    ),
    (
        "members.1a.same_as=contrast",
        "members.1a: '1a' cannot be a member's name: use letters, digits and '_', starting with a letter, and none of "
        "whole, test, metric, theory, param",
    ),
    (
        "members.contrast.set.data.batch_size=3",
        "members.contrast.set.data.batch_size: is that of the whole trial; set it in the file",
    ),
    (
        "members.contrast.set.search.seeds=3",
        "members.contrast.set.search.seeds: is that of the whole trial; set it in the file",
    ),
    (
        "members.contrast.set.modle.head=mlp",
        "members.contrast.set.modle.head: unknown section 'modle', did you mean model?",
    ),
    ("members.b.same_as=x", "members.b.same_as: no member 'x'; known: contrast, autoencoder"),
    (
        "members={a: {set: {objective.alpha: 0}}, b: {same_as: a}, c: {same_as: b}}",
        "members.c.same_as: b is the same as another itself; known: a",
    ),
    (
        "members.b={set: {objective.alpha: 0.5}}",
        "members.b: is the same as contrast; write same_as: contrast where it is to differ in its random streams alone",
    ),
    ("members.contrast.set.objective.alpha=2", "members.contrast.set.objective.alpha: 2 is above 1"),
    (
        "members.contrast.set.objective.alpah=2",
        "members.contrast.set.objective.alpah: unknown key, did you mean objective.alpha?",
    ),
    (
        "members.autoencoder.set.model.decoder=none",
        "members.autoencoder.set.objective.autoencoder_weight: 1 needs a decoder to weigh; set model.decoder: conv, or "
        "the weight 0",
    ),
    (
        "search.space.members.x.set.objective.alpha={grid: [0]}",
        "search.space.members.x.set.objective.alpha: no member 'x' in variant main; known: contrast, autoencoder; "
        "variants may have spaces of their own",
    ),
    (
        "search.space.members.contrast.objective.alpha={grid: [0]}",
        "search.space.members.contrast.objective.alpha: expected members.NAME.set.PATH, PATH in one of model, "
        "objective, training",
    ),
    (
        "search.space.objective.autoencoder_weight={grid: [0]}",
        None,
    ),
    (
        "search={early_stopping: median, space: {training.learning_rate: {grid: [0.1]}}}",
        "search.early_stopping: trials have members; add member: (one of contrast, autoencoder, whole)",
    ),
    (
        "search.early_stopping={name: median, member: contrats}",
        "search.early_stopping.member: no member 'contrats', did you mean contrast?",
    ),
    (
        "search.early_stopping={name: median, member: whole, min_epochs: 7}",
        "search.early_stopping.min_epochs: 7 is above training.epochs, 6 of member autoencoder in variant main",
    ),
    (
        "search.early_stopping={name: median, member: contrast, min_epochs: 5}",
        "search.early_stopping.min_epochs: 5 is above training.epochs, 4 of member contrast in variant main",
    ),
]


@pytest.mark.parametrize(("override", "message"), MISTAKES, ids=[override for override, _ in MISTAKES])
def test_a_mistake_is_told_with_its_place(thanos: Path, override: str, message: str | None) -> None:
    if message is None:
        load_study(thanos, overrides=[override])
        return
    with pytest.raises(UserError) as error:
        load_study(thanos, overrides=[override])
    assert str(error.value).endswith(f": {message}")


def test_what_every_member_has_of_its_own_is_not_searched_in_the_file(write: Any) -> None:
    own = "members: {a: {set: {objective.alpha: 0}}, b: {set: {objective.alpha: 1}}}\n"
    with pytest.raises(UserError) as error:
        load_study(write("search: {space: {objective.alpha: {grid: [0, 1]}}}\n", body=BODY + own))
    assert str(error.value).endswith(
        "search.space.objective.alpha: every member sets it itself; search members.NAME.set.objective.alpha"
    )


def test_a_copy_has_nothing_to_search(write: Any) -> None:
    own = "members: {a: {set: {objective.alpha: 0}}, b: {same_as: a}}\n"
    space = "search: {space: {members.b.set.objective.alpha: {grid: [0, 1]}}}\n"
    with pytest.raises(UserError, match=r"b is the same as a; search members\.a\.set\.objective\.alpha"):
        load_study(write(space, body=BODY + own))


def test_a_variant_may_have_members_where_others_have_none(write: Any) -> None:
    variants = """\
search:
  early_stopping: {name: median, member: contrast}
  variants:
    plain: {}
    twice: {set: {members: {one: {set: {objective.alpha: 0}}, two: {same_as: one}}}}
    thanos: {set: {members: {contrast: {set: {objective.alpha: 0.3}}, other: {set: {objective: cross_entropy}}}}}
"""
    plain, twice, thanos = load_study(write(variants, body=BODY)).variants()
    specs = [variant.trial({}, Seed(study=0)) for variant in (plain, twice, thanos)]
    assert [list(spec.encoders) for spec in specs] == [[""], ["one", "two"], ["contrast", "other"]]
    assert [spec.watched("contrast") for spec in specs] == ["", "one", "contrast"]
    assert [spec.watched("whole") for spec in specs] == ["", "two", "other"]


def test_a_study_without_members_names_none_to_look_at(load: Any) -> None:
    with pytest.raises(
        UserError, match=r"early_stopping\.member: whole is given, and no trial of this study has members"
    ):
        load("search.early_stopping={name: median, member: whole}", search="search: {sampler: random, trials: 2}\n")
