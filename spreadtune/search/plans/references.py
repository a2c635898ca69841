"""Floors and ceiling: one reference for each seed, beside the search; one of the confirmation, for the test split.

A reference is a trial file under the study file's own values, before variants: alpha 0, no reconstruction. From it the
raw pixels, a random encoder and an encoder trained on the subclasses are measured. It is no Optuna trial; its folder is
its state.
"""

from spreadtune.run_folder import Outcome, RunFolder, TrialFolder, write_atomic
from spreadtune.run_folder.retention import thin
from spreadtune.search.assignment import Assignment, trial_label
from spreadtune.search.results.outcomes import settle_outcome
from spreadtune.search.results.progress import Counts, count_references
from spreadtune.search.stopping.watched import watched
from spreadtune.spec.load import dump_trial
from spreadtune.spec.reference import reference_spec
from spreadtune.spec.seed import Stage
from spreadtune.spec.study import Study


class References:
    """Which references there are, which were begun, which are done."""

    def __init__(
        self, study: Study, run: RunFolder, *, count: int, retry_failed: bool, stage: Stage = "search"
    ) -> None:
        self._study, self._run, self._stage = study, run, stage
        self._seeds = range(count)
        begun = [seed for seed in self._seeds if self._folder(seed).path.exists()]
        for seed in begun:
            if self._folder(seed).finished_attempt():
                self.settle(seed)
        unsettled = [seed for seed in begun if self._folder(seed).outcome() is None]
        failed = [seed for seed in begun if self._failed(seed)] if retry_failed else []
        self._again = unsettled + failed
        self._fresh = [seed for seed in self._seeds if seed not in begun]

    def counts(self) -> Counts:
        """How many there are, and how they stand."""
        folders = [self._folder(seed) for seed in self._seeds]
        states = [folder.state() for folder in folders if folder.path.exists()]
        retrying = sum(self._failed(seed) for seed in self._again)
        return count_references(states, total=len(self._seeds), retrying=retrying)

    def next_begun(self) -> Assignment | None:
        """One that an earlier driver began, or that failed under it."""
        if not self._again:
            return None
        seed = self._again.pop(0)
        # A failure was published; without this the new end would be ignored.
        self._folder(seed).result_file.unlink(missing_ok=True)
        return self._hand_out(seed, resumed=True)

    def next_fresh(self) -> Assignment | None:
        return self._hand_out(self._fresh.pop(0), resumed=False) if self._fresh else None

    def settle(self, seed: int, error: str | None = None) -> Outcome:
        """Publish how a reference ended; once published it stays."""
        folder = self._folder(seed)
        outcome = folder.outcome()
        if outcome is None:
            outcome = settle_outcome(folder, stop=None, error=error)
            outcome.write(folder.result_file)
            thin(folder, self._study.training.checkpoints, watched(self._study.search))
        return outcome

    def _hand_out(self, seed: int, *, resumed: bool) -> Assignment:
        spec, folder = reference_spec(self._study, seed, self._stage), self._folder(seed)
        write_atomic(folder.spec_file, dump_trial(spec))
        return Assignment(
            kind="reference" if self._stage == "search" else "test reference",
            number=seed,
            variant=None,
            setting=None,
            seed=seed,
            spec=spec,
            folder=folder,
            resumed=resumed,
            label=f"floors and ceiling, {trial_label({}, seed, stage=self._stage)}",
        )

    def _folder(self, seed: int) -> TrialFolder:
        return self._run.reference(seed, self._stage)

    def _failed(self, seed: int) -> bool:
        return self._folder(seed).state() == "FAIL"
