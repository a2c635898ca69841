"""``spreadtune export``: a run's tables and figures as files for papers and other programs."""

from pathlib import Path

import click
from click.core import ParameterSource

from spreadtune.cli.commands.options import existing_storage_option, results_option
from spreadtune.cli.streams import say
from spreadtune.errors import FaultError

FORMATS = "csv,parquet,latex,markdown,figures"


@click.command("export")
@click.argument("run", metavar="RUN")
@click.option(
    "--output", type=click.Path(path_type=Path), metavar="DIR", help="Folder to write to.  [default: RUN/export]"
)
@click.option("--format", "formats", metavar="LIST", default=FORMATS, show_default=True, help="What to write.")
@results_option
@existing_storage_option
@click.pass_context
def export_command(
    context: click.Context, run: str, output: Path | None, formats: str, results: Path, storage: str | None
) -> int:
    """Write tables and figures of a run for papers and other programs.

    RUN is a run folder, NAME for its newest run, or NAME/ID. It works while the run goes on, too. Files of the same
    names in DIR are replaced.

    \b
    csv, parquet      trials, settings (means over seeds with half-widths) and references, unrounded
    latex, markdown   the same, rounded, with mean and half-width in one cell (LaTeX: package booktabs)
    figures           every figure of the report as PNG and SVG, drawn by Kaleido
                      (pip install "spreadtune[export]") in Chromium or Chrome, which
                      BROWSER_PATH may name; without them left out, unless --format asks for them

    \b
    Example:
      spreadtune export digits_alpha_sweep --output paper --format latex,figures
    """
    from spreadtune.api import peek_results

    asked = [word.strip() for word in formats.split(",")]
    exported = peek_results(run, results=results, storage=storage).export(output, asked)
    for path in exported.files:
        say(str(path))
    if exported.missing:
        if context.get_parameter_source("formats") is not ParameterSource.DEFAULT:
            raise FaultError(f"no figures: {exported.missing}")
        say(f"no figures: {exported.missing}")
    return 0
