"""The run that RUN names on a command line."""

import difflib
from pathlib import Path

from spreadtune.errors import UserError
from spreadtune.run_folder.run import RunFolder


def runs(results: Path, name: str | None = None) -> list[RunFolder]:
    """The runs below ``results``, of one study or of all, oldest first."""
    names = [name] if name is not None else [path.name for path in results.glob("*")]
    files = [path for each in names for path in (results / each).glob("*/study.yaml")]
    return sorted((RunFolder(path.parent.absolute()) for path in files), key=lambda run: run.id)


def find_run(reference: str, results: Path) -> RunFolder:
    """The run that RUN names: a path to a run folder or to the folder of a study's runs, NAME (its newest run) or
    NAME/ID.

    Raises:
        UserError: no such run; the message says what is near, or what there is.
    """
    for path in (Path(reference), results / reference):
        if (path / "study.yaml").is_file():
            return RunFolder(path.absolute())
    folder = Path(reference).absolute()
    if reference and (below := runs(folder.parent, folder.name)):
        return below[-1]
    name, _, identity = reference.partition("/")
    of_name = runs(results, name) if name else []
    if of_name and not identity:
        return of_name[-1]
    if of_name:
        there = f"; runs of {name}: {', '.join(run.id for run in of_name)}"
    elif known := sorted({run.name for run in runs(results)}):
        near = difflib.get_close_matches(name, known, 1)
        there = f", did you mean {near[0]}?" if near else f"; runs there: {', '.join(known)}"
    else:
        there = ", where there are no runs; go to where it was run, or name the folder of all runs with --results"
    raise UserError(f"no run {reference!r} in {results}{there}")
