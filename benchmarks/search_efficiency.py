"""Which way of searching finds a good setting, and with how many epochs?

    python benchmarks/search_efficiency.py [--table FILE] [--samplers tpe random] [--stopping none ...] [--searches 20]

Searches the recorded table (``studies/digits_weights_grid.yaml``) again and again with every sampler and every way of
early stopping, and prints a Markdown table: how many of the searches had chosen a successful setting when a share of
the grid's epochs was spent. The grid is every setting at every searching seed. Seeds 0 to 4 are searched, 5 to 9 judge;
a success is a setting whose mean over the judging seeds lies within one standard error of the best one's, pooled over
settings. Nothing is trained, so the result depends on no machine; only the time it takes does.
"""

import os
import platform
import sys
from argparse import ArgumentParser
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from pathlib import Path
from typing import get_args

from spreadtune.simulation import Judge, Reached, Recorded, Strategy, grid_epochs, reached, run_searches
from spreadtune.spec.search import AnyStopping, Sampler, SearchConfig

TABLE = Path(__file__).parent / "recorded" / "digits_weights_grid.parquet"
SEARCHING, JUDGING = (0, 1, 2, 3, 4), (5, 6, 7, 8, 9)
BUDGETS = (0.01, 0.02, 0.03, 0.05, 0.075, 0.1)
"""Shares of the grid's epochs at which searches are looked at; the last is where they end."""

STOPPINGS = {
    "none": "none",
    "median": {"name": "median", "min_epochs": 4},
    "successive_halving": {"name": "successive_halving", "min_epochs": 4, "reduction": 3},
    "hyperband": {"name": "hyperband", "min_epochs": 4, "reduction": 3},
}


def main() -> None:
    parser = ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--table", type=Path, default=TABLE)
    parser.add_argument("--samplers", nargs="+", default=list(get_args(Sampler)), choices=get_args(Sampler))
    parser.add_argument("--stopping", nargs="+", default=list(STOPPINGS), choices=list(STOPPINGS))
    parser.add_argument("--searches", type=int, default=20)
    parser.add_argument("--budgets", type=float, nargs="+", default=BUDGETS)
    parser.add_argument("--processes", type=int, default=os.cpu_count())
    arguments = parser.parse_args()

    recorded = Recorded.read(arguments.table)
    _head(recorded, arguments.searches, arguments.budgets)
    strategies = [Strategy(sampler, _stopping(name)) for sampler in arguments.samplers for name in arguments.stopping]
    each = partial(_stand, arguments.table, searches=arguments.searches, budgets=arguments.budgets)
    with ProcessPoolExecutor(arguments.processes) as pool:
        for strategy, stands in zip(strategies, pool.map(each, strategies), strict=True):
            cells = [f"{stand.successes}/{arguments.searches} ({stand.regret:.4f})" for stand in stands]
            print(f"| {strategy.sampler} | {strategy.early_stopping.name} | {' | '.join(cells)} |", flush=True)


def _stand(table: Path, strategy: Strategy, *, searches: int, budgets: Sequence[float]) -> list[Reached]:
    """How a strategy's searches stand at each budget."""
    recorded = Recorded.read(table)
    judge, grid = Judge.of(recorded, JUDGING), grid_epochs(recorded, SEARCHING)
    found = run_searches(recorded, strategy, seeds=SEARCHING, searches=searches, epochs=budgets[-1] * grid)
    return [reached(found, judge, share=budget, grid=grid) for budget in budgets]


def _stopping(name: str) -> AnyStopping:
    return SearchConfig.model_validate({"early_stopping": STOPPINGS[name]}).early_stopping


def _head(recorded: Recorded, searches: int, budgets: Sequence[float]) -> None:
    judge, settings, grid = Judge.of(recorded, JUDGING), recorded.settings(), grid_epochs(recorded, SEARCHING)
    print(f"`python {' '.join(sys.argv)}`, Python {platform.python_version()}\n")
    successes = len(judge.successes)
    print(
        f"{recorded.study.name}: {len(settings)} settings x {len(recorded.seeds)} seeds x {recorded.epochs} epochs; "
        f"the grid of the {len(SEARCHING)} searching seeds is {grid} epochs. Best mean over the judging seeds "
        f"{judge.best:.4f}, standard error {judge.standard_error:.4f}; {successes} settings "
        f"({successes / len(settings):.1%}) count as success. Cells: successes of {searches} searches, mean regret in "
        "brackets.\n"
    )
    print(f"| sampler | early stopping | {' | '.join(f'{budget:.1%}' for budget in budgets)} |")
    print(f"|{'---|' * (2 + len(budgets))}")


if __name__ == "__main__":
    main()
