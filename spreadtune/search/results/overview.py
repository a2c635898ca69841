"""What a list of runs says of one: how far it is and what is best so far. Nothing is written."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from spreadtune.run_folder import RunFolder
from spreadtune.search.results.choice import SettingResults, choose
from spreadtune.search.results.progress import pair_states
from spreadtune.search.results.state import confirm_state, references_left, search_state
from spreadtune.search.storage.folders import folder_rows
from spreadtune.search.storage.peek import peeked_rows
from spreadtune.search.storage.record import Rows, TrialStatus
from spreadtune.spec.load import load_study
from spreadtune.spec.study import Study

RunStatus = Literal["running", "finished", "interrupted"]


@dataclass(frozen=True)
class Overview:
    """One run in a list.

    Attributes:
        study: what it asks.
        status: running while a process holds it; interrupted when some pair (a setting at a seed) has no ended trial.
        total: the pairs of its search.
        states: how many of them have a trial, by its state; one that was retried counts once, as its last trial stands.
        confirm_total, confirm_states: likewise of its confirmation; 0 and empty where it has none.
        best: the best setting so far, if a trial has finished.
        from_files: its database is elsewhere, so this is what its folder says.
    """

    study: Study
    status: RunStatus
    total: int
    states: Mapping[TrialStatus, int]
    confirm_total: int
    confirm_states: Mapping[TrialStatus, int]
    best: SettingResults | None
    from_files: bool


def overview(run: RunFolder) -> Overview:
    """What there is to say of a run now, whether it is being run or not.

    Raises:
        UserError: the folder's study or database cannot be read.
    """
    held = run.is_held()  # asked first: one that ends meanwhile is read as ended, and told as running
    study = load_study(run.study_file, name=run.name)
    from_files = bool(run.manifest().get("storage"))
    read = folder_rows if from_files else peeked_rows
    rows = read(study, run)
    confirmed = read(study, run, stage="confirm") if study.search.confirm else {}
    search, confirm = search_state(study, rows), confirm_state(study, rows, confirmed)
    return Overview(
        study,
        _status(held=held, unfinished=search.unfinished or confirm.unfinished or references_left(run) > 0),
        search.total,
        _counted(rows),
        confirm.total,
        _counted(confirmed),
        choose(rows, study.search.selection).best,
        from_files,
    )


def _counted(rows: Mapping[str, Rows]) -> Counter[TrialStatus]:
    return Counter(state for of_variant in rows.values() for state in pair_states(of_variant))


def _status(*, held: bool, unfinished: bool) -> RunStatus:
    return "running" if held else "interrupted" if unfinished else "finished"
