"""A member that another trial of the run has trained already is taken from there.

What does not depend on what is searched would be trained anew by every trial, to the same last bit. A member that was
trained to its end leaves ``trained.json`` in its folder: a key of everything that its numbers depend on. A trial that
is about to train a member of the same key, and has not begun it, takes history and last checkpoint instead.
"""

import hashlib
import json
import os
import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from spreadtune.data.dataset import Dataset
from spreadtune.run_folder import AttemptFolder, TrialFolder, write_json, writing
from spreadtune.run_folder.attempt_folder import checkpoint_epoch
from spreadtune.run_folder.trial import OF_WHOLE, TAKEN
from spreadtune.spec.trial import TrialSpec
from spreadtune.training.context import Context
from spreadtune.trial.attempt_record import environment_of


@dataclass(frozen=True)
class Donor:
    """A member of another trial, trained to its end.

    Attributes:
        trial: the trial's number.
        folder: the member's.
        checkpoints: those that are there, that of the last epoch among them.
    """

    trial: int
    folder: TrialFolder
    checkpoints: list[Path]


def member_key(spec: TrialSpec, dataset: Dataset, context: Context) -> str:
    """Equal where training gives the same numbers: what is trained, with seed and member's name, the images, device,
    threads, workers and versions."""
    trained = spec.model_dump(mode="json", exclude={"description", "resources"})
    parts = [trained, dataset.fingerprint, environment_of(spec, context)]
    return hashlib.sha256(json.dumps(parts, sort_keys=True).encode()).hexdigest()


def find_donor(trials: Path, member: str, key: str, epochs: int) -> Donor | None:
    """The first trial of a run that has trained the member to its last epoch, and has that checkpoint still.

    Args:
        trials: the folder of all trials.
        member: its name.
        key: of what is to be trained.
        epochs: of the member.
    """
    for path in sorted(trials.glob("*")):
        folder = TrialFolder(path).members().get(member)
        if folder and folder.trained() == key:
            checkpoints = folder.checkpoints()
            if epochs in map(checkpoint_epoch, checkpoints):
                return Donor(int(path.name), folder, checkpoints)
    return None


def take(donor: Donor, attempt: AttemptFolder) -> list[dict[str, Any]]:
    """Put a donor's history and last checkpoint into an attempt's folder; the history, each line with its trial and
    without what was measured of all the members there.

    A checkpoint is a hard link where the file system has them: its bytes are on the disk once, and stay when the other
    trial's name for them goes. The last epoch's comes last: without it nothing was taken.

    Raises:
        UnwritableError: the disk is full or read-only.
    """
    history = [{**line, TAKEN: donor.trial} for line in donor.folder.history()]
    lines = [{key: line[key] for key in line if key != "attempt" and not key.startswith(OF_WHOLE)} for line in history]
    for line in lines:
        attempt.append_history(line)
    with writing(attempt.path):
        for checkpoint in reversed(donor.checkpoints):
            _link(checkpoint, attempt.path / checkpoint.name)
    return lines


def _link(source: Path, target: Path) -> None:
    unfinished = target.with_name(f".{target.name}.taken.tmp")
    unfinished.unlink(missing_ok=True)
    try:
        os.link(source, unfinished)
    except OSError:  # not on this file system, or not between two
        shutil.copyfile(source, unfinished)
    unfinished.replace(target)


def mark_trained(member: TrialFolder, key: str) -> None:
    """Say of a member that was trained or taken that it is done, and what it is."""
    write_json(member.trained_file, {"key": key})
