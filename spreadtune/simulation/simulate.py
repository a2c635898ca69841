"""One search on a recorded table and a simulated clock."""

import heapq
import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import partial

import optuna

from spreadtune.run_folder import Outcome
from spreadtune.run_folder.outcome import State
from spreadtune.search.plans.backlog import Ready
from spreadtune.search.plans.plan import make_plan
from spreadtune.search.results.choice import choose
from spreadtune.search.results.outcomes import finished_metrics
from spreadtune.search.stopping.early_stopping import EarlyStopping
from spreadtune.search.stopping.pruners import make_pruner
from spreadtune.search.stopping.watched import Deciding
from spreadtune.search.storage.book import Book
from spreadtune.search.storage.outbox import Outbox
from spreadtune.search.storage.record import Record, Row
from spreadtune.simulation.recorded import Recorded, RecordedTrial, Setting
from spreadtune.simulation.recorded_space import RecordedSpace
from spreadtune.spec.metrics import METRICS
from spreadtune.spec.search import SearchConfig

optuna.logging.set_verbosity(optuna.logging.WARNING)


@dataclass(frozen=True)
class Ended:
    """A trial that has ended.

    Attributes:
        seconds: when, on the simulated clock.
        epochs: trained until then, by all trials.
        setting: what it ran.
        row: what was drawn for it, and how it ended.
    """

    seconds: float
    epochs: int
    setting: Setting
    row: Row


@dataclass
class Simulated:
    """How a simulated search went.

    Attributes:
        search: how it searched.
        trials: those that ended, in the order of their ends.
    """

    search: SearchConfig
    trials: list[Ended] = field(default_factory=list)

    @property
    def seconds(self) -> float:
        """How long it took, on the simulated clock."""
        return self.trials[-1].seconds if self.trials else 0.0

    def count(self, state: str) -> int:
        """How many trials ended so (COMPLETE, PRUNED)."""
        return sum(ended.row.state == state for ended in self.trials)

    def chosen(self, epochs: float = math.inf) -> Setting | None:
        """The best setting by the rule of a report, when so many epochs had been trained; None before there is one."""
        known = [ended for ended in self.trials if ended.epochs <= epochs]
        best = choose({"": {ended.row.record.trial: ended.row for ended in known}}, self.search.selection).best
        return next((ended.setting for ended in known if best and ended.row.record.setting == best.setting), None)


@dataclass
class _Running:
    """A trial in a simulated slot."""

    ready: Ready
    recorded: RecordedTrial
    epoch: int = 0


class _Search:
    """The parts of a search that decide, on Optuna's storage in memory; what a run's ledger does, without its files."""

    def __init__(self, recorded: Recorded, search: SearchConfig, seeds: Sequence[int]) -> None:
        self._recorded, self._search, self._seeds = recorded, search, seeds
        self.book = Book(
            "simulated",
            RecordedSpace(recorded),
            optuna.storages.InMemoryStorage(),
            search=search,
            pruner=make_pruner(search.early_stopping, epochs=recorded.epochs),
            alone=True,
        )
        self._plan = make_plan(search)
        self._outbox = Outbox()
        self._stopping = EarlyStopping(search, self._outbox)
        self._deciding = search.stand_in
        self._proxy = METRICS[search.metric].stand_in or search.metric

    def next(self) -> _Running | None:
        if self._plan.turn([self.book]) is None:
            return None
        trial = self.book.study.ask()
        record = self._plan.choose(self.book, trial, len(self.book.rows))
        assert record, "the plan said that something is missing"
        ready = Ready(self.book, self.book.write(trial, record), trial, resumed=False)
        found = self._recorded.trial(self._setting(record), self._seeds[record.seed % len(self._seeds)])
        self._stopping.begin(ready, Deciding("", self._deciding, self._recorded.epochs))
        return _Running(ready, found)

    def setting(self, running: _Running) -> Setting:
        """What a trial runs."""
        return self._setting(running.ready.row.record)

    def _setting(self, record: Record) -> Setting:
        return tuple(record.values[path] for path in self._recorded.paths)

    def step(self, running: _Running) -> State | None:
        """Let a trial train its next epoch; how it ended, if it did."""
        running.epoch += 1
        epoch, recorded = running.epoch, running.recorded
        value = recorded.reports.get(epoch)
        metrics = {} if value is None else {self._proxy: value}
        if self._stopping.report(running.ready.number, epoch, metrics):
            return "PRUNED"
        if epoch < recorded.epochs:
            return None
        return "PRUNED" if recorded.value is None else "COMPLETE"

    def settle(self, running: _Running, state: State) -> Row:
        """End a trial."""
        row, value, metric = running.ready.row, running.recorded.value, self._search.metric
        values = {metric: value} if state == "COMPLETE" and value is not None else {}
        outcome = Outcome(state, epoch=running.epoch, values=values, metrics=values)
        row.state, row.metrics = outcome.state, finished_metrics(outcome)
        self._stopping.end(running.ready.number)
        self._outbox.post(partial(self.book.tell, row, outcome))
        return row


def simulate(
    recorded: Recorded, search: SearchConfig, *, seeds: Sequence[int], slots: int = 1, epochs: float = math.inf
) -> Simulated:
    """Search a recorded table as a run would.

    The same plan, sampler, pruner and choice of the best as a run's, fed with what was recorded, on a clock on which an
    epoch takes a trial's recorded time divided by its epochs.

    Args:
        recorded: the table.
        search: sampler, number of trials, early stopping, seed; its space is replaced by the table's.
        seeds: recorded seeds that stand for a setting's seeds 0, 1, ...; beyond their number they come again.
        slots: trials side by side.
        epochs: nothing new is started once so many were trained, and what then still runs does not count.
    """
    deciding, simulated = _Search(recorded, search, seeds), Simulated(search)
    clock: list[tuple[float, int, _Running]] = []
    trained, now = 0, 0.0
    while True:
        while len(clock) < slots and trained < epochs and (started := deciding.next()):
            _train(clock, now, started)
        if not clock or trained >= epochs:
            return simulated
        now, _, running = heapq.heappop(clock)
        trained += 1
        state = deciding.step(running)
        if state is None:
            _train(clock, now, running)
            continue
        row = deciding.settle(running, state)
        simulated.trials.append(Ended(now, trained, deciding.setting(running), row))


def _train(clock: list[tuple[float, int, _Running]], now: float, running: _Running) -> None:
    """Put the end of the trial's next epoch on the clock; at equal times the older trial comes first."""
    recorded = running.recorded
    heapq.heappush(clock, (now + recorded.seconds / recorded.epochs, running.ready.number, running))
