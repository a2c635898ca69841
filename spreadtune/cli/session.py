"""A run as the command line sees it: what is printed before, during and after."""

import logging
import os
import shlex
import sys
import threading
from contextlib import AbstractContextManager
from dataclasses import dataclass
from functools import partial
from logging.handlers import BufferingHandler
from pathlib import Path
from types import FrameType

from rich.console import Console

from spreadtune.api import execute
from spreadtune.cli.live.captured import captured
from spreadtune.cli.live.decoding import decoding_shown
from spreadtune.cli.live.terminal import Terminal, TerminalHandler
from spreadtune.cli.program import command_line, run_words
from spreadtune.cli.signals import INTERRUPTED, answered, ended_in_time
from spreadtune.data.root import use_data_root
from spreadtune.errors import FaultError, UserError
from spreadtune.run_folder import RunFolder, UnwritableError
from spreadtune.run_folder.unwritable import READ_ONLY
from spreadtune.runtime.before_start.preflight import preflight
from spreadtune.runtime.before_start.which_run import Chosen, extending_run, new_run, resumed_run
from spreadtune.runtime.cluster.processes import end_children
from spreadtune.runtime.log import LogFile
from spreadtune.runtime.tune.stop_request import StopRequest
from spreadtune.spec.load import load_study
from spreadtune.spec.study import Study

DONE, FAILED = 0, 1


@dataclass(frozen=True)
class Request:
    """What ``spreadtune run`` was asked for; see its ``--help``."""

    study: str
    overrides: tuple[str, ...]
    profile: str | None
    trials: int | None
    seeds: int | None
    confirm: int | None
    resuming: bool
    resume: str | None
    fresh: bool
    results: Path
    storage: str | None
    data_root: Path | None
    address: str
    dashboard: bool
    verbose: bool
    extends: str | None = None
    name: str | None = None

    def resume_command(self, run: RunFolder | None = None) -> str:
        """What to type to go on: it repeats what makes the study this study."""
        words = [*run_words(), self.study]
        words += ["--profile", self.profile] if self.profile else []
        words += [word for override in self.overrides for word in ("--set", override)]
        words += ["--results", str(self.results)] if self.results != Path("results") else []
        words += ["--data-root", str(self.data_root)] if self.data_root else []
        words += ["--address", self.address] if self.address != "local" else []
        words += [] if self.dashboard else ["--no-dashboard"]
        words += ["--resume", run.label] if run else ["--resume"]
        return shlex.join(words) + (" --storage URL" if self.storage else "")


def run_to_report(request: Request) -> int:
    """Run a study, print its answer and where its report is; the exit code."""
    stop = StopRequest()
    early = _log_early()
    chosen = _choose(request)
    console = Console(file=sys.stdout, highlight=False)  # this very stream, whatever stands in its place later
    live = sys.stdout.isatty() and not console.is_dumb_terminal  # FORCE_COLOR makes no terminal of a pipe
    with chosen.run.gone_unless_begun(), Terminal(chosen.study, chosen.run.label, console, live=live) as terminal:
        for line in _opening(chosen):
            terminal.say(line)
        try:
            _log_to(chosen.run.log_file, terminal, early, verbose=request.verbose)
            end = partial(_end_interrupted, chosen.run, request, terminal)
            with stopping_in_order(stop, terminal), ended_in_time(lambda: stop.heeded_now, end), captured():
                results = execute(
                    chosen,
                    storage=request.storage,
                    address=request.address,
                    dashboard=request.dashboard,
                    monitor=terminal,
                    command=command_line(),
                    stop=stop,
                    on_lost=lambda error: _end_at_once(error, chosen.run, request, terminal),
                )
        except KeyboardInterrupt:
            _say_stopped(chosen.run, request, terminal)
            raise
        except UserError:
            raise
        except Exception as error:  # a full disk, Ray, the program; what was finished is in the run's folder
            if not chosen.run.study_file.exists():
                raise
            logging.getLogger(__name__).info("the run broke down", exc_info=error)
            for line in _breakdown(error, chosen.run, request):
                terminal.say(line, whole=True)
            return FAILED
    console.print()
    console.print(results.answer(), markup=False, soft_wrap=True)
    console.print(f"\nreport  {chosen.run.report_file}", markup=False, soft_wrap=True)
    if results.failures:
        console.print(
            f"{results.failures} failed (the reasons are in the report); try them again with\n"
            f"  {request.resume_command(chosen.run)}",
            markup=False,
            soft_wrap=True,
        )
        return FAILED
    return DONE


def _say_stopped(run: RunFolder, request: Request, terminal: Terminal) -> None:
    terminal.cut_off()
    way_on = f"; go on with\n  {request.resume_command(run)}" if run.study_file.exists() else ""
    terminal.say(f"stopped{way_on}", whole=True)


