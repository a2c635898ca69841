"""Which way of searching finds a good setting, and with how many epochs?

    python benchmarks/search_efficiency.py [--table FILE] [--samplers tpe random] [--stopping none ...] [--rotations 30]

Searches the recorded table (``studies/digits_weights_grid.yaml``) again and again with every sampler and every way of
early stopping. Half of the seeds are searched and the others judge; a success is a choice whose mean over the judging
seeds lies within one standard error of the best one's, pooled over settings. Which seeds do which is drawn anew for
each rotation: rotations are the repetitions over which intervals are taken, and a sampler is compared with random
search at the same stopping, inside each rotation. Nothing is trained, so the result depends on no machine.
"""

import json
import os
import platform
import shlex
import sys
from argparse import ArgumentParser
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import asdict
from functools import partial
from pathlib import Path
from typing import Any, get_args

from spreadtune.analysis.statistics import interval
from spreadtune.simulation import Judge, Reached, Recorded, Strategy, grid_epochs, reached, rotations, run_searches
from spreadtune.spec.search import AnyStopping, Sampler, SearchConfig

TABLE = Path(__file__).parent / "recorded" / "digits_weights_grid.parquet"
BUDGETS = (0.01, 0.02, 0.03, 0.05, 0.075, 0.1)
"""Shares of the grid's epochs at which searches are looked at; the last is where they end."""

STOPPINGS = {
    "none": "none",
    "median": {"name": "median", "min_epochs": 4},
    "successive_halving": {"name": "successive_halving", "min_epochs": 4, "reduction": 3},
    "hyperband": {"name": "hyperband", "min_epochs": 4, "reduction": 3},
}
OF_FEW_TRIALS = ("gp",)
"""Samplers that are searched without stopping only: with it a search has hundreds of trials, and a draw takes long."""

Stands = list[list[Reached]]
"""How a strategy's searches stand: by rotation, then by budget."""

Values = dict[tuple[str, str], list[list[float]]]
"""By sampler and early stopping: by budget, then by rotation."""


def main() -> None:
    parser = ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--table", type=Path, default=TABLE)
    parser.add_argument("--samplers", nargs="+", default=list(get_args(Sampler)), choices=get_args(Sampler))
    parser.add_argument("--stopping", nargs="+", default=list(STOPPINGS), choices=list(STOPPINGS))
    parser.add_argument("--rotations", type=int, default=30, help="of the seeds, in pairs of a division and its mirror")
    parser.add_argument("--searches", type=int, default=5, help="in each rotation")
    parser.add_argument("--budgets", type=float, nargs="+", default=BUDGETS)
    parser.add_argument("--keep", type=Path, help="a folder: what has been searched is kept there, and not done again")
    parser.add_argument("--processes", type=int, default=os.cpu_count())
    arguments = parser.parse_args()

    strategies = list(_strategies(arguments.samplers, arguments.stopping))
    asked = {"count": arguments.rotations, "searches": arguments.searches, "budgets": arguments.budgets}
    with ProcessPoolExecutor(arguments.processes) as pool:
        stands = list(pool.map(partial(kept_stands, arguments.keep, arguments.table, **asked), strategies))
    found = dict(zip(((each.sampler, each.early_stopping.name) for each in strategies), stands, strict=True))

    _head(Recorded.read(arguments.table), arguments.rotations, arguments.searches)
    successes = {key: _by_budget(of, _share(arguments.searches)) for key, of in found.items()}
    regrets = {key: _by_budget(of, _points_of_regret) for key, of in found.items()}
    _table("Successes, % of searches", arguments.budgets, successes)
    _table("Mean regret, percentage points", arguments.budgets, regrets, digits=2)
    against = "Minus random search at the same stopping"
    _table(f"{against}, successes, %", arguments.budgets, _against_random(successes), sign="+")
    _table(f"{against}, regret, percentage points", arguments.budgets, _against_random(regrets), digits=2, sign="+")


def kept_stands(keep: Path | None, table: Path, strategy: Strategy, **asked: Any) -> Stands:
    """:func:`stands_of`, or what was kept of it; a file is of one table and one way of asking."""
    if keep is None:
        return stands_of(table, strategy, **asked)
    file = keep / f"{table.stem}-{strategy.sampler}-{strategy.early_stopping.name}.json"
    if not file.exists():
        found = [[asdict(stand) for stand in at] for at in stands_of(table, strategy, **asked)]
        keep.mkdir(parents=True, exist_ok=True)
        file.write_text(json.dumps({"asked": asked, "stands": found}))
    kept = json.loads(file.read_text())
    if kept["asked"] != json.loads(json.dumps(asked)):
        sys.exit(f"{file} is of another number of rotations, searches or budgets; name another folder")
    return [[Reached(**stand) for stand in at] for at in kept["stands"]]


