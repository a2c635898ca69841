"""Trials of several workers in a running study: stopped, killed, failing. Two workers share the machine's cores."""

import json

import psutil
import pytest

import spreadtune
from spreadtune.run_folder import RunFolder, write_atomic
from spreadtune.runtime.cluster.connection import connect
from spreadtune.runtime.cluster.resources import plan_slots
from spreadtune.runtime.driver import fill_slots
from spreadtune.runtime.monitor import SilentMonitor
from spreadtune.runtime.tune.stop_request import StopRequest
from spreadtune.runtime.worker.actor import train_in_group
from spreadtune.search.ledger import Ledger
from spreadtune.spec.load import dump_study, load_study
from spreadtune.trial.replay import replay
from tests.aftermath import assert_nothing_left
from tests.workplace import Workplace, wait_for

pytestmark = pytest.mark.slow

TWO = {"workers": 2, "gpus_per_worker": 0, "retries": 1}
GROUP_NORM = {"name": "convnet", "width": 8, "embedding_dim": 16, "norm": "group"}


def test_two_workers_find_what_one_process_replays(workplace: Workplace) -> None:
    one_setting = {"search.seeds": 1, "search.space": {"objective.alpha": {"grid": [0.5]}}}
    workplace.write("two", {"model.encoder": GROUP_NORM, "data.batch_size": 63, "resources": TWO, **one_setting})
    code, output = workplace.run("run", "two", "--no-dashboard")
    assert code == 0, output
    assert "seed 0): raw pixels\n" in output, "a group tells the phases of its reference"
    assert "each with 2 workers of 1 CPU and no GPU" in output
    run = workplace.newest("two")
    manifest = json.loads(run.manifest_file.read_text())
    assert manifest["slots"]["workers"] == 2
    assert manifest["batch_norm"] == "each worker's own images"
    assert run.trial(0).environment()["workers"] == 2
    assert sorted(path.name for path in run.trial(0).attempts()[0].path.glob("log*")) == ["log", "log-worker-1"]
    comparison = replay(run.trial(0))
    assert not comparison.exact
    assert comparison.recorded.keys() == comparison.replayed.keys()
    for name, recorded in comparison.recorded.items():
        # An accuracy may move by an image or two on what differs in the last bits.
        tolerance = 0.02 if "accuracy" in name else 2e-3
        assert comparison.replayed[name] == pytest.approx(recorded, rel=tolerance, abs=tolerance), name


def test_five_stopped_in_a_row_give_everything_back(workplace: Workplace) -> None:
    """A first trial with spread classes, then five that collapse, which counts as worse here: all are asked to stop."""
    import ray
    from ray.util import placement_group_table

    workplace.write(
        "stops",
        {
            "resources": TWO,
            "training.epochs": 40,
            "search": {
                "early_stopping": {"name": "median", "startup_trials": 1, "min_epochs": 10},
                "optimize": {"spread": "maximize"},
                "space": {"objective.alpha": {"grid": [1, 0, 0.1, 0.2, 0.3, 0.4]}},
            },
        },
    )
    study = load_study(workplace.folder / "studies" / "stops.yaml")
    run = RunFolder.create(workplace.folder / "results", "stops")
    write_atomic(run.study_file, dump_study(study))
    with connect(dashboard=False, cpus=2, gpus=0) as cluster:
        ledger = Ledger.open(study, run, references=False)
        slots = plan_slots(study.resources, cluster.nodes)
        fill_slots(ledger, run, slots, SilentMonitor(), train_in_group, StopRequest())
        ledger.close()
        wait_for(lambda: ray.available_resources().get("CPU") == 2, 30)
        assert {group["state"] for group in placement_group_table().values()} == {"REMOVED"}
    outcomes = [run.trial(number).outcome() for number in run.trials()]
    assert [outcome.state for outcome in outcomes] == ["COMPLETE"] + ["PRUNED"] * 5
    assert all(outcome.epoch < 40 for outcome in outcomes[1:])
    assert not list(run.path.glob("trials/*/stop"))


def test_a_lost_worker_costs_its_group_an_attempt_and_a_fault_of_one_the_trial(
    workplace: Workplace,
) -> None:
    faulty = {"set": {"objective": {"name": "runtime_parts:FaultyOnOne"}}}
    once = str(workplace.folder / "hoarded")
    fat = {"set": {"objective": {"name": "runtime_parts:Hoarding", "once": once}, "training.epochs": 3}}
    workplace.write(
        "faults",
        {
            "data.augmentation": {"name": "runtime_parts:slowly", "seconds": 0.05},
            "model.encoder": GROUP_NORM,
            "training.epochs": 15,
            "search": {"variants": {"killed": {"set": {"objective.alpha": 0.5}}, "faulty": faulty, "fat": fat}},
            "resources": {**TWO, "memory_per_worker": "1.5GiB"},
        },
    )
    process = workplace.start("run", "faults", "--no-dashboard")
    run = workplace.begun("faults")
    attempt = run.trial(0).path / "attempt-1"
    wait_for(lambda: (attempt / "checkpoint-0003.pt").exists(), 120)
    psutil.Process(json.loads((attempt / "worker.json").read_text())["pid"]).kill()
    output, _ = process.communicate(timeout=300)
    assert process.returncode == 1, output
    trials = spreadtune.load_results(run.path).trials.set_index("variant")
    assert trials.loc["killed", "state"] == "COMPLETE", output
    history = run.trial(0).history()
    assert [line["epoch"] for line in history] == list(range(1, 16))
    assert {line["attempt"] for line in history} == {1, 2}, "the second attempt went on where the first stood"
    assert trials.loc["faulty", "reason"] == "RuntimeError: the second worker is on fire"
    assert len(run.trial(1).attempts()) == 1, "a fault is not tried again"
    assert trials.loc["fat", "state"] == "COMPLETE"
    first, second = run.trial(2).attempts()
    assert first.lost()["reason"] == "memory"
    assert second.history()[-1]["epoch"] == 3
    assert "(fat: seed 0): memory: " in output
    assert_nothing_left(workplace, run)
