"""How long a study takes to start, beside a bare script; and how long a slot stands idle between two trials.

    python benchmarks/startup.py [--repeats 3]

Start: from the command to the end of the first epoch of its first trial, against a script that does nothing but
``ray.init`` and start one actor, the driver and the actor importing what ours import. Both run in turn, so that a busy
machine slows both; quote the ratio. Gap: from a trial's result to the end of the next one's first epoch in the same
process, an upper bound on the time to its first optimizer step.
"""

import json
import statistics
import subprocess
import sys
import tempfile
import time
from argparse import ArgumentParser
from itertools import pairwise
from pathlib import Path

import psutil

from spreadtune.run_folder import RunFolder, TrialFolder, runs

BARE = """
import time
started = time.time()
import spreadtune.cli.session, spreadtune.runtime.driver, spreadtune.runtime.tune.adapters
from spreadtune.runtime.cluster.environment import prepare_environment
prepare_environment()
import ray
ray.init(address="local", include_dashboard={dashboard}, log_to_driver=False)

@ray.remote(num_cpus=1)
class Actor:
    def arrive(self):
        from ray.train.torch import TorchTrainer
        import torch._dynamo
        import sklearn.datasets
        import spreadtune.trial.references, spreadtune.trial.run
        return time.time()

print("ARRIVED", ray.get(Actor.remote().arrive.remote()) - started)
"""


def main() -> None:
    parser = ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--repeats", type=int, default=3)
    parser.add_argument("--no-dashboard", action="store_true", help="both without Ray's dashboard")
    arguments = parser.parse_args()
    ratios, gaps = [], []
    print(f"load before: {_load()}; {psutil.cpu_count()} CPUs; every figure in seconds")
    print(f"{'repeat':>6} {'bare':>7} {'study':>7} {'ratio':>6}  load")
    for repeat in range(arguments.repeats):
        bare = start_bare(dashboard=not arguments.no_dashboard)
        ours, of_run = start_study(dashboard=not arguments.no_dashboard)
        ratios.append(ours / bare)
        gaps += of_run
        print(f"{repeat:6} {bare:7.2f} {ours:7.2f} {ours / bare:6.2f}  {_load()}", flush=True)
    print(f"start, study / bare: median {statistics.median(ratios):.2f} of {len(ratios)}")
    quarter, median, three_quarters = statistics.quantiles(gaps, n=4)
    print(f"gap between trials: median {median:.2f}, quartiles {quarter:.2f} to {three_quarters:.2f}, n = {len(gaps)}")


def start_bare(*, dashboard: bool) -> float:
    """Seconds from the bare script's start until its actor has imported everything."""
    began = time.time()
    script = BARE.format(dashboard=dashboard).replace("started = time.time()", f"started = {began}")
    output = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True).stdout
    return float(output.split("ARRIVED")[1])


def start_study(*, dashboard: bool) -> tuple[float, list[float]]:
    """Seconds from the command to the end of the first epoch, and the gaps between its trials."""
    with tempfile.TemporaryDirectory() as folder:
        began = time.time()
        command = [sys.executable, "-m", "spreadtune.study", "digits_alpha_sweep", "--set", "training.epochs=5"]
        command += [] if dashboard else ["--no-dashboard"]
        subprocess.run([*command, "--results", folder], capture_output=True, check=True)
        [run] = runs(Path(folder))
        trials = [run.trial(number) for number in run.trials()]
        return min(first_epoch_end(trial) for trial in trials) - began, idle_times(run)


def idle_times(run: RunFolder) -> list[float]:
    """For each two trials that follow each other in one process: result of the first to first epoch of the second."""
    folders = [*map(run.trial, run.trials()), *run.every_reference()]
    slots: dict[int, list[TrialFolder]] = {}
    for folder in sorted(folders, key=first_epoch_end):
        worker = json.loads(folder.attempts()[0].worker_file.read_text())
        slots.setdefault(worker["pid"], []).append(folder)
    return [
        first_epoch_end(later) - earlier.attempts()[-1].result_file.stat().st_mtime
        for slot in slots.values()
        for earlier, later in pairwise(slot)
    ]


def first_epoch_end(folder: TrialFolder) -> float:
    return float(folder.history()[0]["time"])


def _load() -> str:
    return json.dumps([round(load, 1) for load in psutil.getloadavg()])


if __name__ == "__main__":
    main()
