"""The smoke study, played and real."""

import re
import subprocess

import pytest

from spreadtune.run_folder import Outcome, RunFolder, write_atomic
from spreadtune.runtime.doctor.smoke import STUDY, check_smoke
from spreadtune.spec.load import load_study


def played(code, output="", *, complete=2):
    def run(arguments, folder):
        assert load_study(folder / arguments[1]).training.epochs == 1
        made = RunFolder.create(folder / "results", "smoke")
        write_atomic(made.study_file, STUDY)
        for number in range(complete):
            Outcome("COMPLETE", details={"device": "cpu"}).write(made.trial(number).result_file)
        return code, output

    return run


def test_one_that_works():
    check = check_smoke(played(0))
    assert check.status == "ok"
    assert re.fullmatch(r"2 trials of 1 epoch and a report in \d+ s, on cpu", check.text)


@pytest.mark.parametrize(
    ("code", "output", "complete", "said"),
    [
        (2, "begun\nerror: no disk\nmore", 0, "exit code 2 and 0 of 2 trials complete: error: no disk"),
        (1, "1 failed\nbye\n\n", 1, "exit code 1 and 1 of 2 trials complete: bye"),
        (0, "", 1, "exit code 0 and 1 of 2 trials complete: it printed nothing"),
    ],
)
def test_one_that_does_not(code, output, complete, said):
    check = check_smoke(played(code, output, complete=complete))
    assert check.status == "problem"
    assert said in check.text


def test_one_that_does_not_end():
    def hang(arguments, folder):
        raise subprocess.TimeoutExpired(arguments, 300)

    assert check_smoke(hang).text == "did not end within 300 s"


@pytest.mark.slow
def test_the_real_one():
    check = check_smoke()
    assert check.status == "ok", check.text
