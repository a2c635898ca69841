"""Trials that take more than they may, in running studies: memory, time, and a machine that runs out of memory."""

import re
from typing import Any

import pytest
from ray.air.execution._internal.actor_manager import RayActorManager
from ray.exceptions import OutOfMemoryError, RayActorError

import spreadtune
from spreadtune.run_folder import RunFolder, write_atomic
from spreadtune.runtime.cluster.connection import connect
from spreadtune.runtime.cluster.resources import plan_slots
from spreadtune.runtime.driver import fill_slots
from spreadtune.runtime.monitor import SilentMonitor
from spreadtune.runtime.tune.stop_request import StopRequest
from spreadtune.runtime.worker.actor import train_in_actor
from spreadtune.runtime.worker.out_of_memory import spare_other_trials
from spreadtune.search.ledger import Ledger
from spreadtune.spec.load import dump_study, load_study
from tests.aftermath import assert_nothing_left, pairs
from tests.workplace import Workplace, wait_for

pytestmark = pytest.mark.slow


def test_trials_above_their_memory_or_their_time(workplace: Workplace) -> None:
    once = workplace.folder / "hoarded"

    def hoarding(**arguments: Any) -> dict[str, Any]:
        return {"set": {"objective": {"name": "runtime_parts:Hoarding", **arguments}}}

    workplace.write(
        "limits",
        {
            "resources": {"memory_per_worker": "1.5GiB", "retries": 0},
            "search": {
                "space": {"training.learning_rate": {"grid": [1.0e-3]}},
                "variants": {
                    "sound": {},
                    "fat": hoarding(),
                    "once": hoarding(once=str(once)),
                    "long": {"set": {"training.time_limit": 0.001}},
                },
            },
        },
    )
    code, output = workplace.run("run", "limits", "--no-dashboard")
    assert code == 1, output
    assert "up to 1.5 GiB" in output
    told = r"warning    trial \d+ \(fat: .*\): memory: \d\S* GiB used, 1.5 GiB allowed .*; taken up again"
    assert re.search(told, output), output
    run = workplace.newest("limits")
    trials = spreadtune.load_results(run.path).trials.set_index("variant")
    assert trials["state"].to_dict() == {"sound": "COMPLETE", "fat": "FAIL", "once": "COMPLETE", "long": "PRUNED"}
    assert re.fullmatch(
        r"memory: \S+ GiB used, 1.5 GiB allowed \(resources.memory_per_worker\), twice", trials.loc["fat", "reason"]
    )
    attempts = {name: len(run.trial(int(trials.loc[name, "trial"])).attempts()) for name in trials.index}
    assert attempts == {"sound": 1, "fat": 2, "once": 2, "long": 1}
    for name, epochs in (("fat", [1, 2]), ("once", [1, 2, 3, 4])):
        history = run.trial(int(trials.loc[name, "trial"])).history()
        assert [line["epoch"] for line in history] == epochs
        assert [line["attempt"] for line in history] == [1, *[2] * (len(epochs) - 1)], "from its last checkpoint"
    assert trials.loc["long", "reason"] == "time limit of 0.001 s after epoch 1 of 4"
    code, output = workplace.run("replay", "limits", str(trials.loc["long", "trial"]))
    assert code == 0, output
    assert "all numbers are equal" in output
    assert pairs(run) == {("sound", 0, 0): 1, ("once", 0, 0): 1, ("long", 0, 0): 1}
    assert_nothing_left(workplace, run)


def test_a_worker_that_ray_ends_for_memory_costs_no_other_trial(
    workplace: Workplace, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It kills itself, and Ray's error for that is replaced by the one of Ray's memory monitor."""
    import ray

    spare_other_trials()
    handle = RayActorManager._actor_task_failed

    def as_out_of_memory(manager: Any, *, tracked_actor_task: Any, exception: Exception) -> None:
        told = OutOfMemoryError("it is full") if isinstance(exception, RayActorError) else exception
        handle(manager, tracked_actor_task=tracked_actor_task, exception=told)

    monkeypatch.setattr(RayActorManager, "_actor_task_failed", as_out_of_memory)
    dying = {"name": "tests.runtime_parts:Dying", "once": str(workplace.folder / "died")}
    slowly = {"name": "tests.runtime_parts:slowly", "seconds": 0.1}
    workplace.write(
        "full",
        {
            "data.augmentation": slowly,
            "resources.retries": 0,
            "search.seeds": 1,
            "search.space": {"training.learning_rate": {"grid": [1.0e-3]}},
            "search.variants": {"sound": {}, "dying": {"set": {"objective": dying}}},
        },
    )
    study = load_study(workplace.folder / "studies" / "full.yaml")
    run = RunFolder.create(workplace.folder / "results", "full")
    write_atomic(run.study_file, dump_study(study))
    with connect(dashboard=False, cpus=2, gpus=0) as cluster:
        ledger = Ledger.open(study, run, references=False)
        slots = plan_slots(study.resources, cluster.nodes)
        fill_slots(ledger, run, slots, SilentMonitor(), train_in_actor, StopRequest())
        ledger.close()
        wait_for(lambda: ray.available_resources().get("CPU") == 2, 30)
    assert [run.trial(number).outcome().state for number in (0, 1)] == ["COMPLETE"] * 2
    assert [len(run.trial(number).attempts()) for number in (0, 1)] == [1, 2]
    assert [line["attempt"] for line in run.trial(1).history()] == [1, 2, 2, 2]
    assert_nothing_left(workplace, run)
