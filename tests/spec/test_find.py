from pathlib import Path

import pytest

from spreadtune.errors import UserError
from spreadtune.spec import find
from spreadtune.spec.find import StudyFile, find_study, list_studies


@pytest.fixture
def folders(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> tuple[Path, Path]:
    """The user's folder and the package's, with one name in both."""
    own, shipped = tmp_path / "own", tmp_path / "shipped"
    for folder, names in ((own, ("sweep", "mine")), (shipped, ("sweep", "broad"))):
        folder.mkdir()
        for name in names:
            (folder / f"{name}.yaml").write_text(f"description: {name} of {folder.name}\n")
    monkeypatch.setattr(find, "study_folders", lambda: (own, shipped, tmp_path / "absent"))
    return own, shipped


def test_the_users_own_study_comes_first(folders: tuple[Path, Path]) -> None:
    own, shipped = folders
    assert find_study("sweep") == own / "sweep.yaml"
    assert find_study("broad") == shipped / "broad.yaml"


def test_every_name_is_listed_once_with_its_description(folders: tuple[Path, Path]) -> None:
    own, shipped = folders
    assert list_studies() == (
        StudyFile("broad", "broad of shipped", shipped / "broad.yaml"),
        StudyFile("mine", "mine of own", own / "mine.yaml"),
        StudyFile("sweep", "sweep of own", own / "sweep.yaml"),
    )


def test_a_broken_file_does_not_spoil_the_list(folders: tuple[Path, Path]) -> None:
    (folders[0] / "mine.yaml").write_text("description: [")
    (folders[1] / "broad.yaml").write_text("- 1")
    assert [study.description for study in list_studies()] == ["(not a study)", "(cannot be read)", "sweep of own"]


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("swep", "no study 'swep', did you mean sweep?"),
        ("zzz", "no study 'zzz'; known: broad, mine, sweep"),
    ],
)
@pytest.mark.usefixtures("folders")
def test_an_unknown_name_shows_the_nearest(name: str, message: str) -> None:
    with pytest.raises(UserError) as error:
        find_study(name)
    assert str(error.value) == message


@pytest.mark.parametrize("name", ["else/where.yml", "here.yaml", "UP.YAML", "Mixed.Yml"])
def test_a_yaml_path_is_a_path(name: str) -> None:
    assert find_study(name) == Path(name)


def test_the_working_directorys_studies_come_first_then_the_packages(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    first, *others = find.study_folders()
    assert first == tmp_path / "studies"
    assert [folder.name for folder in others] == ["_studies", "studies"]
