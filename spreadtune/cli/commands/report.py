"""``spreadtune report``: the tables and the report of a run, written afresh."""

from pathlib import Path

import click

from spreadtune.cli.commands.options import existing_storage_option, results_option
from spreadtune.cli.streams import say


@click.command("report")
@click.argument("run", metavar="RUN")
@results_option
@existing_storage_option
def report_command(run: str, results: Path, storage: str | None) -> int:
    """Write tables and report of a run afresh.

    RUN is a run folder, NAME for its newest run, or NAME/ID. It works while the run goes on, too.

    \b
    Example:
      spreadtune report digits_alpha_sweep
    """
    from spreadtune.api import load_results

    found = load_results(run, results=results, storage=storage)
    path = found.write_report()
    say(f"run  {found.run.label}\n\n{found.answer()}\n\nreport  {path}")
    return 0
