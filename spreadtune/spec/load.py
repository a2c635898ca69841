"""From a file to a study or a trial, and back."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from spreadtune.errors import UserError
from spreadtune.run_folder import RunFolder
from spreadtune.spec.blame import blamed
from spreadtune.spec.check import check
from spreadtune.spec.find import find_study
from spreadtune.spec.messages import problems, report
from spreadtune.spec.overrides import Overrides, from_command_line, from_profile, refuse_what_cannot_hold
from spreadtune.spec.study import Study
from spreadtune.spec.trial import TrialSpec
from spreadtune.spec.validation_errors import file_name
from spreadtune.spec.yaml_text import dump, parse

FORMAT = 1
"""The newest file format that this version reads."""


COUNTS = {"search.seeds": "--seeds", "search.trials": "--trials", "search.confirm.seeds": "--confirm"}
"""Paths with an option of their own."""


class NewerFormatError(UserError):
    """A file that a later version wrote."""


def load_study(
    name_or_path: str | Path,
    *,
    profile: str | None = None,
    overrides: Sequence[str] = (),
    seeds: int | None = None,
    trials: int | None = None,
    confirm: int | None = None,
    name: str | None = None,
) -> Study:
    """Read, override and check a study.

    Args:
        name_or_path: a study's name (see :func:`spreadtune.spec.find.find_study`) or a path that ends in .yaml or .yml.
        profile: one of the file's profiles, applied before ``overrides``.
        overrides: ``PATH=VALUE`` texts, VALUE being YAML.
        seeds: instead of ``search.seeds``.
        trials: instead of ``search.trials``.
        confirm: instead of ``search.confirm.seeds``.
        name: what the study is called; the stem of the file's name when left out.

    Raises:
        UserError: no such study, or a mistake in it; one line each, with the place and what would be right.
    """
    path = find_study(name_or_path)
    source = _shown(path)
    values = _read(path, source)
    layers = [from_profile(values, profile, source)] if profile is not None else []
    layers.append(from_command_line(overrides))
    counts = {"search.seeds": seeds, "search.trials": trials, "search.confirm.seeds": confirm}
    layers.append(Overrides(None, {path: count for path, count in counts.items() if count is not None}, COUNTS))
    for layer in layers:
        values = layer.applied_to(values)
    called = _study_name(path, source) if name is None else name
    with _blaming(source, layers):
        study = Study.from_values(values, name=called, source="", profile=profile)
    for layer in layers:
        refuse_what_cannot_hold(study, layer)
    with _blaming(source, layers):
        check(study)
    return study


@contextmanager
def _blaming(source: str, layers: Sequence[Overrides]) -> Iterator[None]:
    try:
        yield
    except UserError as error:
        raise UserError(blamed(str(error), source, layers)) from error


def load_run_study(run: RunFolder) -> Study:
    """The study that a run's folder holds.

    Raises:
        UserError: the file is damaged, or of a newer format.
    """
    try:
        return load_study(run.study_file, name=run.name)
    except NewerFormatError:
        raise
    except UserError as error:
        raise UserError(
            f"{run.study_file} is damaged ({str(error).splitlines()[0]}): put it back from a backup, or start another "
            "run with --fresh"
        ) from error


def dump_study(study: Study) -> str:
    """The resolved study as YAML, defaults filled in, keys in the order of the file; it loads back equal."""
    return dump(study.model_dump(mode="json"))


def dump_trial(spec: TrialSpec) -> str:
    """A trial as YAML, every value filled in; it loads back equal."""
    return dump(spec.model_dump(mode="json"))


def load_trial(path: Path) -> TrialSpec:
    """Read a ``trial.yaml``; raises :class:`UserError` when it is none."""
    source = _shown(path)
    try:
        return TrialSpec.model_validate(_read(path, source))
    except ValidationError as error:
        raise UserError(report(source, problems(error, TrialSpec))) from error


def _read(path: Path, source: str) -> dict[str, Any]:
    try:
        text = path.read_text(encoding="utf-8")
    except FileNotFoundError as error:
        raise UserError(f"{source}: no such file") from error
    except (OSError, UnicodeDecodeError) as error:
        raise UserError(f"{source}: cannot be read: {error}") from error
    values = parse(text, source)
    if values is None:
        raise UserError(f"{source}: the file is empty")
    if not isinstance(values, dict):
        raise UserError(f"{source}: expected a mapping of sections, got {type(values).__name__}")
    written = values.get("format", FORMAT)
    if isinstance(written, int) and written > FORMAT:
        raise NewerFormatError(f"{source}: format {written} is newer than this spreadtune reads ({FORMAT})")
    return values


def _study_name(path: Path, source: str) -> str:
    try:
        return file_name(path.stem)
    except ValueError as error:
        raise UserError(f"{source}: {error}") from error


def _shown(path: Path) -> str:
    here = Path.cwd()
    return str(path.relative_to(here)) if path.is_relative_to(here) else str(path)
