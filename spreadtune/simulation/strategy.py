"""A way of searching, and how it does over many searches."""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from spreadtune.simulation.judge import Judge
from spreadtune.simulation.recorded import Recorded
from spreadtune.simulation.simulate import Simulated, simulate
from spreadtune.spec.search import MOST_TRIALS, AnyStopping, NoStopping, SearchConfig


@dataclass(frozen=True)
class Strategy:
    """How a table is searched.

    Attributes:
        sampler: what proposes settings; ``grid`` takes all in their order.
        early_stopping: what stops trials.
    """

    sampler: str
    early_stopping: AnyStopping = field(default_factory=NoStopping)

    @property
    def label(self) -> str:
        """``tpe, successive_halving``."""
        return f"{self.sampler}, {self.early_stopping.name}"

    def search(self, recorded: Recorded, *, seed: int, seeds: int) -> SearchConfig:
        """The ``search`` section of such a search, which ends when its epochs are spent."""
        asked = recorded.study.search
        return SearchConfig.model_validate(
            {
                "seed": seed,
                "seeds": seeds,
                "sampler": self.sampler,
                "trials": None if self.sampler == "grid" else MOST_TRIALS,
                "early_stopping": self.early_stopping.model_dump(),
                "optimize": dict(asked.optimize),
            }
        )


@dataclass(frozen=True)
class Reached:
    """What many searches of one strategy reached with a number of epochs.

    Attributes:
        epochs: the budget.
        share: the budget as a share of the grid's epochs (every setting at every searching seed).
        successes: searches whose choice counts as a success.
        regret: mean of the choices' regrets; NaN where a search had chosen nothing.
    """

    epochs: float
    share: float
    successes: int
    regret: float


def run_searches(
    recorded: Recorded,
    strategy: Strategy,
    *,
    seeds: Sequence[int],
    searches: int,
    epochs: float,
    slots: int = 1,
    first: int = 0,
    done: Callable[[], None] = lambda: None,
) -> list[Simulated]:
    """Search a table again and again.

    The searches differ in the sampler's seed, which is their number, and in the order in which the recorded seeds stand
    for a setting's seeds 0, 1, ...: search i begins with the i-th.

    Args:
        recorded: the table.
        strategy: how.
        seeds: the searching seeds.
        searches: how many.
        epochs: budget of each.
        slots: trials side by side.
        first: number of the first search.
        done: called after each.
    """
    found = []
    for number in range(first, first + searches):
        start = number % len(seeds)
        order = [*seeds[start:], *seeds[:start]]
        search = strategy.search(recorded, seed=number, seeds=len(seeds))
        found.append(simulate(recorded, search, seeds=order, slots=slots, epochs=epochs))
        done()
    return found


def grid_epochs(recorded: Recorded, seeds: Sequence[int]) -> int:
    """What the grid would train: every setting at every one of these seeds, to its last epoch."""
    return len(recorded.settings()) * len(seeds) * recorded.epochs


def reached(searches: Sequence[Simulated], judge: Judge, *, share: float, grid: int) -> Reached:
    """How the searches stand when a share of the grid's epochs is spent."""
    chosen = [search.chosen(share * grid) for search in searches]
    regrets = [math.nan if setting is None else judge.regret(setting) for setting in chosen]
    return Reached(share * grid, share, sum(map(judge.success, chosen)), sum(regrets) / len(regrets))
