from pathlib import Path

import pytest

from spreadtune.errors import UserError
from spreadtune.run_folder import RunFolder, find_run, runs


@pytest.fixture
def made(tmp_path: Path) -> list[RunFolder]:
    """Three runs of two studies, the oldest first, and a folder that never became one."""
    made = [RunFolder.create(tmp_path / "results", name) for name in ("sweep", "search", "sweep")]
    for each in made:
        each.study_file.write_text("format: 1\n")
    RunFolder.create(tmp_path / "results", "sweep")
    return made


def test_a_folder_or_a_name_or_both(made: list[RunFolder], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    results = tmp_path / "results"
    assert find_run(str(made[0].path), results) == made[0]
    assert find_run("sweep", results) == made[2]
    assert find_run("search", results) == made[1]
    assert find_run(made[0].label, results) == made[0]
    monkeypatch.chdir(made[0].path)
    assert find_run(".", Path("elsewhere")) == made[0]
    monkeypatch.chdir(tmp_path)
    assert find_run("sweep/", Path("results")) == made[2]
    assert find_run("results/sweep", Path("results")) == made[2]
    assert find_run("results/search/", Path("elsewhere")) == made[1]
    assert find_run("sweep", Path("results")).path.is_absolute()


def test_runs_are_listed_oldest_first(made: list[RunFolder], tmp_path: Path) -> None:
    assert runs(tmp_path / "results") == made
    assert runs(tmp_path / "results", "sweep") == [made[0], made[2]]
    assert runs(tmp_path / "results", "s*") == []
    assert runs(tmp_path / "nowhere") == []


def test_what_is_not_there_is_told_with_what_is(made: list[RunFolder], tmp_path: Path) -> None:
    results = tmp_path / "results"
    for reference, there in {
        "swep": ", did you mean sweep?",
        "other": "; runs there: search, sweep",
        "sweep/20200101-000000-0000": f"; runs of sweep: {made[0].id}, {made[2].id}",
        "": "; runs there: search, sweep",
        "/sweep": "; runs there: search, sweep",
    }.items():
        with pytest.raises(UserError) as caught:
            find_run(reference, results)
        assert str(caught.value) == f"no run {reference!r} in {results}{there}"


def test_where_nothing_was_ever_run(tmp_path: Path) -> None:
    with pytest.raises(UserError, match=r"^no run 'sweep' in .*, where there are no runs; go to where"):
        find_run("sweep", tmp_path / "results")
