"""Options that mean the same in several commands."""

from pathlib import Path

import click

results_option = click.option(
    "--results", type=click.Path(path_type=Path), default=Path("results"), show_default=True, help="Folder of all runs."
)
existing_storage_option = click.option("--storage", metavar="URL", help="Database of the run, where it was given one.")
data_root_option = click.option(
    "--data-root", type=click.Path(path_type=Path), metavar="DIR", help="Folder of data sets; see spreadtune run."
)
no_dashboard_option = click.option(
    "--no-dashboard", is_flag=True, help="Start the local cluster without its dashboard."
)
verbose_option = click.option("--verbose", is_flag=True, help="Also show the log on the console.")
