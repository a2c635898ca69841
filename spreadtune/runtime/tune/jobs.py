"""What is in training, and what becomes of it: between Tune's trial ids and the ledger's assignments."""

import logging
from collections.abc import Mapping
from contextlib import suppress
from typing import Any

from spreadtune.run_folder import UnwritableError
from spreadtune.runtime.cluster.resources import Slots
from spreadtune.runtime.monitor import Monitor
from spreadtune.runtime.tune.lost_workers import LostWorkers
from spreadtune.runtime.tune.stop_request import StopRequest
from spreadtune.search.assignment import Assignment
from spreadtune.search.ledger import Ledger
from spreadtune.search.stopping.watched import Deciding, watched
from spreadtune.trial.phases import RAW_PIXELS, UNTRAINED_ENCODER

logger = logging.getLogger(__name__)

FLOORS = (RAW_PIXELS, UNTRAINED_ENCODER)


class Jobs:
    """What is running: Tune's trial ids and the assignments behind them.

    Tune is told to retry nothing. A trial or reference whose worker was lost waits here for the next free slot, so that
    losses are counted by their cause.

    Attributes:
        scratch: a folder for what Ray wants to write, which nothing of ours reads.
        stop: a request to end the run early.
        broken: why no more trials could be handed out; the driver raises it when those running have ended.
        left: whether a trial ended before its last epoch because of that request, or because the run's folder takes
            no more. A resume takes it up.
    """

    def __init__(self, ledger: Ledger, slots: Slots, monitor: Monitor, scratch: str, stop: StopRequest) -> None:
        self.ledger = ledger
        self.slots = slots
        self.monitor = monitor
        self.scratch = scratch
        self.stop = stop
        self.running: dict[str, Assignment] = {}
        self.broken: Exception | None = None
        self.left = False
        self._stopped_early: set[str] = set()
        self._losses = LostWorkers(ledger.study.resources.retries)
        self._begun: dict[str, int] = {}
        self._memory: dict[str, str] = {}
        self._phases: dict[str, str] = {}
        self._again: list[Assignment] = []
        self._exhausted = False

    def __reduce__(self) -> tuple[Any, ...]:
        """Tune pickles searcher and scheduler into snapshots that nothing of ours reads: they hold None instead."""
        return type(None), ()

    def start(self, trial_id: str) -> dict[str, Any] | None:
        """Take the next assignment and describe it for a worker; None when there is nothing to hand out now."""
        if self._ends_early():
            return None
        assignment = self._again.pop(0) if self._again else self._next()
        if assignment is None:
            return None
        assignment.folder.stop_file.unlink(missing_ok=True)  # of a driver that was killed while it waited
        self._begun[trial_id] = len(assignment.folder.attempts())
        self.running[trial_id] = assignment
        if self.stop.made:  # while the ledger looked for it, so it is not among those that were asked
            self._leave(self.running.pop(trial_id))
            return None
        logger.info("started %s %d: %s", assignment.kind, assignment.number, assignment.label)
        return self._job(assignment)

    def over(self) -> bool:
        """Whether nothing will be handed out any more. What is in training may lose its worker and come again."""
        return self._ends_early() or (self._exhausted and not self.running and not self._again)

    def nothing_to_wait_for(self) -> bool:
        """Whether a stop was asked for and nothing is lost with what is left.

        A worker that only starts has nothing yet; the floors of a reference have no checkpoint and would be measured
        again, however far they are.
        """
        return self.stop.made and not any(
            self._has_begun(trial_id, job) and self._phases.get(trial_id) not in FLOORS
            for trial_id, job in self.running.items()
        )

    def report(self, trial_id: str, epoch: int, metrics: Mapping[str, float]) -> bool:
        """Pass an epoch on; True when Tune is to stop the trial."""
        assignment = self.running.get(trial_id)
        if assignment is None:
            return False
        if self.unwritable:
            return self.slots.workers == 1 or not assignment.folder.stop_file.exists()
        self.monitor.reported(assignment, epoch, metrics)
        if assignment.kind != "trial" or not self.ledger.report(assignment.number, epoch, metrics):
            return False
        self._stopped_early.add(trial_id)
        if self.slots.workers == 1:
            return True
        # Tune would kill the trial, and its group's resources might never come back. Asked, the workers end by
        # themselves after their epoch.
        assignment.folder.stop_file.touch()
        return False

    def enter(self, trial_id: str, phase: str) -> None:
        """Pass on that a reference began a phase."""
        if assignment := self.running.get(trial_id):
            self._phases[trial_id] = phase
            self.monitor.entered(assignment, phase)

    def lost_for_memory(self, trial_id: str, text: str) -> None:
        """Ray ended a trial's worker because its machine was running out of memory. Tune tells of the end next."""
        self._memory[trial_id] = text

    def end(self, trial_id: str, *, lost: bool) -> None:
        """Settle a trial whose worker is done or was stopped, or have it taken up again. Safe to call twice.

        Args:
            trial_id: Tune's.
            lost: the worker is gone, and unless it left a result it did not want to.
        """
        assignment = self.running.pop(trial_id, None)
        if assignment is None:
            return
        with suppress(OSError):  # of a disk that turned read-only
            assignment.folder.stop_file.unlink(missing_ok=True)
        if trial_id in self._stopped_early or self._finished(trial_id, assignment):
            self._settle(assignment)
        elif self.unwritable:
            self._leave(assignment)
        elif lost:
            self._lost(assignment, self._memory_of(trial_id, assignment))
        elif self.stop.made:
            self._leave(assignment)
        else:
            self._settle(assignment)

    @property
    def unwritable(self) -> bool:
        """Whether the run ends because its folder takes no more."""
        return isinstance(self.broken, UnwritableError)

    def leave_what_is_left(self) -> None:
        """After the end of a run that was asked to stop: Tune tells nothing of trials that it ended for that."""
        while self.running:
            self._leave(self.running.popitem()[1])

    def give_up(self, error: Exception) -> None:
        """End the run when what is in training has ended; at its next epoch where nothing can be written any more."""
        if self.broken is None:
            self.broken = error
            logger.info("no more trials are started: %s", error)
        if self.unwritable:
            with suppress(OSError):
                self.ask_all_to_stop()

    def ask_all_to_stop(self) -> None:
        """Ask whatever is in training to leave a checkpoint after its epoch and end."""
        for assignment in self.running.values():
            assignment.folder.stop_file.touch()

    def _ends_early(self) -> bool:
        return self.stop.made or self.broken is not None

    def _next(self) -> Assignment | None:
        if self._exhausted:
            return None
        assignment = self.ledger.next()
        if assignment is None:
            # The confirmation comes when the last trials of the search have ended.
            self._exhausted = not (self.running and self.ledger.waits)
        else:
            self.monitor.started(assignment, self.ledger.progress())
        return assignment

    def _finished(self, trial_id: str, assignment: Assignment) -> bool:
        """Whether the worker left a result; what stood there before it began is not its."""
        return self._has_begun(trial_id, assignment) and assignment.folder.finished_attempt() is not None

    def _has_begun(self, trial_id: str, assignment: Assignment) -> bool:
        return len(assignment.folder.attempts()) > self._begun.get(trial_id, 0)

    def _memory_of(self, trial_id: str, assignment: Assignment) -> str | None:
        """What was said of memory, by Ray or by the worker that ended itself."""
        notes = [attempt.lost().get("text") for attempt in assignment.folder.attempts()[self._begun[trial_id] :]]
        return self._memory.pop(trial_id, None) or next((text for text in reversed(notes) if text), None)

    def _lost(self, assignment: Assignment, memory: str | None) -> None:
        final = self._losses.final(assignment, memory)
        if final:
            self._settle(assignment, final)
        elif self.stop.made:
            self._leave(assignment)
        else:
            cause = f"memory: {memory}" if memory else "its worker vanished"
            told = "%s %d (%s): %s; taken up again from its last checkpoint"
            logger.warning(told, assignment.kind, assignment.number, assignment.label, cause)
            self._again.append(assignment)
            self.monitor.lost(assignment)

    def _leave(self, assignment: Assignment) -> None:
        self.left = True
        logger.info("%s %d: left for a resume", assignment.kind, assignment.number)
        self.monitor.left(assignment)

    def _settle(self, assignment: Assignment, error: str | None = None) -> None:
        if assignment.kind == "trial":
            outcome = self.ledger.settle(assignment.number, error=error)
        else:
            stage = assignment.spec.seed.stage
            outcome = self.ledger.settle_reference(assignment.seed, stage=stage, error=error)
        assignment.folder.remove_unfinished_files()
        logger.info("%s %d: %s %s", assignment.kind, assignment.number, outcome.state, outcome.reason or "")
        self.monitor.settled(assignment, outcome, self.ledger.progress())

    def _job(self, assignment: Assignment) -> dict[str, Any]:
        return {
            "kind": assignment.kind,
            "folder": str(assignment.folder.path),
            "scratch": self.scratch,
            "workers": self.slots.workers,
            "cpus": self.slots.cpus,
            "gpus": self.slots.gpus,
            "memory": self.slots.memory,
            "best_by": watched(self.ledger.study.search),
            "takes_members": Deciding.takes_members(self.ledger.study.search),
            "watched": Deciding.of(self.ledger.study.search, assignment.spec).metric,
        }
