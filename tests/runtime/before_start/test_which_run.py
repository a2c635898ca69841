"""Which run a start means, and what a refused one leaves behind: nothing."""

from pathlib import Path

import pytest

from spreadtune.errors import UserError
from spreadtune.run_folder import RunFolder, write_atomic, write_json
from spreadtune.runtime.before_start.which_run import new_run, resumed_run
from spreadtune.spec.load import dump_study, load_study
from spreadtune.spec.study import Study
from tests.workplace import Workplace


@pytest.fixture
def study(workplace: Workplace) -> Study:
    workplace.write("x", {})
    return load_study(workplace.folder / "studies" / "x.yaml")


@pytest.fixture
def results(tmp_path: Path) -> Path:
    return tmp_path / "results"


def begun(study: Study, results: Path) -> RunFolder:
    run = RunFolder.create(results, study.name)
    write_atomic(run.study_file, dump_study(study))
    return run


def start(study: Study, results: Path, *, fresh: bool = False) -> RunFolder:
    return new_run(study, results, fresh=fresh, resume_command="type this", storage=None).run


def test_an_unfinished_run_is_not_passed_over(study: Study, results: Path) -> None:
    first = begun(study, results)
    with pytest.raises(
        UserError, match=rf"^{first.label} is an unfinished run of this study.*\n  type this\n.*--fresh"
    ):
        start(study, results)
    assert start(study, results, fresh=True) != first


def test_a_run_that_is_running_is_not_said_to_wait_for_a_resume(study: Study, results: Path) -> None:
    run = begun(study, results)
    with (
        run.lock(),
        pytest.raises(UserError, match=r"is being run by process \d+ on .*; or start another with --fresh"),
    ):
        start(study, results)


def test_another_question_is_another_run(study: Study, results: Path) -> None:
    begun(study, results)
    other = study.model_copy(update={"training": study.training.model_copy(update={"epochs": 9})})
    other._name = study.name
    start(other, results)
    with pytest.raises(UserError, match=r"training.epochs: 4 -> 9"):
        resumed_run(other, results, None)


def test_a_forgotten_profile_is_named(workplace: Workplace, results: Path) -> None:
    workplace.write("x", {"profiles": {"quick": {"training.epochs": 2}}})
    file = workplace.folder / "studies" / "x.yaml"
    quick, whole = load_study(file, profile="quick"), load_study(file)
    runs = [begun(each, results) for each in (quick, whole)]
    for run, each in zip(runs, (quick, whole), strict=True):
        write_json(run.manifest_file, {"profile": each.profile})
    for study, run, told in ((whole, runs[0], "with --profile quick"), (quick, runs[1], "without --profile")):
        with pytest.raises(UserError, match=rf"(?s)training.epochs: \d -> \d\nit was begun {told}$"):
            resumed_run(study, results, run.label)
    other = load_study(file, profile="quick", overrides=["training.learning_rate=1e-3"])
    with pytest.raises(UserError, match=r"learning_rate: \S+ -> 0.001$"):
        resumed_run(other, results, runs[0].label)


def test_a_resume_keeps_the_runs_counts_unless_it_is_asked_to_raise_them(study: Study, results: Path) -> None:
    run = begun(study.with_counts(seeds=3), results)
    written = run.study_file.read_text()
    assert resumed_run(study, results, None).study.search.seeds == 3
    assert resumed_run(study.with_counts(seeds=5), results, None, seeds=5).study.search.seeds == 5
    with pytest.raises(UserError, match=r"--seeds 2: .* already has 3; it can be raised, not lowered"):
        resumed_run(study, results, run.label, seeds=2)
    assert run.study_file.read_text() == written, "choosing changes nothing: another process may hold the run"


def test_a_confirmation_is_added_to_a_run_by_option_or_file_and_never_lowered(study: Study, results: Path) -> None:
    run = begun(study, results)
    assert resumed_run(study, results, None).study.search.confirm is None
    assert resumed_run(study, results, None, confirm=5).study.search.confirm_seeds == 5
    assert resumed_run(study.with_counts(confirm=4), results, None).study.search.confirm_seeds == 4
    write_atomic(run.study_file, dump_study(study.with_counts(confirm=3)))
    assert resumed_run(study, results, None).study.search.confirm_seeds == 3
    with pytest.raises(UserError, match=r"--confirm 2: .* already has 3; it can be raised, not lowered"):
        resumed_run(study, results, None, confirm=2)


def test_what_chooses_a_confirmed_setting_has_to_be_measured_on_test(study: Study, results: Path) -> None:
    begun(study.with_counts(confirm=3), results)
    search = study.search.model_copy(update={"select_on": "train_spread"})
    with pytest.raises(UserError, match=r"search.confirm: train_spread is that of training images"):
        resumed_run(study.model_copy(update={"search": search}), results, None)


@pytest.mark.parametrize("blocked", ["file", "file/below"])
def test_a_place_that_cannot_be_written(study: Study, tmp_path: Path, blocked: str) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(UserError, match=r"^--results .*; name another folder$"):
        start(study, tmp_path / blocked)
