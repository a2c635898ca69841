"""``spreadtune replay``: one trial again, in this process, and its numbers compared."""

from pathlib import Path

import click

from spreadtune.cli.commands.numbers import WholeNumber
from spreadtune.cli.commands.options import data_root_option, results_option
from spreadtune.cli.streams import say


@click.command("replay")
@click.argument("run", metavar="RUN")
@click.argument("trial", type=WholeNumber(), metavar="TRIAL")
@results_option
@data_root_option
def replay_command(run: str, trial: int, results: Path, data_root: Path | None) -> int:
    """Run one trial again and compare its numbers.

    TRIAL of RUN (a run folder, NAME for its newest run, or NAME/ID) runs with its recorded seed and threads, without
    Ray. On the same kind of device and the same torch the numbers have to be equal bit for bit, elsewhere within 0.001.
    Exit code 0: equal, 1: not, 2: there is no such trial.

    \b
    Example:
      spreadtune replay digits_alpha_sweep 7
    """
    from spreadtune.cli.live.epoch_bar import epoch_bar
    from spreadtune.data.root import use_data_root
    from spreadtune.errors import UserError
    from spreadtune.run_folder import find_run

    found = find_run(run, results)
    folder = found.trial(trial)
    if not folder.spec_file.exists():
        numbers = found.trials()
        there = f"it has trials {numbers[0]} to {numbers[-1]}" if numbers else "it has no trials yet"
        raise UserError(f"{found.label} has no trial {trial}; {there}")

    from spreadtune.trial.replay import TOLERANCE, replay

    if data_root:
        use_data_root(data_root)
    say(f"replaying trial {trial} of {found.label}")
    with epoch_bar("epochs") as on_epoch:
        comparison = replay(folder, on_epoch)
    differing = comparison.differing()
    for name, recorded in sorted(comparison.recorded.items()):
        mark = "differs" if name in differing else "equal"
        say(f"{name:28} {_number(recorded):>22} {_number(comparison.replayed.get(name)):>22}  {mark}")
    how = (
        "bit for bit"
        if comparison.exact
        else f"within {TOLERANCE} (another device, torch or worker count than recorded)"
    )
    verdict = f"{len(differing)} of {len(comparison.recorded)} numbers differ" if differing else "all numbers are equal"
    say(f"{verdict}, compared {how}, after epoch {comparison.epoch}")
    return 1 if differing else 0


def _number(value: float | None) -> str:
    return "-" if value is None else repr(value)
