"""``spreadtune simulate``: what would a search have found on a recorded grid, and for how much?"""

from pathlib import Path
from statistics import fmean
from typing import TYPE_CHECKING, get_args

import click

from spreadtune.cli.commands.numbers import Number, WholeNumber
from spreadtune.cli.commands.options import existing_storage_option, results_option
from spreadtune.cli.streams import say
from spreadtune.errors import UserError

if TYPE_CHECKING:
    from spreadtune.simulation import Judge, Recorded, Strategy
    from spreadtune.spec.search import AnyStopping


@click.command("simulate")
@click.argument("run", metavar="RUN|TABLE")
@click.option("--sampler", "samplers", multiple=True, metavar="NAME", help="As search.sampler; may be repeated.")
@click.option(
    "--early-stopping",
    "stoppings",
    multiple=True,
    metavar="VALUE",
    help="As search.early_stopping, YAML; may be repeated: every sampler is tried with each.",
)
@click.option(
    "--budget",
    type=Number(0, 1, min_open=True),
    default=0.05,
    show_default=True,
    help="Epochs of a search, as a share of the grid's.",
)
@click.option("--searches", type=WholeNumber(1), default=10, show_default=True, help="Searches of each kind.")
@click.option("--slots", type=WholeNumber(1), default=1, show_default=True, help="Trials side by side.")
@click.option("--variant", metavar="NAME", help="Which of the run's variants.")
@click.option("--record", type=click.Path(path_type=Path, dir_okay=False), help="Write the run as a table, too.")
@results_option
@existing_storage_option
def simulate_command(
    run: str,
    samplers: tuple[str, ...],
    stoppings: tuple[str, ...],
    budget: float,
    searches: int,
    slots: int,
    variant: str | None,
    record: Path | None,
    results: Path,
    storage: str | None,
) -> int:
    """Search a finished grid again, on a simulated clock.

    RUN is a finished grid (a run folder, NAME or NAME/ID), TABLE a file that --record has written. Searches see half
    of the seeds, the other half judges what they chose: a success is a setting whose mean is within one standard error
    of the best one's. Nothing is trained.

    \b
    Examples:
      spreadtune simulate digits_weights_grid
      spreadtune simulate digits_weights_grid --sampler tpe --early-stopping "{name: successive_halving, min_epochs: 4}"
    """
    from rich.console import Console
    from rich.progress import Progress
    from rich.table import Table

    from spreadtune.cli.duration import as_clock
    from spreadtune.simulation import Judge, grid_epochs, reached, run_searches

    recorded = _recorded(run, variant, results, storage)
    if record:
        recorded.write(record)
        say(f"table     {record}")
    searching, judging = _halves(recorded.seeds)
    strategies = _strategies(samplers or ("random", "tpe"), stoppings or ("none", "successive_halving"))
    judge, grid = Judge.of(recorded, judging), grid_epochs(recorded, searching)
    console = Console()
    for line in [*_opening(recorded, judge, searching, judging, grid), _searched(recorded, searches, budget, grid)]:
        console.print(line, highlight=False, soft_wrap=True)
    table = Table("sampler", "early stopping", "success", "regret", "trials", "stopped", "time", box=None)
    with Progress(transient=True, disable=not console.is_terminal) as bar:
        for strategy in strategies:
            task = bar.add_task(strategy.label, total=searches)
            found = run_searches(
                recorded,
                strategy,
                seeds=searching,
                searches=searches,
                epochs=budget * grid,
                slots=slots,
                done=lambda task=task: bar.advance(task),  # type: ignore[misc]
            )
            stand = reached(found, judge, share=budget, grid=grid)
            table.add_row(
                strategy.sampler,
                strategy.early_stopping.name,
                f"{stand.successes} of {searches}",
                f"{stand.regret:.4f}",
                f"{fmean(len(each.trials) for each in found):.0f}",
                f"{fmean(each.count('PRUNED') for each in found):.0f}",
                as_clock(fmean(each.seconds for each in found)),
            )
    console.print(table)
    return 0


def _recorded(run: str, variant: str | None, results: Path, storage: str | None) -> "Recorded":
    """The table in a file, or of a run."""
    from spreadtune.run_folder import find_run
    from spreadtune.search.results.tables import export_tables
    from spreadtune.simulation import Recorded, record
    from spreadtune.spec.load import load_study

    if Path(run).suffix == ".parquet":
        if variant:
            raise UserError(f"--variant {variant}: {run} is a table, which holds one variant; leave it out")
        return Recorded.read(Path(run))
    folder = find_run(run, results)
    study = load_study(folder.study_file, name=folder.name)
    export_tables(study, folder, storage=storage)
    return record(folder, study, variant)


def _halves(seeds: tuple[int, ...]) -> tuple[tuple[int, ...], tuple[int, ...]]:
    """The seeds that searches see, and those that judge."""
    if len(seeds) < 4:
        raise UserError(
            f"seeds of each setting: {len(seeds)}, which are too few: two or more are searched and two or more judge; "
            "add some with spreadtune run NAME --seeds 4 --resume"
        )
    half = len(seeds) // 2
    return seeds[:half], seeds[half:]


def _strategies(samplers: tuple[str, ...], stoppings: tuple[str, ...]) -> list["Strategy"]:
    """Every sampler with every way of early stopping."""
    from spreadtune.simulation import Strategy
    from spreadtune.spec.search import Sampler

    for sampler in samplers:
        if sampler not in get_args(Sampler):
            raise UserError(f"--sampler: unknown sampler {sampler!r}; there are {', '.join(get_args(Sampler))}")
    return [Strategy(sampler, stopping) for sampler in samplers for stopping in map(_stopping, stoppings)]


def _stopping(text: str) -> "AnyStopping":
    from pydantic import ValidationError

    from spreadtune.spec.messages import problems, report
    from spreadtune.spec.search import SearchConfig
    from spreadtune.spec.yaml_text import parse

    values = {"early_stopping": parse(text, "--early-stopping")}
    try:
        return SearchConfig.model_validate(values).early_stopping
    except ValidationError as error:
        raise UserError(report(f"--early-stopping {text}", problems(error, SearchConfig))) from error


def _searched(recorded: "Recorded", searches: int, budget: float, grid: int) -> str:
    """What the columns of the table are of."""
    from spreadtune.cli.live.lines import counted

    kind = f"{counted(searches, 'time')} with each, for {budget * grid:.0f} epochs ({100 * budget:g} % of the grid's)"
    metric = recorded.study.search.metric
    return f"searched  {kind}; below are means, the regret in {metric}, the time that of the recorded epochs"


def _opening(
    recorded: "Recorded", judge: "Judge", searching: tuple[int, ...], judging: tuple[int, ...], grid: int
) -> list[str]:
    settings, metric = recorded.settings(), recorded.study.search.metric
    share = len(judge.successes) / len(settings)
    return [
        f"recorded  {recorded.study.name}: {len(settings)} settings x {len(recorded.seeds)} seeds; "
        f"the grid of the {len(searching)} searched ones is {grid} epochs",
        f"judged    by the other {len(judging)} seeds: best {metric} {judge.best:.4f}, standard error "
        f"{judge.standard_error:.4f}; {len(judge.successes)} settings ({share:.0%}) count as success",
    ]
