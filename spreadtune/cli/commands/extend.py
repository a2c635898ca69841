"""``spreadtune extend``: a new run of a changed study that begins with what an earlier one found."""

from pathlib import Path

import click

from spreadtune.cli.commands.numbers import WholeNumber
from spreadtune.cli.commands.options import data_root_option, no_dashboard_option, results_option, verbose_option


@click.command("extend")
@click.argument("run", metavar="RUN")
@click.option("--study", metavar="NAME|FILE.yaml", help="The changed study; by default that of RUN.")
@click.option(
    "--set", "overrides", multiple=True, metavar="PATH=VALUE", help="Change one value of the study; repeatable."
)
@click.option("--trials", type=WholeNumber(min=1), help="Number of new trials of each variant.")
@click.option("--seeds", type=WholeNumber(min=1), help="At most so many repetitions of promising settings.")
@click.option(
    "--confirm",
    type=WholeNumber(min=1),
    metavar="N",
    help="Then train each variant's best setting and the best SupCon at N fresh seeds.",
)
@results_option
@click.option("--storage", metavar="URL", help="Database of the new run, and of RUN where it was given one.")
@data_root_option
@click.option(
    "--address", default="local", show_default=True, metavar="ADDRESS", help="Ray cluster; see spreadtune run."
)
@no_dashboard_option
@verbose_option
def extend_command(
    run: str,
    study: str | None,
    overrides: tuple[str, ...],
    trials: int | None,
    seeds: int | None,
    confirm: int | None,
    results: Path,
    storage: str | None,
    data_root: Path | None,
    address: str,
    no_dashboard: bool,
    verbose: bool,
) -> int:
    """Search on from RUN in a new run, with a changed study.

    The samplers learn from RUN's finished and stopped trials as far as their values lie in the new space; these are no
    trials of the new run, whose numbers are its own. More trials or seeds of the very same study need no new run:
    spreadtune run NAME --trials N --resume.

    \b
    Example:
      spreadtune extend digits_weights_search --set "search.space.objective.temperature={log_uniform: [0.05, 0.5]}"
    """
    from spreadtune.cli.session import Request, run_to_report
    from spreadtune.run_folder import find_run

    found = find_run(run, results)
    request = Request(
        study=study or str(found.study_file),
        overrides=overrides,
        profile=None,
        trials=trials,
        seeds=seeds,
        confirm=confirm,
        resuming=False,
        resume=None,
        fresh=True,
        results=results,
        storage=storage,
        data_root=data_root,
        address=address,
        dashboard=not no_dashboard,
        verbose=verbose,
        extends=run,
        name=None if study else found.name,
    )
    return run_to_report(request)
