"""What has to be true after whatever went wrong: each setting finished once, and nothing of ours left."""

from collections import Counter

import psutil

import spreadtune
from spreadtune.run_folder import RunFolder
from tests.workplace import Workplace, wait_for


def pairs(run: RunFolder) -> Counter[tuple[str, int, int]]:
    """How often each (variant, setting, seed) has a finished trial."""
    trials = spreadtune.load_results(run.path).trials
    finished = trials[trials["state"].isin(["COMPLETE", "PRUNED"])]
    return Counter(zip(finished["variant"], finished["setting"], finished["seed"], strict=True))


def assert_nothing_left(workplace: Workplace, run: RunFolder) -> None:
    """No lock, no temporary file and, some seconds after the driver, no process that it started."""
    assert not run.is_held()
    names = {path.name for path in run.path.rglob("*")}
    assert not {".lock-holder", ".processes.json", ".tune", "stop"} & names
    assert not [name for name in names if name.endswith(".tmp")]
    wait_for(lambda: not processes_in(workplace), 30)


def processes_in(workplace: Workplace) -> list[str]:
    """Drivers, Ray's daemons and workers: they all work where the command was started."""
    there = (process.info for process in psutil.process_iter(["pid", "cwd", "name", "status"]))
    return [
        f"{facts['pid']} {facts['name']}"
        for facts in there
        if facts["cwd"] == str(workplace.folder) and facts["status"] != psutil.STATUS_ZOMBIE
    ]
