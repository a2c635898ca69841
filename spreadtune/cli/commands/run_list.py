"""The lines of ``spreadtune runs``."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from rich.console import Console
from rich.table import Table

from spreadtune.cli.commands.resuming import resume_command
from spreadtune.errors import UserError
from spreadtune.run_folder import RunFolder, TrialStatus
from spreadtune.search.results.overview import Overview, overview
from spreadtune.search.results.progress import Counts

HEADINGS = ("run", "state", "trials", "best so far", "started (UTC)")


@dataclass(frozen=True)
class Line:
    """One folder in the list.

    Attributes:
        label: NAME/ID.
        state: running, finished, interrupted, starting, or what is wrong with the folder.
        trials, best, started: texts; empty where the folder is no run.
        resume: the command that goes on with it, for an interrupted run.
    """

    label: str
    state: str
    trials: str = ""
    best: str = ""
    started: str = ""
    resume: str | None = None

    @property
    def cells(self) -> tuple[str, ...]:
        return self.label, self.state, self.trials, self.best, self.started


def list_runs(name: str | None, results: Path, console: Console | None = None) -> None:
    """Print a table on a terminal, plain aligned lines elsewhere.

    Raises:
        UserError: NAME is no study's name, or the folder of results cannot be read.
    """
    console = console or Console(highlight=False)
    lines = [run_line(folder, results) for folder in run_folders(name, results)]
    if not lines:
        there = f"no runs{f' of {name}' if name else ''} in {results}; --results names another folder of runs"
        console.print(there, markup=False, soft_wrap=True)
    elif console.is_terminal:
        _print_table(lines, console)
    else:
        for text in plain(lines):
            console.print(text, markup=False, soft_wrap=True)


def run_folders(name: str | None, results: Path) -> list[RunFolder]:
    """Every folder where a run could be, the newest last; what is no run comes first."""
    if name is not None and name != Path(name).name:
        raise UserError(f"{name!r} is no study's name; leave it out to list every run in {results}")
    try:
        parents = [results / name] if name else [path for path in results.iterdir() if _shown(path)]
        found = [path for parent in parents if parent.is_dir() for path in parent.iterdir() if _shown(path)]
    except FileNotFoundError:
        return []
    except OSError as error:
        raise UserError(f"--results {results}: {error.strerror}; name another folder") from error
    folders = [RunFolder(path.absolute()) for path in found]
    return sorted(folders, key=lambda run: (_started(run) is not None, run.id, run.name))


def run_line(run: RunFolder, results: Path) -> Line:
    """What the list says of a folder; whatever is wrong with it is said in its line."""
    try:
        if not run.study_file.is_file():
            return Line(run.label, "starting" if run.is_held() else "not a run (no study.yaml)")
        found = overview(run)
        return Line(
            run.label,
            found.status,
            trials_text(found),
            best_text(found),
            f"{started:%Y-%m-%d %H:%M}" if (started := _started(run)) else "",
            resume_command(run, found.study, results) if found.status == "interrupted" else None,
        )
    except Exception as error:  # one broken folder does not hide the others
        reason = str(error) or type(error).__name__
        return Line(run.label, f"broken: {reason.splitlines()[0]}")


def trials_text(found: Overview) -> str:
    """``20 complete, 1 pruned, 2 running of 24; confirmation: 3 complete of 10``."""
    text = _counts(found, found.progress.search)
    if found.progress.confirmation.total:
        text += f"; confirmation: {_counts(found, found.progress.confirmation)}"
    return f"{text} (by its folder; its database is elsewhere)" if found.from_files else text


def _counts(found: Overview, counts: Counts) -> str:
    running = "running" if found.status == "running" else "begun"
    words: dict[TrialStatus, str] = {"COMPLETE": "complete", "PRUNED": "pruned", "FAIL": "failed", "RUNNING": running}
    named = [f"{number} {words[state]}" for state, number in counts.by_state.items()]
    return f"{', '.join(named) or 'none yet'} of {counts.total}"


def best_text(found: Overview) -> str:
    """``transfer_accuracy 0.984 at alpha 0.75 (3 trials)``."""
    best = found.progress.best
    if best is None:
        return "-"
    at = f" at {best.label}" if best.label else ""
    broken = "" if best.feasible else "; bounds not kept"
    n = len(best.results)
    return f"{found.study.search.metric} {best.mean:.3f}{at} ({n} {'trial' if n == 1 else 'trials'}{broken})"


def plain(lines: Sequence[Line]) -> list[str]:
    """Aligned columns two spaces apart, the command that resumes at the end."""
    rows = [HEADINGS, *(line.cells for line in lines)]
    # A broken folder's reason is long and stands alone, so it widens no column.
    aligned = [HEADINGS, *(line.cells for line in lines if line.trials)]
    widths = [max(len(row[column]) for row in aligned) for column in range(len(HEADINGS))]
    widths[0] = max(len(row[0]) for row in rows)
    ends = ["go on with", *(line.resume or "" for line in lines)]
    return [
        "  ".join([*(cell.ljust(width) for cell, width in zip(row, widths, strict=True)), end]).rstrip()
        for row, end in zip(rows, ends, strict=True)
    ]


def _print_table(lines: Sequence[Line], console: Console) -> None:
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0))
    table.add_column(HEADINGS[0], overflow="fold")
    for heading in HEADINGS[1:]:
        table.add_column(heading)
    for line in lines:
        table.add_row(*line.cells)
    console.print(table, markup=False)
    if resumable := [line.resume for line in lines if line.resume]:
        # Below the table, whole: a command that is wrapped cannot be copied.
        console.print("\ngo on with what was interrupted:", markup=False)
        for command in resumable:
            console.print(f"  {command}", markup=False, soft_wrap=True)


def _shown(path: Path) -> bool:
    return path.is_dir() and not path.name.startswith(".")


def _started(run: RunFolder) -> datetime | None:
    """When the run was begun, as its ID says."""
    found = re.match(r"\d{8}-\d{6}(?=-)", run.id)
    try:
        return datetime.strptime(found[0], "%Y%m%d-%H%M%S").replace(tzinfo=UTC) if found else None
    except ValueError:
        return None
