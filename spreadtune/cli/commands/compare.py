"""``spreadtune compare``: runs beside each other in one page."""

from pathlib import Path

import click

from spreadtune.cli.commands.options import results_option
from spreadtune.cli.streams import say


@click.command("compare")
@click.argument("runs", metavar="RUN RUN ...", nargs=-1, required=True)
@click.option(
    "--output",
    type=click.Path(path_type=Path, dir_okay=False),
    metavar="FILE",
    help="The page.  [default: RESULTS/compare-ID-ID.html]",
)
@results_option
@click.option("--storage", metavar="URL", help="Database of those runs that were given one.")
def compare_command(runs: tuple[str, ...], output: Path | None, results: Path, storage: str | None) -> int:
    """Compare runs in one page: what differs, their curves, and the others beside the first.

    RUN is a run folder, NAME for its newest run, or NAME/ID. Settings with equal values are compared on the seeds that
    they share where study seed and data are the same, else as independent samples. Runs of other data or another
    metric are refused. Nothing is written into the runs' folders, and it works while they go on. FILE is replaced if
    it is a comparison, and otherwise left alone.

    \b
    Example:
      spreadtune compare digits_alpha_sweep/20260301-100000-beef digits_alpha_sweep
    """
    from spreadtune.api import compare
    from spreadtune.cli.columns import aligned

    comparison = compare(runs, results=results, storage=storage)
    path = comparison.write_report(output)
    table = comparison.best()
    rows = [list(table), *table.astype(str).values.tolist()]
    for line in aligned(rows):
        say(line)
    say(f"\n{comparison.answer()}\n\ncomparison  {path}")
    return 0
