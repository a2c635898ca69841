"""Who gets which GPU, on declared ones: Ray hands out what it is told there is, and nothing here computes on them."""

import json
import os
import time
from collections import Counter
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from spreadtune.errors import UserError
from spreadtune.run_folder import Outcome, RunFolder, TrialFolder, write_atomic, write_json
from spreadtune.runtime.cluster.connection import Cluster, connect
from spreadtune.runtime.cluster.resources import Slots, plan_slots
from spreadtune.runtime.driver import fill_slots
from spreadtune.runtime.monitor import SilentMonitor
from spreadtune.runtime.tune.stop_request import StopRequest
from spreadtune.search.ledger import Ledger
from spreadtune.spec.load import dump_study, load_study
from spreadtune.spec.training import ResourcesConfig
from tests.workplace import Workplace

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def cluster() -> Any:
    with connect(dashboard=False, cpus=8, gpus=4) as connected:
        yield connected


def note_what_is_seen(job: Mapping[str, Any], together: int) -> None:
    """In the place of training: writes down which GPUs this process sees, when, and which device it would take.

    The first ones wait for each other, however slowly processes start: ``together`` are to run at once.
    """
    seen = os.environ.get("CUDA_VISIBLE_DEVICES", "")
    folder = TrialFolder(Path(job["folder"]))
    attempt = folder.new_attempt()
    start = time.time()
    while len(list(folder.path.parent.glob("*/attempt-1"))) < together and time.time() < start + 120:
        time.sleep(0.05)
    time.sleep(0.2)
    device = "cuda:0" if job["gpus"] > 0 else "cpu"
    write_json(attempt.path / "seen.json", {"gpus": seen, "device": device, "start": start, "end": time.time()})
    Outcome("COMPLETE", epoch=1, metrics={"transfer_accuracy": 0.5}).write(attempt.result_file)


def seen_by_trials(workplace: Workplace, cluster: Cluster, resources: dict[str, Any]) -> tuple[Slots, list[Any]]:
    """Eight trials on the cluster: what was planned, and what each process saw."""
    grid = {"objective.alpha": {"grid": [0, 0.5, 0.6, 1]}}
    workplace.write("declared", {"search.space": grid, "resources": resources})
    study = load_study(workplace.folder / "studies" / "declared.yaml")
    run = RunFolder.create(workplace.folder / "results", "declared")
    write_atomic(run.study_file, dump_study(study))
    slots = plan_slots(study.resources, cluster.nodes)
    ledger = Ledger.open(study, run, references=False)

    def note(job: Mapping[str, Any]) -> None:
        note_what_is_seen(job, slots.count)

    try:
        fill_slots(ledger, run, slots, SilentMonitor(), note, StopRequest())
    finally:
        ledger.close()
    trials = [run.trial(number) for number in run.trials()]
    assert len(trials) == 8
    return slots, [json.loads((trial.path / "attempt-1" / "seen.json").read_text()) for trial in trials]


def most_at_once(seen: list[Any]) -> int:
    return max(sum(other["start"] <= one["start"] < other["end"] for other in seen) for one in seen)


def test_each_trial_has_a_gpu_of_its_own_and_all_are_used(workplace: Workplace, cluster: Cluster) -> None:
    slots, seen = seen_by_trials(workplace, cluster, {})
    assert (slots.gpus, slots.count) == (1, 4)
    assert Counter(one["gpus"] for one in seen).keys() == {"0", "1", "2", "3"}
    assert most_at_once(seen) == 4, "the slots fill"
    for one in seen:
        for other in seen:
            if one is not other and one["gpus"] == other["gpus"]:
                assert one["end"] <= other["start"] or other["end"] <= one["start"]


def test_two_trials_share_a_gpu(workplace: Workplace, cluster: Cluster) -> None:
    slots, seen = seen_by_trials(workplace, cluster, {"gpus_per_worker": 0.5})
    assert slots.count == 8
    assert most_at_once(seen) == 8
    assert Counter(one["gpus"] for one in seen) == {"0": 2, "1": 2, "2": 2, "3": 2}


def test_two_gpus_for_a_trial(workplace: Workplace, cluster: Cluster) -> None:
    slots, seen = seen_by_trials(workplace, cluster, {"gpus_per_worker": 2})
    assert slots.count == 2
    assert most_at_once(seen) == 2
    assert {frozenset(one["gpus"].split(",")) for one in seen} <= {
        frozenset(pair) for pair in ("01", "23", "02", "13", "03", "12")
    }


def test_trials_that_want_the_cpu_get_no_gpu(workplace: Workplace, cluster: Cluster) -> None:
    slots, seen = seen_by_trials(workplace, cluster, {"gpus_per_worker": 0})
    assert slots.count == 8
    assert {one["device"] for one in seen} == {"cpu"}


def test_what_can_never_fit_is_refused(cluster: Cluster) -> None:
    with pytest.raises(UserError, match="a worker asks for 5 GPUs and the largest node has 4"):
        plan_slots(ResourcesConfig(gpus_per_worker=5), cluster.nodes)
    with pytest.raises(UserError, match="asks for 5 workers of 1 CPUs with 1 GPUs, and 4 fit: 8 CPUs with 4 GPUs"):
        plan_slots(ResourcesConfig(workers=5), cluster.nodes)
