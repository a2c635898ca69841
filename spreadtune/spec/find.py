"""Studies by name: the user's own before those that come with the package."""

from dataclasses import dataclass
from pathlib import Path

from spreadtune.errors import UserError
from spreadtune.spec.validation_errors import hint
from spreadtune.spec.yaml_text import parse


@dataclass(frozen=True)
class StudyFile:
    """A line of the list of studies."""

    name: str
    description: str
    path: Path


def study_folders() -> tuple[Path, ...]:
    """Where studies are looked for, in order: ./studies, the wheel's own, the checkout's beside an editable install."""
    package = Path(__file__).parents[1]
    return (Path.cwd() / "studies", package / "_studies", package.parent / "studies")


def list_studies() -> tuple[StudyFile, ...]:
    """Every study that can be run by name, sorted; of two with one name, the one that would run."""
    found: dict[str, Path] = {}
    for folder in study_folders():
        for path in sorted(folder.glob("*.yaml")):
            found.setdefault(path.stem, path)
    return tuple(StudyFile(name, _description(found[name]), found[name]) for name in sorted(found))


def find_study(name_or_path: str | Path) -> Path:
    """The file of a study. What ends in .yaml or .yml, in letters of either case, is a path, everything else a name.

    Raises:
        UserError: there is no study of that name; the message says which are near.
    """
    path = Path(name_or_path)
    if path.suffix.lower() in (".yaml", ".yml"):
        return path
    for folder in study_folders():
        if (folder / f"{name_or_path}.yaml").is_file():
            return folder / f"{name_or_path}.yaml"
    known = [study.name for study in list_studies()]
    raise UserError(f"no study {str(name_or_path)!r}{hint(name_or_path, known)}")


def _description(path: Path) -> str:
    try:
        values = parse(path.read_text(encoding="utf-8"), path.name)
    except (UserError, OSError, UnicodeDecodeError):
        return "(cannot be read)"
    return str(values.get("description", "")) if isinstance(values, dict) else "(not a study)"
