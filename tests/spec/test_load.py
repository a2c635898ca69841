import subprocess
import sys
from pathlib import Path

import pytest

from spreadtune.errors import UserError
from spreadtune.spec.find import list_studies
from spreadtune.spec.load import dump_study, dump_trial, load_study, load_trial
from spreadtune.spec.seed import Seed


def test_the_name_is_the_files_or_the_callers(write) -> None:
    assert load_study(write()).name == "s"
    assert load_study(write(), name="other").name == "other"


def test_seeds_and_trials_take_the_place_of_the_files(load) -> None:
    assert load(seeds=4).search.seeds == 4
    assert load(search="search: {sampler: tpe, trials: 5}\n", trials=9).search.trials == 9
    with pytest.raises(UserError, match=r"^--trials 9: search.trials: a grid counts its own trials"):
        load(trials=9)


def test_counts_can_be_changed_later(load) -> None:
    study = load(seeds=2)
    assert study.with_counts(seeds=5) == load(seeds=5)
    assert study.with_counts() == study


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("format: 2\n", "format 2 is newer than this spreadtune reads (1)"),
        ("[1, 2]\n", "expected a mapping of sections, got list"),
        ("", "the file is empty"),
        ("# later\n", "the file is empty"),
        ("data: {\n", "line 2, column 1: expected the node content, but found '<stream end>'"),
        ("data: 1\ndata: 2\n", "line 2, column 1: key 'data' is given twice"),
    ],
)
def test_what_is_no_study_file_is_refused(tmp_path: Path, monkeypatch, text: str, message: str) -> None:
    monkeypatch.chdir(tmp_path)
    Path("s.yaml").write_text(text)
    with pytest.raises(UserError) as error:
        load_study("s.yaml")
    assert str(error.value) == f"s.yaml: {message}"


def test_a_missing_file_and_one_that_is_not_text(tmp_path: Path, monkeypatch) -> None:
    monkeypatch.chdir(tmp_path)
    with pytest.raises(UserError, match=r"^studies/none.yaml: no such file$"):
        load_study("studies/none.yaml")
    Path("s.yaml").write_bytes(b"\xff\xfe\xfa")
    with pytest.raises(UserError, match=r"^s.yaml: cannot be read: "):
        load_study(Path.cwd() / "s.yaml")


def test_a_file_name_must_be_usable_as_a_name(write) -> None:
    path = write().rename("my study.yaml")
    with pytest.raises(UserError, match=r"^my study.yaml: 'my study' cannot be a name: "):
        load_study(path)


def test_a_dumped_study_keeps_the_order_of_the_file_and_loads_back_equal(write) -> None:
    study = load_study(
        write("search: {space: {objective.temperature: {grid: [0.5]}, objective.alpha: {grid: [1, 0]}}}\n")
    )
    text = dump_study(study)
    assert [line.split(":")[0] for line in text.splitlines() if line[0] != " "][:6] == [
        "format",
        "description",
        "data",
        "model",
        "objective",
        "training",
    ]
    again = load_study(write("", body=text))
    assert again == study
    assert list(again.search.space) == ["objective.temperature", "objective.alpha"]


def test_a_dumped_trial_loads_back_equal(load, tmp_path: Path) -> None:
    spec = load().variants()[0].trial({"objective.alpha": 1e-5}, Seed(study=2, stage="confirm", index=7))
    path = tmp_path / "trial.yaml"
    path.write_text(dump_trial(spec))
    assert load_trial(path) == spec


SHIPPED = Path(__file__).parents[2] / "studies"


@pytest.mark.parametrize("path", sorted(SHIPPED.glob("*.yaml")), ids=lambda path: path.stem)
def test_shipped_studies_and_their_profiles_load(path: Path) -> None:
    study = load_study(path)
    assert study.description
    assert study.name in {listed.name for listed in list_studies()}
    for profile in study.profiles:
        assert load_study(path, profile=profile).profiles == study.profiles


def test_reading_a_study_imports_neither_torch_nor_numpy() -> None:
    code = "import sys, spreadtune.spec; sys.exit(any(m in sys.modules for m in ('torch', 'numpy', 'ray', 'optuna')))"
    assert subprocess.run([sys.executable, "-c", code], cwd=Path(__file__).parents[2], check=False).returncode == 0


def test_searches_take_seeds_and_grids_take_no_trials() -> None:
    assert load_study("digits_weights_search", trials=9, seeds=3).search.seeds == 3
    with pytest.raises(UserError, match="a grid counts its own trials"):
        load_study("digits_alpha_sweep", trials=2)
