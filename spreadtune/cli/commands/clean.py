"""``spreadtune clean``: checkpoints of finished trials removed, to free the disk."""

from collections.abc import Iterable
from pathlib import Path
from typing import Literal

import click

from spreadtune.cli.commands.options import results_option
from spreadtune.cli.streams import say
from spreadtune.run_folder import RunFolder


@click.command("clean")
@click.argument("run", metavar="RUN")
@click.option(
    "--keep",
    type=click.Choice(["last", "best", "none"]),
    default="last",
    show_default=True,
    help="Of each finished trial: its last checkpoint, that and the best epoch's, or none.",
)
@click.option("--dry-run", is_flag=True, help="Say what would be freed; remove nothing.")
@results_option
def clean_command(run: str, keep: Literal["last", "best", "none"], dry_run: bool, results: Path) -> int:
    """Remove checkpoints of a run's finished trials.

    RUN is a run folder, NAME for its newest run, or NAME/ID. Trials that have not finished keep theirs, so a resume
    loses nothing; report and replay need none. With --keep none encoders and embeddings can no longer be loaded. A run
    that is being run is refused.

    \b
    Examples:
      spreadtune clean digits_alpha_sweep --dry-run
      spreadtune clean digits_alpha_sweep --keep none
    """
    from rich.filesize import decimal

    from spreadtune.cli.live.lines import counted
    from spreadtune.run_folder import find_run
    from spreadtune.run_folder.cleaning import needless_checkpoints, remove
    from spreadtune.search.stopping.watched import watched
    from spreadtune.spec.load import load_run_study

    found = find_run(run, results)
    study = load_run_study(found)
    with found.lock():
        by_trial = needless_checkpoints(found, keep, watched(study.search))
        files = [path for paths in by_trial.values() for path in paths]
        size = sum(path.stat().st_size for path in files)
        say(f"run        {found.label}")
        if not files:
            say(f"nothing to free: what has ended has no more checkpoints than --keep {keep} leaves it")
            return 0
        say(
            f"{'to free' if dry_run else 'freed':9}  {decimal(size)}: {counted(len(files), 'checkpoint')} of "
            f"{_whose(found, by_trial)}"
        )
        if not dry_run:
            remove(found, files)
    if keep == "none":
        say("note       encoders and embeddings of these trials cannot be loaded any more; `replay` trains one again")
    return 0


def _whose(run: RunFolder, folders: Iterable[Path]) -> str:
    """``24 finished trials and 3 references``."""
    from spreadtune.cli.live.lines import counted

    references = {folder.path for folder in run.every_reference()}
    parts = {"finished trial": set(folders) - references, "reference": references.intersection(folders)}
    return " and ".join(counted(len(part), thing) for thing, part in parts.items() if part)
