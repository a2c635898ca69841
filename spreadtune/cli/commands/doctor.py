"""``spreadtune doctor``: can a study run here, and if not, why."""

from pathlib import Path

import click

from spreadtune.cli.commands.options import data_root_option, results_option
from spreadtune.cli.streams import say

COLORS = {"ok": "green", "warning": "yellow", "problem": "red"}
INDENT = " " * len("problem  ")


@click.command("doctor")
@results_option
@data_root_option
@click.option("--no-smoke", is_flag=True, help="Leave the smoke study out, which takes most of the time.")
def doctor_command(results: Path, data_root: Path | None, no_smoke: bool) -> int:
    """Check whether studies can run here, and say what is in their way.

    Versions, devices, data sets, folders, what Ray needs, and at last a smoke study of two trials in a folder that is
    thrown away. Nothing is changed. Exit code 0: no problem (warnings do not count), 1: some.

    \b
    Example:
      spreadtune doctor --no-smoke
    """
    from spreadtune.data.root import use_data_root
    from spreadtune.runtime.doctor.examination import examination

    if data_root:
        use_data_root(data_root)
    counts = {"warning": 0, "problem": 0, "ok": 0}
    for check in examination(results, smoke_study=not no_smoke):
        counts[check.status] += 1
        mark = click.style(f"{check.status:7}", fg=COLORS[check.status])
        say(f"{mark}  {check.name:12}  {check.text}")
        if check.fix:
            say(f"{INDENT}{'':12}  -> {check.fix}")
    say(f"\n{_count(counts['problem'], 'problem')}, {_count(counts['warning'], 'warning')}")
    return 1 if counts["problem"] else 0


def _count(number: int, thing: str) -> str:
    return f"{number} {thing}" if number == 1 else f"{number or 'no'} {thing}s"
