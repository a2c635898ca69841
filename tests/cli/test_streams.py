"""Every command on a console that lacks characters, that nobody reads, that is full, or that is not there."""

import fcntl
import io
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from spreadtune.cli.commands import plan
from spreadtune.cli.main import cli, main
from spreadtune.cli.streams import LastingFile, LastingText, lasting_streams, say
from spreadtune.runtime.before_start import outlook
from spreadtune.runtime.cluster.resources import Node
from spreadtune.runtime.doctor.check import Check
from spreadtune.trial.replay import Comparison
from spreadtune.trial.shape import Pace
from tests.cli.commands.test_runs import NEW, OLD, begin
from tests.console import nobody_reads, printed, standard_output
from tests.simulation.landscapes import recorded
from tests.workplace import Workplace

COMMANDS = [
    "--help",
    "run --list",
    "run x --plan",
    "runs",
    "report x",
    f"compare x/{OLD} x",
    "export x --format csv,markdown",
    "replay x 0",
    f"clean x/{OLD} --dry-run",
    "schema",
    "doctor --no-smoke",
    "simulate table.parquet --searches 1 --sampler random --early-stopping none",
]
WHOLE_RUNS = {"run", "extend"}  # on such consoles in tests/integration


def test_every_command_is_here() -> None:
    assert {command.split()[0] for command in COMMANDS} | WHOLE_RUNS == {"--help", *cli.commands}


def exit_code(command: str) -> int:
    with pytest.raises(SystemExit) as ended:
        main(command.split())
    return int(ended.value.code or 0)


@pytest.fixture(scope="module")
def runs(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """Two runs of a study whose description has an accent; what takes long gives made-up numbers."""
    folder = tmp_path_factory.mktemp("runs")
    pace = Pace(epoch=1, evaluation=1.5, end=20, checkpoint=0.25, checkpoint_bytes=2_500_000)
    same = Comparison({"spread": 0.5}, {"spread": 0.5}, exact=True, epoch=4)
    found = Check("results", "ok", "où: a local disk")
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        patch.setattr(plan, "measure_here", lambda spec, slots: pace)
        patch.setattr(outlook, "this_machine", lambda config: Node(2, 0, 8 * 2**30))
        patch.setattr("spreadtune.trial.replay.replay", lambda folder, on_epoch: same)
        patch.setattr("spreadtune.runtime.doctor.examination.examination", lambda *_, **__: iter([found]))
        Workplace(folder).write("x", {"description": "Où est l'alpha?"})
        for run in (OLD, NEW):
            begin(run, trials=4)
        recorded().write(folder / "table.parquet")
        yield folder


@pytest.mark.parametrize("command", COMMANDS)
def test_characters_that_the_console_lacks_are_replaced_and_lines_that_nobody_reads_are_lost(
    runs: Path, command: str
) -> None:
    codes: list[int] = []
    text = printed("ascii", lambda: codes.append(exit_code(command)))
    assert text.isascii()
    assert len(text) > 30
    if command in ("run x --plan", "run --list", "doctor --no-smoke"):
        assert b"o?" in text.lower()
    with nobody_reads():
        codes.append(exit_code(command))
    assert codes == [0, 0]


def test_a_full_disk_under_the_output_is_told(runs: Path, capsys: pytest.CaptureFixture[str]) -> None:
    full = os.open("/dev/full", os.O_WRONLY)
    with standard_output(full, "utf-8"):
        assert exit_code("runs") == 1
        assert exit_code("runs --bogus") == 2, "a mistake stays one"
    os.close(full)
    first, _ = capsys.readouterr().err.splitlines()
    assert first == (
        "error: standard output could not be written (No space left on device); what was printed is incomplete"
    )


@pytest.mark.slow
def test_whoever_reads_the_first_line_gets_it_and_nothing_else_changes(runs: Path) -> None:
    """A real pipe, a real ``head``, a locale without UTF-8."""
    program = f"{sys.executable} -m spreadtune"
    script = f"set -o pipefail; {program} runs | head -1; echo $?; {program} report x >&-; echo $?; ls results/x/{NEW}"
    environment = {**os.environ, "LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"}
    paths = os.pathsep.join([str(Path(__file__).parents[2]), *filter(None, [os.environ.get("PYTHONPATH")])])
    done = subprocess.run(
        ["bash", "-c", script], env={**environment, "PYTHONPATH": paths}, capture_output=True, text=True, check=False
    )
    assert done.stderr == ""
    heading, code, other_code, *files = done.stdout.splitlines()
    assert heading.split()[:2] == ["run", "state"]
    assert (code, other_code) == ("0", "0")
    assert "report.html" in files


def test_a_signal_s_answer_may_print_while_something_is_printed() -> None:
    def answer(signum: int, frame: object) -> None:
        say("stopping")

    before = signal.signal(signal.SIGUSR1, answer)
    try:

        def talk() -> None:
            with lasting_streams():
                for number in range(300):
                    if number % 3 == 0:
                        os.kill(os.getpid(), signal.SIGUSR1)
                    say(f"line {number}")

        lines = printed("utf-8", talk).decode().splitlines()
    finally:
        signal.signal(signal.SIGUSR1, before)
    assert [line for line in lines if line != "stopping"] == [f"line {number}" for number in range(300)]
    assert lines.count("stopping") == 100


def test_a_slow_reader_of_a_pipe_that_does_not_block_gets_everything() -> None:
    reader, writer = os.pipe()
    fcntl.fcntl(writer, fcntl.F_SETFL, os.O_NONBLOCK)
    fcntl.fcntl(writer, fcntl.F_SETPIPE_SZ, 4096)
    received = bytearray()

    def read() -> None:
        while part := os.read(reader, 1000):
            received.extend(part)

    reading = threading.Thread(target=read)
    reading.start()
    text = LastingText(LastingFile(writer), "utf-8", "replace", line_buffering=False)
    whole = "".join(f"{number}\n" for number in range(20_000))
    text.write(whole)
    text.flush()
    os.close(writer)
    reading.join()
    os.close(reader)
    assert received.decode() == whole


def test_streams_of_others_are_left_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    notebook = io.StringIO()
    monkeypatch.setattr(sys, "stdout", notebook)
    with lasting_streams() as incomplete:
        assert sys.stdout is notebook
        assert incomplete() is None
