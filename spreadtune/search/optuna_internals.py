"""What is private in Optuna and used here all the same; nothing else of ours knows of it.

Each says why it is needed and what breaks without it. ``tests/search/test_optuna_internals.py`` fails where another
Optuna has it no longer.
"""

import sqlite3

from optuna.study import Study
from optuna.trial import FrozenTrial, Trial

_NOTES_OF_GP = "gp:"


def storage_id(trial: Trial | FrozenTrial) -> int:
    """Optuna's key of a trial in its storage.

    Why: ``Trial.number`` cannot be used to come back to a stored trial. Without it whatever a killed driver left in
    training would be trained anew under another number, as ``Study.enqueue_trial`` does.
    """
    return trial._trial_id


def stored_trial(study: Study, key: int) -> Trial:
    """A handle on a stored trial that has not ended, by its key in the storage; it reports and is told as before.

    Why: Optuna makes handles only for trials that it has just asked for. Without it see :func:`storage_id`.
    """
    return Trial(study, key)


def as_stored(trial: Trial) -> FrozenTrial:
    """What the storage has of a trial.

    Why: samplers and bounds look at the stored trial, and the ways there that are public read the whole study. Without
    it every ask of a large study would be slower.
    """
    return trial.storage.get_trial(storage_id(trial))


def forget_draws(trial: Trial) -> None:
    """Remove the notes that the Gaussian process makes on a trial of what it drew, for drivers side by side.

    Why: it takes the note of a draw that came to nothing for a trial in training and looks elsewhere. Without it a
    driver killed between drawing and storing draws other settings after a resume than it would have.
    """
    for note in trial.storage.get_trial_system_attrs(storage_id(trial)):
        if note.startswith(_NOTES_OF_GP):
            trial.storage.set_trial_system_attr(storage_id(trial), note, "")


def look_for_tables(connection: sqlite3.Connection) -> None:
    """Raise ``sqlite3.Error`` where a database has none of Optuna's tables.

    Why: Optuna can only make missing tables or do without looking. Without it a run that lost its database would be
    shown as one without trials.
    """
    connection.execute("SELECT study_id FROM studies LIMIT 1")
