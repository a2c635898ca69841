"""``spreadtune runs``: what there is below the results folder, and how to go on with what was interrupted."""

from pathlib import Path

import click

from spreadtune.cli.commands.options import results_option


@click.command("runs")
@click.argument("name", required=False, metavar="[NAME]")
@results_option
def runs_command(name: str | None, results: Path) -> int:
    """List the runs of a study, or of all, the newest last.

    Each with its state (running, finished, interrupted), its trials, the best setting so far, and for an interrupted
    one the command that goes on with it. Nothing is written, and it works while a study runs.

    \b
    Examples:
      spreadtune runs
      spreadtune runs digits_alpha_sweep
    """
    from spreadtune.cli.commands.run_list import list_runs

    list_runs(name, results)
    return 0
