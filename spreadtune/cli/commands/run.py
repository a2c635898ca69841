"""``spreadtune run``: a study from its file to its report."""

from pathlib import Path

import click

from spreadtune.cli.commands.numbers import Number, WholeNumber
from spreadtune.cli.commands.options import no_dashboard_option, results_option, verbose_option

NEWEST = "the newest run of this study"


@click.command("run")
@click.argument("study", required=False, metavar="NAME|FILE.yaml")
@click.option("--list", "list_only", is_flag=True, help="List the studies that can be run by name.")
@click.option(
    "--set", "overrides", multiple=True, metavar="PATH=VALUE", help="Change one value of the study file; repeatable."
)
@click.option("--profile", metavar="NAME", help="Apply one of the study file's profiles before --set.")
@click.option("--trials", type=WholeNumber(min=1), help="Number of trials (setting x seed) of each variant.")
@click.option(
    "--seeds",
    type=WholeNumber(min=1),
    help="Repetitions of each setting; beside a grid, at most so many of promising ones.",
)
@click.option(
    "--confirm",
    type=WholeNumber(min=1),
    metavar="N",
    help="Then train each variant's best setting and the best SupCon at N fresh seeds, for the test split; also of a "
    "finished run.",
)
@click.option(
    "--resume",
    is_flag=False,
    flag_value=NEWEST,
    metavar="[RUN]",
    help="Go on with RUN (a folder, NAME or NAME/ID), or with the newest run of this very study.",
)
@click.option("--fresh", is_flag=True, help="Start a new run although an unfinished one exists.")
@click.option("--plan", "plan_only", is_flag=True, help="Print what the run would be and cost; start nothing.")
@click.option("--price-per-gpu-hour", type=Number(min=0), metavar="X", help="With --plan: what a GPU-hour costs.")
@results_option
@click.option(
    "--storage", metavar="URL", help="Database of the run (SQLAlchemy URL); SQLite in the run folder if absent."
)
@click.option(
    "--data-root",
    type=click.Path(path_type=Path),
    metavar="DIR",
    help="Folder of data sets, into which absent ones are downloaded.  [default: SPREADTUNE_DATA]",
)
@click.option(
    "--address",
    default="local",
    show_default=True,
    metavar="ADDRESS",
    help="Ray cluster: local starts one, auto or HOST:PORT joins one.",
)
@no_dashboard_option
@verbose_option
@click.pass_context
def run_command(
    context: click.Context,
    study: str | None,
    list_only: bool,
    overrides: tuple[str, ...],
    profile: str | None,
    trials: int | None,
    seeds: int | None,
    confirm: int | None,
    resume: str | None,
    fresh: bool,
    plan_only: bool,
    price_per_gpu_hour: float | None,
    results: Path,
    storage: str | None,
    data_root: Path | None,
    address: str,
    no_dashboard: bool,
    verbose: bool,
) -> int:
    """Run a study: search its weights, then write its report.

    \b
    Examples:
      spreadtune run digits_alpha_sweep
      spreadtune run digits_alpha_sweep --seeds 5 --set training.epochs=80
      spreadtune run digits_alpha_sweep --profile smoke
      spreadtune run digits_alpha_sweep --resume
      spreadtune run digits_alpha_sweep --resume --confirm 5
      spreadtune run cifar100_alpha_sweep --plan --price-per-gpu-hour 2.5
    """
    if list_only:
        from spreadtune.cli.commands.listing import list_command

        return list_command()
    if study is None:
        raise click.UsageError("name a study, or use --list to see what there is", ctx=context)
    if resume and fresh:
        raise click.UsageError("--resume goes on with a run, --fresh starts another: use one of them", ctx=context)
    if price_per_gpu_hour is not None and not plan_only:
        raise click.UsageError("--price-per-gpu-hour is for --plan", ctx=context)

    from spreadtune.cli.session import Request, run_to_report

    request = Request(
        study=study,
        overrides=overrides,
        profile=profile,
        trials=trials,
        seeds=seeds,
        confirm=confirm,
        resume=None if resume == NEWEST else resume,
        resuming=resume is not None,
        fresh=fresh,
        results=results,
        storage=storage,
        data_root=data_root,
        address=address,
        dashboard=not no_dashboard,
        verbose=verbose,
    )
    if plan_only:
        from spreadtune.cli.commands.plan import plan_run

        return plan_run(request, price_per_gpu_hour)
    return run_to_report(request)
