"""``spreadtune VERB`` and ``python -m spreadtune.study``: what is typed, and what a mistake looks like."""

import os
import sys
from collections.abc import Callable, Sequence

import click

from spreadtune.cli.commands.clean import clean_command
from spreadtune.cli.commands.compare import compare_command
from spreadtune.cli.commands.doctor import doctor_command
from spreadtune.cli.commands.export import export_command
from spreadtune.cli.commands.extend import extend_command
from spreadtune.cli.commands.replay import replay_command
from spreadtune.cli.commands.report import report_command
from spreadtune.cli.commands.run import run_command
from spreadtune.cli.commands.runs import runs_command
from spreadtune.cli.commands.schema import schema_command
from spreadtune.cli.commands.simulate import simulate_command
from spreadtune.cli.signals import INTERRUPTED, ended_as_interrupted
from spreadtune.cli.streams import lasting_streams, say
from spreadtune.errors import FaultError, UserError
from spreadtune.version import __version__

FAULT = 1
MISTAKE = 2


@click.group(context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(__version__, prog_name="spreadtune")
def cli() -> None:
    """Studies of how far supervised contrastive learning should spread a class.

    Exit codes: 0 done; 1 a trial or a reference failed, something was in the way (a full disk, Ray, a
    database that is away), a replay's numbers differ, or the doctor found a problem; 2 a mistake in what was asked;
    130 stopped.
    """


cli.add_command(run_command)
cli.add_command(extend_command)
cli.add_command(runs_command)
cli.add_command(report_command)
cli.add_command(compare_command)
cli.add_command(export_command)
cli.add_command(replay_command)
cli.add_command(clean_command)
cli.add_command(schema_command)
cli.add_command(doctor_command)
cli.add_command(simulate_command)


def main(arguments: Sequence[str] | None = None) -> None:
    """The ``spreadtune`` command."""
    sys.exit(_guarded(lambda: cli.main(arguments, prog_name="spreadtune", standalone_mode=False)))


def run_study_main(arguments: Sequence[str] | None = None) -> None:
    """``python -m spreadtune.study``, the same as ``spreadtune run``."""
    program = "python -m spreadtune.study"
    sys.exit(_guarded(lambda: run_command.main(arguments, prog_name=program, standalone_mode=False)))


def _guarded(command: Callable[[], int | None]) -> int:
    """The exit code of a command, whatever becomes of its console."""
    if os.getcwd() not in sys.path:
        sys.path.insert(0, os.getcwd())  # a study's own parts are found as ``python -m`` would find them
    with lasting_streams() as incomplete, ended_as_interrupted():
        code = _exit_code(command)
        if not code and (reason := incomplete()):
            say(f"error: standard output could not be written ({reason}); what was printed is incomplete", err=True)
            return FAULT
        return code


def _exit_code(command: Callable[[], int | None]) -> int:
    """A mistake, or what is in the command's way, is told in one message without a traceback."""
    try:
        return command() or 0
    except UserError as mistake:
        say(f"error: {mistake}", err=True)
        return MISTAKE
    except FaultError as fault:
        say(f"error: {fault}", err=True)
        return FAULT
    except click.exceptions.NoArgsIsHelpError as asked:
        say(asked.format_message())
        return MISTAKE
    except click.ClickException as mistake:
        hint = (
            f" (see {mistake.ctx.command_path} --help)" if isinstance(mistake, click.UsageError) and mistake.ctx else ""
        )
        say(f"error: {mistake.format_message()}{hint}", err=True)
        return MISTAKE
    except (KeyboardInterrupt, click.Abort):
        return INTERRUPTED
