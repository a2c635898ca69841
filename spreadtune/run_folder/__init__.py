"""The folder of a run: where everything lies, who may write, how a file becomes whole.

::

    results/NAME/ID/  study.yaml  manifest.json  optuna.db  trials.parquet  trials.csv  history.parquet
                      references.parquet  report.html  log
                      trials/0007/{trial.yaml, record.json, result.json, attempt-1/}
                      trials/0007/members/0-contrast/attempt-1/  history and checkpoints of a member
                      references/SEED/{trial.yaml, result.json, attempt-1/}
    attempt-1/        worker.json  environment.json  history.jsonl  checkpoint-0004.pt  result.json  lost.json  log

A file that is not appended to is written under a temporary name and renamed, so it is whole or absent. An attempt
writes into its own folder only and reads earlier ones; ``result.json`` one level up is the published outcome, written
by the driver, which holds the run's lock.
"""

from spreadtune.run_folder.attempt_folder import AttemptFolder
from spreadtune.run_folder.files import write_atomic, write_json
from spreadtune.run_folder.find import find_run, runs
from spreadtune.run_folder.outcome import Outcome, State, TrialStatus
from spreadtune.run_folder.run import RunFolder
from spreadtune.run_folder.trial import TrialFolder
from spreadtune.run_folder.unwritable import UnwritableError, writing

__all__ = [
    "AttemptFolder",
    "Outcome",
    "RunFolder",
    "State",
    "TrialFolder",
    "TrialStatus",
    "UnwritableError",
    "find_run",
    "runs",
    "write_atomic",
    "write_json",
    "writing",
]
