"""Which run a start means: a new one, or one that is taken up."""

import logging
from dataclasses import dataclass
from pathlib import Path

from spreadtune.errors import UserError
from spreadtune.run_folder import RunFolder, find_run, runs
from spreadtune.search.results.overview import stored_progress
from spreadtune.spec.hash import difference, study_hash
from spreadtune.spec.load import load_run_study
from spreadtune.spec.study import Study

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class Chosen:
    """A run and the study it runs, which for a resumed one is that of its folder.

    Attributes:
        run: its folder.
        study: what it asks.
        resumed: it was there before.
        extends: the run that a new one begins with.
    """

    run: RunFolder
    study: Study
    resumed: bool
    extends: RunFolder | None = None


def new_run(study: Study, results: Path, *, fresh: bool, resume_command: str, storage: str | None) -> Chosen:
    """A new run, unless an unfinished one of the same study is there.

    Args:
        study: the resolved study.
        results: the folder of all runs.
        fresh: start anew whatever is there.
        resume_command: what to type to go on with this study, for the message.
        storage: the database the run is to have.

    Raises:
        UserError: there is an unfinished run and ``fresh`` is not set.
    """
    if not fresh:
        for run in _same_question(study, results):
            its_own = storage if run.manifest().get("storage") else None
            if stored_progress(load_run_study(run), run, storage=its_own).unfinished:
                _refuse_if_held(run)
                raise UserError(
                    f"{run.label} is an unfinished run of this study; go on with it:\n"
                    f"  {resume_command}\n"
                    "or start another with --fresh"
                )
    return Chosen(RunFolder.create(results, study.name), study, resumed=False)


def extending_run(study: Study, results: Path, reference: str) -> Chosen:
    """A new run that begins with what another one found.

    Args:
        study: the resolved study of the new run.
        results: the folder of all runs.
        reference: the RUN that it extends.

    Raises:
        UserError: there is no such run, or the study is a grid, which learns nothing.
    """
    earlier = find_run(reference, results)
    if study.search.sampler == "grid":
        raise UserError(
            "a grid learns nothing from earlier trials; run the changed study as it is and look at both with "
            "spreadtune compare, or set search.sampler"
        )
    return Chosen(RunFolder.create(results, study.name), study, resumed=False, extends=earlier)


def resumed_run(
    study: Study,
    results: Path,
    reference: str | None,
    *,
    seeds: int | None = None,
    trials: int | None = None,
    confirm: int | None = None,
) -> Chosen:
    """The run to go on with; asked-for ``seeds``, ``trials`` or ``confirm`` above its own are added to it.

    What the study itself says of confirmation counts where it is more than the run's: one may be added to a finished
    run.

    Its best setting is chosen by what the study at hand says (``search.select_on``).

    Args:
        study: the resolved study; the run has to ask the same question.
        results: the folder of all runs.
        reference: RUN, or None for the newest run of this study.
        seeds: what was asked for explicitly.
        trials: likewise.
        confirm: likewise, the seeds of the confirmation.

    Raises:
        UserError: there is no such run, it asks another question, or it already has more than was asked for.
    """
    if reference is not None:
        run = find_run(reference, results)
        asked = load_run_study(run)
        lines = difference(asked, study) if study_hash(asked) != study_hash(study) else []
        if lines:
            raise UserError(f"{run.label} is a run of another study:\n  " + "\n  ".join(lines) + _profile(run, study))
    else:
        same = _same_question(study, results)
        if not same:
            raise UserError(_nothing_to_resume(study, results))
        run = same[-1]
    own = load_run_study(run)
    if confirm is None and study.search.confirm_seeds > own.search.confirm_seeds:
        confirm = study.search.confirm_seeds
    extended = _extended(own, run, seeds=seeds, trials=trials, confirm=confirm)
    return Chosen(run, extended.with_selection_of(study), resumed=True)


def _extended(study: Study, run: RunFolder, **asked: int | None) -> Study:
    """The run's study with its counts raised to what is asked for; what is not asked for stays."""
    search = study.search
    for name, has in (("seeds", search.seeds), ("trials", search.trials), ("confirm", search.confirm_seeds)):
        count = asked[name]
        if count is not None and has is not None and count < has:
            raise UserError(f"--{name} {count}: {run.label} already has {has}; it can be raised, not lowered")
    return study.with_counts(**asked)


def _refuse_if_held(run: RunFolder) -> None:
    try:
        with run.lock():
            return
    except UserError as held:
        raise UserError(f"{held}; or start another with --fresh") from None


def _same_question(study: Study, results: Path) -> list[RunFolder]:
    """The runs of this study that ask the same question, oldest first."""
    wanted = study_hash(study)
    return [run for run in runs(results, study.name) if _hash_of(run) == wanted]


def _hash_of(run: RunFolder) -> str | None:
    """None for a run whose study cannot be read: it is in nobody's way."""
    try:
        return study_hash(load_run_study(run))
    except UserError as error:
        logger.warning("%s is passed over: %s", run.label, error)
        return None


def _nothing_to_resume(study: Study, results: Path) -> str:
    of_name = runs(results, study.name)
    if not of_name:
        return f"there is no run of {study.name} in {results} to resume; leave --resume out to start one"
    newest = of_name[-1]
    lines = difference(load_run_study(newest), study)
    differs = f"no run of {study.name} asks this question; the newest, {newest.label}, differs:\n  "
    return differs + "\n  ".join(lines) + _profile(newest, study)


def _profile(run: RunFolder, study: Study) -> str:
    """The likeliest cause of many differences, where it is one."""
    of_run = run.manifest().get("profile")
    if of_run == study.profile:
        return ""
    return f"\nit was begun {f'with --profile {of_run}' if of_run else 'without --profile'}"
