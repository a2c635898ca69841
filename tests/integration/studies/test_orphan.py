"""A worker that was given up and writes on: nothing that counts is its."""

import subprocess
import sys
from pathlib import Path

from spreadtune.run_folder import AttemptFolder, RunFolder
from spreadtune.search.ledger import Ledger
from spreadtune.spec.load import load_study
from spreadtune.trial.run import run_trial
from tests.small_trial import next_attempt
from tests.workplace import Workplace, wait_for

ORPHAN = """
import itertools, sys, time
from pathlib import Path
from spreadtune.run_folder import AttemptFolder, Outcome, write_atomic
attempt = AttemptFolder(Path(sys.argv[1]))
for round in itertools.count():
    attempt.append_history({"epoch": round % 4 + 1, "loss": 1e6, "spread": 1e6})
    write_atomic(attempt.checkpoint_file(round % 4 + 1), b"of an orphan")
    state = ("COMPLETE", "FAIL")[round % 2]
    Outcome(state, "of an orphan", 4, metrics={"transfer_accuracy": 1.0}).write(attempt.result_file)
    time.sleep(0.001)
"""


def test_what_it_writes_is_not_published(workplace: Workplace, tmp_path: Path) -> None:
    workplace.write("orphan", {"search.seeds": 1})
    study = load_study(workplace.folder / "studies" / "orphan.yaml")
    run = RunFolder.create(tmp_path / "results", "orphan")
    ledger = Ledger.open(study, run, references=False)
    assignment = ledger.next()
    assert assignment is not None
    folder = assignment.folder
    given_up = folder.new_attempt()
    with subprocess.Popen([sys.executable, "-c", ORPHAN, str(given_up.path)]) as orphan:
        try:
            wait_for(given_up.result_file.exists, 60)
            outcome = run_trial(assignment.spec, next_attempt(folder))
            assert outcome is not None
            published = ledger.settle(assignment.number)
            file = folder.result_file.read_bytes()
            wait_for(lambda: lines_of(given_up) > 20, 60)
            assert ledger.settle(assignment.number) == published
            ledger.close()
            again = Ledger.open(study, run, references=False)
            assert again.settle(assignment.number) == published
            again.close()
            wrote = lines_of(given_up)
            wait_for(lambda: lines_of(given_up) > wrote, 60)
        finally:
            orphan.kill()
    assert (published.state, published.metrics) == ("COMPLETE", outcome.metrics)
    assert folder.result_file.read_bytes() == file
    assert [(line["epoch"], line["attempt"]) for line in folder.history()] == [(epoch, 2) for epoch in (1, 2, 3, 4)]


def lines_of(attempt: AttemptFolder) -> int:
    return attempt.history_file.read_bytes().count(b"\n")