def stands_of(table: Path, strategy: Strategy, *, count: int, searches: int, budgets: Sequence[float]) -> Stands:
    """How a strategy's searches stand in each rotation at each budget; all strategies see the same rotations."""
    recorded, found = Recorded.read(table), []
    for number, rotation in enumerate(rotations(recorded.seeds, count)):
        judge, grid = Judge.of(recorded, rotation.judging), grid_epochs(recorded, rotation.searching)
        ran = run_searches(
            recorded,
            strategy,
            seeds=rotation.searching,
            searches=searches,
            epochs=budgets[-1] * grid,
            first=number * searches,
        )
        found.append([reached(ran, judge, share=budget, grid=grid) for budget in budgets])
    return found


def _strategies(samplers: Sequence[str], stoppings: Sequence[str]) -> Iterator[Strategy]:
    for sampler in samplers:
        for name in stoppings:
            if name == "none" or sampler not in OF_FEW_TRIALS:
                yield Strategy(sampler, _stopping(name))


def _stopping(name: str) -> AnyStopping:
    return SearchConfig.model_validate({"early_stopping": STOPPINGS[name]}).early_stopping


def _share(searches: int) -> Callable[[Reached], float]:
    return lambda stand: 100 * stand.successes / searches


def _points_of_regret(stand: Reached) -> float:
    return 100 * stand.regret


def _by_budget(stands: Stands, value: Callable[[Reached], float]) -> list[list[float]]:
    """By budget, then by rotation."""
    return [[value(stand) for stand in at] for at in zip(*stands, strict=True)]


def _against_random(values: Values) -> Values:
    """Differences inside each rotation."""
    return {
        (sampler, stopping): [
            [one - other for one, other in zip(*at, strict=True)]
            for at in zip(own, values["random", stopping], strict=True)
        ]
        for (sampler, stopping), own in values.items()
        if sampler != "random" and ("random", stopping) in values
    }


def _table(title: str, budgets: Sequence[float], rows: Values, *, digits: int = 0, sign: str = "") -> None:
    """A Markdown table of means over rotations with the half-widths of their intervals."""
    if not rows:
        return
    print(f"\n{title}:\n\n| sampler | early stopping | {' | '.join(f'{budget:.1%}' for budget in budgets)} |")
    print(f"|{'---|' * (2 + len(budgets))}")
    for (sampler, stopping), by_budget in rows.items():
        found = [interval(values) for values in by_budget]
        cells = [f"{each.mean:{sign}.{digits}f} +- {each.half_width:.{digits}f}" for each in found]
        print(f"| {sampler} | {stopping} | {' | '.join(cells)} |")


def _asked(words: Sequence[str]) -> Iterator[str]:
    """A command less the folder in which what was searched is kept."""
    rest = iter(words)
    for word in rest:
        if word == "--keep":
            next(rest)
        else:
            yield word


def _head(recorded: Recorded, count: int, searches: int) -> None:
    drawn = rotations(recorded.seeds, count)
    judges = [Judge.of(recorded, rotation.judging) for rotation in drawn]
    settings = recorded.settings()
    grid = grid_epochs(recorded, drawn[0].searching)
    good = interval([len(judge.successes) for judge in judges])
    best = interval([judge.best for judge in judges])
    errors = interval([judge.standard_error for judge in judges])
    print(f"    {shlex.join(['python', *_asked(sys.argv)])}\n\nPython {platform.python_version()}.\n")
    print(
        f"{recorded.study.name}: {len(settings)} settings x {len(recorded.seeds)} seeds x {recorded.epochs} epochs; "
        f"the grid of the searched half of the seeds is {grid} epochs. {count} rotations of which half of the seeds is "
        f"searched and which judges, {searches} searches in each. In a mean rotation the best mean over the judging "
        f"seeds is {best.mean:.4f}, its standard error {errors.mean:.4f}, and {good.mean:.1f} settings "
        f"({good.mean / len(settings):.1%}) count as success. Cells: mean over rotations +- half-width of a 95 % "
        "Student t interval over them."
    )


if __name__ == "__main__":
    main()
