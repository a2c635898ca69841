"""The command that goes on with a run, from what its manifest remembers of the one that began it."""

import os
import shlex
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import click

from spreadtune.cli.commands.run import run_command
from spreadtune.cli.session import Request
from spreadtune.errors import UserError
from spreadtune.run_folder import RunFolder
from spreadtune.spec.hash import study_hash
from spreadtune.spec.load import load_study
from spreadtune.spec.study import Study


def resume_command(run: RunFolder, study: Study, results: Path) -> str:
    """What to type here to go on with the run.

    It repeats the run's own command where that still asks the same. Where it does not (the study file was edited or is
    not to be found from here, or the run was begun from Python) it names the study that lies in the run's folder.

    Args:
        run: the interrupted run.
        study: what it asks.
        results: where it was found, from here.
    """
    manifest = run.manifest()
    options = _options(manifest.get("command", []))
    request = _request(options, results)
    if not _asks_the_same(request, study):
        request = _request({**options, "study": _short(run.study_file), "overrides": (), "profile": None}, results)
    return request.resume_command(run) + _storage(manifest.get("storage"))


def _options(command: Sequence[str]) -> Mapping[str, Any]:
    """The parameters of ``spreadtune run`` in a recorded command; none where it is another command."""
    arguments = _arguments_of_run(list(command))
    try:
        return run_command.make_context("run", arguments or [], resilient_parsing=True).params
    except click.ClickException:  # of another version
        return run_command.make_context("run", [], resilient_parsing=True).params


def _arguments_of_run(command: list[str]) -> list[str] | None:
    match command:
        case [_, "-m", "spreadtune.study", *arguments] | [_, "-m", "spreadtune", "run", *arguments]:
            return arguments
        case [program, "run", *arguments] if Path(program).name == "spreadtune":
            return arguments
    return None


def _request(options: Mapping[str, Any], results: Path) -> Request:
    return Request(
        study=options["study"] or "",
        overrides=tuple(options["overrides"] or ()),
        profile=options["profile"],
        trials=None,
        seeds=None,
        confirm=None,
        resuming=True,
        resume=None,
        fresh=False,
        results=results,
        storage=None,
        data_root=options["data_root"],
        address=options["address"] or "local",
        dashboard=not options["no_dashboard"],
        verbose=False,
    )


def _asks_the_same(request: Request, study: Study) -> bool:
    if not request.study:
        return False
    try:
        asked = load_study(request.study, profile=request.profile, overrides=request.overrides)
    except UserError:
        return False
    return study_hash(asked) == study_hash(study)


def _storage(address: str | None) -> str:
    """The database's address, unless it is recorded without its password."""
    if not address:
        return ""
    return " --storage URL" if "***" in address or "=hidden" in address else f" --storage {shlex.quote(address)}"


def _short(path: Path) -> str:
    return min(str(path), os.path.relpath(path), key=len)
