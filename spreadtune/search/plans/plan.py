"""Which trials there are: what every way of searching answers."""

from collections.abc import Sequence
from typing import Protocol

from optuna.trial import Trial

from spreadtune.search.plans.adaptive import AdaptivePlan
from spreadtune.search.plans.grid import GridPlan
from spreadtune.search.storage.book import Book
from spreadtune.search.storage.record import Record
from spreadtune.spec.search import SearchConfig


class Pairs(Protocol):
    """Which pairs there are, a setting at a seed each: those of a search, or of its confirmation."""

    def turn(self, books: Sequence[Book]) -> Book | None:
        """The variant whose trial comes next; None when every pair is held by a trial."""

    def choose(self, book: Book, trial: Trial, number: int) -> Record | None:
        """What a trial that was asked for is, under a run-wide number; None when nothing of its variant is missing."""


class Plan(Pairs, Protocol):
    """A grid or an adaptive search."""

    @property
    def reference_seeds(self) -> int:
        """How many seed indices, from 0, have floors and a ceiling."""

    def first_pass_done(self, books: Sequence[Book]) -> bool:
        """Has every setting (of an adaptive search: every trial) been handed out once?"""


def make_plan(search: SearchConfig) -> Plan:
    """The plan that the study file asks for."""
    if search.sampler == "grid":
        return GridPlan(search.seeds)
    assert search.trials is not None, "an adaptive search has a number of trials"
    return AdaptivePlan(search.sampler, search.trials, search.seed, search.seeds, search.selection)