def _end_interrupted(run: RunFolder, request: Request, terminal: Terminal) -> None:
    """End this process, whose main thread does not come to it; the books are in order, as they are at any moment."""
    end_children()
    with run.gone_unless_begun():
        told = threading.Thread(target=_say_stopped, args=(run, request, terminal), daemon=True)
        told.start()
        told.join(2)  # the main thread may be in the middle of a line that nobody takes
    os._exit(INTERRUPTED)


def _end_at_once(error: FaultError, run: RunFolder, request: Request, terminal: Terminal) -> None:
    """Say why and how to go on, and end this process, whose main thread hangs."""
    for line in _breakdown(error, run, request):
        terminal.say(line)
    os._exit(FAILED)


def _breakdown(error: Exception, run: RunFolder, request: Request) -> list[str]:
    """What to say of an end that nobody asked for, and how to go on."""
    return [*_cause_and_fix(error, run), f"  {request.resume_command(run)}"]


def _cause_and_fix(error: Exception, run: RunFolder) -> tuple[str, str]:
    """Two lines, the second of which ends before the command that goes on."""
    if isinstance(error, UnwritableError):
        folder = run.path if error.folder.is_relative_to(run.path) else error.folder
        fix = "make it writable" if error.reason == READ_ONLY else "make room"
        told = f"broke off: {folder} cannot be written: {error.reason}"
        return told, f"what was finished is kept; {fix}, then go on with"
    if isinstance(error, FaultError):
        return f"broke off: {error}", f"what was finished is kept, the log is {run.log_file}; go on with"
    cause = error.__cause__ or error
    reason = (str(cause).splitlines() or [""])[0].strip()
    return (
        f"broke down: {type(cause).__name__}: {reason}" if reason else f"broke down: {type(cause).__name__}",
        f"what was finished is kept, the traceback is in {run.log_file}; go on with",
    )


def stopping_in_order(stop: StopRequest, terminal: Terminal) -> AbstractContextManager[None]:
    """The first signal asks trials in training to end after their epoch, the second ends everything."""

    def answer(signum: int, frame: FrameType | None) -> None:
        if stop.made or not stop.make():
            raise KeyboardInterrupt
        terminal.say("stopping   after the epoch of each trial in training; once more stops at once")

    return answered(answer)


def checked_study(request: Request, *, make_tables: bool = True) -> Study:
    """The study that was asked for, after everything that can be checked before a start."""
    study = load_study(
        request.study,
        profile=request.profile,
        overrides=request.overrides,
        seeds=request.seeds,
        trials=request.trials,
        name=request.name,
        confirm=request.confirm,
    )
    if request.data_root:
        use_data_root(request.data_root)
    console = Console(file=sys.stdout)
    with decoding_shown(console), captured():
        preflight(study, storage=request.storage, address=request.address, make_tables=make_tables)
    return study


def _choose(request: Request) -> Chosen:
    study = checked_study(request, make_tables=not request.resuming)
    if request.extends:
        return extending_run(study, request.results, request.extends)
    if request.resuming:
        return resumed(study, request)
    return new_run(
        study,
        request.results,
        fresh=request.fresh,
        resume_command=request.resume_command(),
        storage=request.storage,
    )


def resumed(study: Study, request: Request) -> Chosen:
    """The run that a request goes on with, and what is asked of it now."""
    return resumed_run(
        study,
        request.results,
        request.resume,
        seeds=request.seeds,
        trials=request.trials,
        confirm=request.confirm,
    )


def _opening(chosen: Chosen) -> list[str]:
    study, run = chosen.study, chosen.run
    asked = " ".join(study.description.split())
    return [
        f"study      {study.name}{': ' if asked else ''}{asked}",
        f"run        {run.label}{_relation(chosen)}",
        f"folder     {run.path}",
    ]


def _relation(chosen: Chosen) -> str:
    if chosen.extends:
        return f" (begins with the trials of {chosen.extends.label})"
    return " (taken up again)" if chosen.resumed else ""


def _log_early() -> BufferingHandler:
    """Keep what is said before there is a run to have a log."""
    early = BufferingHandler(sys.maxsize)
    logging.basicConfig(level=logging.INFO, handlers=[early], force=True)
    logging.captureWarnings(True)
    return early


def _log_to(path: Path, terminal: Terminal, early: BufferingHandler, *, verbose: bool) -> None:
    """The run's log gets everything, the terminal our warnings, or all of it where that was asked for."""
    file, shown = LogFile(path), TerminalHandler(terminal)
    if verbose:
        shown.setFormatter(file.formatter)
    else:
        shown.setFormatter(_Brief())
        shown.setLevel(logging.WARNING)
        shown.addFilter(logging.Filter("spreadtune"))
    said = [*early.buffer]
    logging.basicConfig(level=logging.INFO, handlers=[file, shown], force=True)
    for record in said:
        logging.getLogger().handle(record)


class _Brief(logging.Formatter):
    """A warning on the console; the traceback, where it has one, is in the run's log."""

    def format(self, record: logging.LogRecord) -> str:
        return f"warning    {record.getMessage()}"
