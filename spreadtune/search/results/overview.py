"""What there is to say of a run without becoming its driver: how far it is, and what is best so far."""

from collections.abc import Mapping
from dataclasses import dataclass

from spreadtune.run_folder import RunFolder
from spreadtune.search.results.progress import (
    Progress,
    RunStatus,
    count_progress,
    count_references,
    planned_pairs,
)
from spreadtune.search.storage.folders import folder_rows
from spreadtune.search.storage.peek import peeked_rows
from spreadtune.search.storage.reading import stored_rows
from spreadtune.search.storage.record import Rows
from spreadtune.spec.load import load_study
from spreadtune.spec.seed import STAGES
from spreadtune.spec.study import Study


@dataclass(frozen=True)
class Overview:
    """One run in a list.

    Attributes:
        study: what it asks.
        status: running while a process holds it; interrupted when some pair (a setting at a seed) has no ended trial.
        progress: how far it is.
        from_files: its database is elsewhere, so this is what its folder says.
    """

    study: Study
    status: RunStatus
    progress: Progress
    from_files: bool


def overview(run: RunFolder) -> Overview:
    """What a list says of a run now, whether it is being run or not. Nothing is written.

    Raises:
        UserError: the folder's study or database cannot be read.
    """
    held = run.is_held()  # asked first: one that ends meanwhile is read as ended, and told as running
    study = load_study(run.study_file, name=run.name)
    from_files = bool(run.manifest().get("storage"))
    read = folder_rows if from_files else peeked_rows
    found = _progress(study, run, read(study, run), read(study, run, stage="confirm") if study.search.confirm else {})
    return Overview(study, found.status(held=held), found, from_files)


def stored_progress(study: Study, run: RunFolder, *, storage: str | None = None) -> Progress:
    """How far a run is, as its database says; whoever drives it goes on undisturbed.

    Raises:
        UserError: the database cannot be opened.
        DatabaseAwayError: it does not answer.
    """
    searched, confirmed = (stored_rows(study, run, storage, stage=stage) for stage in STAGES)
    return _progress(study, run, searched, confirmed)


def _progress(study: Study, run: RunFolder, searched: Mapping[str, Rows], confirmed: Mapping[str, Rows]) -> Progress:
    references = count_references(folder.state() for folder in run.every_reference())
    return count_progress(study, planned_pairs(study), searched, confirmed, references)
