"""Which data sets a study has, and what is said of them."""

import logging
from pathlib import Path
from typing import Any

import pytest

from spreadtune.errors import UserError
from spreadtune.runtime.before_start.data_sets import data_configs, data_warnings, other_datasets
from spreadtune.runtime.before_start.preflight import preflight
from spreadtune.spec.load import load_study
from spreadtune.spec.study import Study
from tests.workplace import Workplace

OWN = "tests.own_parts:shades"


def study(workplace: Workplace, **changes: Any) -> Study:
    workplace.write("x", {path.replace("__", "."): value for path, value in changes.items()})
    return load_study(workplace.folder / "studies" / "x.yaml")


def own(*per_class: int, subclasses: int = 3) -> dict[str, Any]:
    return {"name": OWN, "per_class": [*per_class], "subclasses": subclasses}


def test_variants_and_what_they_search_have_data_sets_of_their_own(workplace: Workplace) -> None:
    variants = {
        "a": {},
        "b": {"set": {"data.augmentation": "none"}},
        "c": {"set": {"data.train_size": 150}},
        "d": {"space": {"data.train_size": {"grid": [100, 120, 150]}, "data.augmentation.noise": {"grid": [0, 0.1]}}},
    }
    configs = data_configs(study(workplace, search__variants=variants))
    assert [config.train_size for config in configs] == [200, 150, 100, 120]


def test_what_is_searched_is_refused_before_it_fails_in_a_trial(workplace: Workplace) -> None:
    space = {"data.train_size": {"grid": [100, 5000]}}
    with pytest.raises(UserError, match=r"data\.train_size: 5000 exceeds the 1078 training images"):
        preflight(study(workplace, search__space=space))


def test_a_weak_data_set_is_warned_of_once_however_many_trials_use_it(
    workplace: Workplace, caplog: pytest.LogCaptureFixture
) -> None:
    variants = {"a": {}, "b": {"set": {"data.batch_size": 16}}}
    weak = study(
        workplace,
        data__dataset=own(300, 18),
        data__batch_size=32,
        data__train_size=None,
        search__variants=variants,
    )
    with caplog.at_level(logging.WARNING):
        preflight(weak)
    told = [record.getMessage() for record in caplog.records]
    assert told == [f"data.dataset: {line}" for line in data_warnings(weak)]
    assert len(told) == 3  # few images of three subclasses, and a class that dominates validation and test
    assert told[0].startswith("data.dataset: 3 of 6 subclasses have fewer than 5 images in a part, ")


def test_digits_have_no_weakness(workplace: Workplace) -> None:
    assert data_warnings(study(workplace)) == []


def test_the_other_data_set_is_read_before_anything_starts(
    workplace: Workplace, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """In every variant; what is missing is told with the key that names it."""
    monkeypatch.setenv("SPREADTUNE_DATA", str(tmp_path))
    elsewhere = {"name": "image_folder", "root": str(tmp_path / "nothing")}
    variants = {"a": {}, "b": {"set": {"evaluation.transfer_to": elsewhere}}}
    with pytest.raises(UserError, match=r"^evaluation\.transfer_to\.root: no folder .*nothing"):
        preflight(study(workplace, search__variants=variants))


def test_the_other_data_sets_images_have_to_be_made_like_the_studys(workplace: Workplace) -> None:
    odd = {"name": "tests.own_parts:colours", "channels": 4}
    told = (
        "evaluation.transfer_to: images of tests.own_parts:colours are 8x8 with 4 channels and cannot be made 8x8 with "
        "1 channel as those of digits are; name another data set"
    )
    with pytest.raises(UserError) as error:
        preflight(study(workplace, evaluation__transfer_to=odd))
    assert str(error.value) == told


def test_the_other_data_set_is_warned_of_too(workplace: Workplace) -> None:
    asked = study(workplace, evaluation__transfer_to=own(300, 18))
    assert {*other_datasets(asked)} == {OWN}
    assert data_warnings(asked)[0].startswith(f"{OWN}, to which encoders are transferred: 3 of 6 subclasses have fewer")


def test_a_third_class_is_needed_to_ask_how_class_means_lie(workplace: Workplace) -> None:
    with pytest.raises(UserError) as error:
        preflight(study(workplace, search__optimize={"nc2": "minimize"}))
    assert str(error.value) == "search.optimize: nc2 needs 3 classes, and digits has 2; name another metric"


def test_groups_are_asked_of_data_that_has_them_only(workplace: Workplace) -> None:
    with pytest.raises(UserError) as error:
        preflight(study(workplace, search__optimize={"worst_group_accuracy": "minimize"}))
    assert str(error.value) == (
        "search.optimize: worst_group_accuracy needs groups, and digits has none; name another metric, or a data set "
        "with groups, such as colored_digits"
    )
    three = own(90, 90, 90)
    preflight(study(workplace, data__dataset=three, data__train_size=None, search__optimize={"nc2": "minimize"}))


@pytest.mark.slow
def test_the_warning_is_on_the_console_in_the_log_and_in_the_report_once(workplace: Workplace) -> None:
    study(workplace, data__dataset=own(90, 12), data__batch_size=16, data__train_size=None, training__epochs=2)
    code, output = workplace.run("run", "x", "--seeds", "1")
    assert code == 0, output
    run = workplace.newest("x")
    told = "3 of 6 subclasses have fewer than 5 images in a part"
    report = run.report_file.read_text()
    assert f"warning    data.dataset: {told}" in output
    assert (output.count(told), run.log_file.read_text().count(told)) == (1, 1)
    assert f'<p class="caution">{told}' in report
    assert run.manifest()["data_warnings"][0].startswith(told)
    assert not any(told in file.read_text() for file in run.path.rglob("attempt-*/log*"))
