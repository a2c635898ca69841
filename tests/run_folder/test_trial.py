"""Attempts at a trial: their numbers, checkpoints, histories and ends."""

import subprocess
import sys
from pathlib import Path

import pytest

from spreadtune.run_folder import AttemptFolder, Outcome, TrialFolder, write_json


@pytest.fixture
def folder(tmp_path: Path) -> TrialFolder:
    return TrialFolder(tmp_path / "trials" / "0007")


def test_attempts_count_from_one_and_are_never_reused(folder: TrialFolder) -> None:
    assert folder.attempts() == []
    made = [folder.new_attempt() for _ in range(11)]
    assert [attempt.number for attempt in made] == list(range(1, 12))
    assert folder.attempts() == made
    made[3].path.rmdir()
    assert folder.new_attempt().number == 12
    (folder.path / "attempt-13").write_text("a file, not a folder")
    assert folder.new_attempt().number == 14


MAKER = """
import sys
from pathlib import Path
from spreadtune.run_folder import TrialFolder
for _ in range(50):
    print(TrialFolder(Path(sys.argv[1])).new_attempt().number)
"""


def test_processes_that_begin_at_once_get_attempts_of_their_own(folder: TrialFolder) -> None:
    makers = [
        subprocess.Popen([sys.executable, "-c", MAKER, str(folder.path)], stdout=subprocess.PIPE, text=True)
        for _ in range(3)
    ]
    numbers = [int(line) for maker in makers for line in maker.communicate()[0].split()]
    assert sorted(numbers) == list(range(1, 151))


def test_checkpoints_come_best_first(folder: TrialFolder) -> None:
    first, second = folder.new_attempt(), folder.new_attempt()
    for attempt, epochs in ((first, (4, 5, 10000)), (second, (5, 9999))):
        for epoch in epochs:
            attempt.checkpoint_file(epoch).touch()
    (second.path / ".checkpoint-0006.pt.1a2b.tmp").touch()
    assert folder.checkpoints() == [
        first.checkpoint_file(10000),
        second.checkpoint_file(9999),
        second.checkpoint_file(5),
        first.checkpoint_file(5),
        first.checkpoint_file(4),
    ]


def test_the_latest_attempt_wins_for_each_epoch(folder: TrialFolder) -> None:
    for attempt, epochs in (
        (folder.new_attempt(), (1, 2, 3)),
        (folder.new_attempt(), (2,)),
        (folder.new_attempt(), ()),
    ):
        for epoch in epochs:
            attempt.append_history({"epoch": epoch, "loss": epoch / attempt.number})
    assert folder.history() == [
        {"epoch": 1, "loss": 1.0, "attempt": 1},
        {"epoch": 2, "loss": 1.0, "attempt": 2},
        {"epoch": 3, "loss": 3.0, "attempt": 1},
    ]


def test_a_line_that_a_kill_cut_short_is_left_out(folder: TrialFolder) -> None:
    attempt = folder.new_attempt()
    for epoch in (1, 2):
        attempt.append_history({"epoch": epoch, "loss": 0.1 * epoch})
    whole = attempt.history_file.read_text().rstrip("\n")
    first, second = whole.splitlines()
    for length in range(len(second)):
        attempt.history_file.write_text(f"{first}\n{second[:length]}")
        assert attempt.history() == [{"epoch": 1, "loss": 0.1}]
    attempt.history_file.write_text(whole)
    assert len(attempt.history()) == 2


def test_a_history_holds_finite_numbers_only(folder: TrialFolder) -> None:
    attempt = folder.new_attempt()
    with pytest.raises(ValueError, match="not JSON compliant"):
        attempt.append_history({"epoch": 1, "loss": float("nan")})
    assert attempt.history() == []


def test_the_end_of_the_latest_attempt_and_of_no_other(folder: TrialFolder) -> None:
    assert folder.finished_attempt() is None
    first = folder.new_attempt()
    Outcome("COMPLETE", epoch=4).write(first.result_file)
    assert folder.finished_attempt() == Outcome("COMPLETE", epoch=4)
    second = folder.new_attempt()
    Outcome("FAIL", "written by an orphan").write(first.result_file)
    assert folder.finished_attempt() is None, "the first was given up when the second began"
    second.result_file.write_text('{"state": "COMP')
    assert folder.finished_attempt() is None
    Outcome("COMPLETE", epoch=5).write(second.result_file)
    assert folder.finished_attempt() == Outcome("COMPLETE", epoch=5)
    assert folder.outcome() is None


def test_files_that_a_killed_worker_was_writing_are_removed_and_no_others(folder: TrialFolder) -> None:
    attempt = folder.new_attempt()
    half = attempt.path / ".checkpoint-0001.pt.0badcafe.tmp"
    half.write_bytes(b"half")
    attempt.checkpoint_file(1).write_bytes(b"whole")
    folder.remove_unfinished_files()
    assert [path.name for path in attempt.path.iterdir()] == ["checkpoint-0001.pt"]


def test_why_a_worker_ended_itself(folder: TrialFolder) -> None:
    attempt = folder.new_attempt()
    assert attempt.lost() == {}
    attempt.lost_file.write_text('{"reason": "mem')
    assert attempt.lost() == {}


def test_the_environment_of_the_latest_attempt_that_got_so_far(folder: TrialFolder) -> None:
    assert folder.environment() == {}
    first, second = folder.new_attempt(), folder.new_attempt()
    write_json(first.environment_file, {"device": "cpu"})
    second.environment_file.write_text("{")
    assert folder.environment() == {"device": "cpu"}


def test_an_attempt_knows_its_number(tmp_path: Path) -> None:
    assert AttemptFolder(tmp_path / "attempt-12").number == 12
