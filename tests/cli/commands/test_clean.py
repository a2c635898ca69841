"""``spreadtune clean``: what it frees, what it leaves alone, what it refuses."""

import re

import pytest

from spreadtune.cli.main import main
from spreadtune.run_folder import Outcome, RunFolder


@pytest.fixture
def run(run: RunFolder) -> RunFolder:
    """Two finished trials and a reference with three checkpoints each, one that is interrupted with two."""
    for folder in (run.trial(0), run.trial(1), run.reference(0), run.trial(2)):
        attempt, finished = folder.new_attempt(), folder != run.trial(2)
        for epoch in (1, 2, 3)[: 3 if finished else 2]:
            attempt.append_history({"epoch": epoch, "knn_transfer_accuracy": 1 / epoch})
            attempt.checkpoint_file(epoch).write_bytes(bytes(1000))
        if finished:
            Outcome("COMPLETE", epoch=3).write(folder.result_file)
    return run


def clean(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, str]:
    with pytest.raises(SystemExit) as ended:
        main(["clean", *arguments])
    printed = capsys.readouterr()
    return int(ended.value.code or 0), printed.out + printed.err


def left(run: RunFolder) -> list[list[int]]:
    folders = (run.trial(0), run.trial(1), run.reference(0), run.trial(2))
    return [[int(path.stem[-4:]) for path in folder.checkpoints()] for folder in folders]


@pytest.mark.parametrize(
    ("options", "size", "kept"),
    [
        ((), "6.0 kB: 6 checkpoints of 2 finished trials and 1 reference", [3]),
        (("--keep", "best"), "3.0 kB: 3 checkpoints of 2 finished trials and 1 reference", [3, 1]),
        (("--keep", "none"), "9.0 kB: 9 checkpoints of 2 finished trials and 1 reference", []),
    ],
)
def test_what_it_frees(
    run: RunFolder, capsys: pytest.CaptureFixture[str], options: tuple[str, ...], size: str, kept: list[int]
) -> None:
    before = left(run)
    code, printed = clean(capsys, "x", *options, "--dry-run")
    assert code == 0
    assert f"to free    {size}" in printed
    assert left(run) == before
    code, printed = clean(capsys, "x", *options)
    assert code == 0
    assert f"freed      {size}" in printed
    assert ("cannot be loaded any more" in printed) == (not kept)
    assert left(run) == [kept, kept, kept, [2, 1]], "one that has not finished keeps what it resumes from"
    assert "nothing to free: what has ended has no more checkpoints than --keep " in clean(capsys, "x", *options)[1]


def test_a_run_that_is_being_run_is_refused(run: RunFolder, capsys: pytest.CaptureFixture[str]) -> None:
    before = left(run)
    with run.lock():
        code, printed = clean(capsys, "x")
    assert code == 2
    assert re.search(rf"^error: {run.label} is being run by process \d+ on ", printed)
    assert left(run) == before


def test_what_is_no_run(run: RunFolder, capsys: pytest.CaptureFixture[str]) -> None:
    for reference in ("y", "studies", "x/20260101-000000-0000"):
        code, printed = clean(capsys, reference)
        assert (code, len(printed.splitlines())) == (2, 1)
        assert printed.startswith("error: no run ")
