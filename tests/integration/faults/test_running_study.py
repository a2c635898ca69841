"""Things that go wrong in a running study, done for real."""

import json
import os
import re
import signal
import time

import psutil
import pytest

import spreadtune
from spreadtune.run_folder import RunFolder
from tests.aftermath import assert_nothing_left, pairs, processes_in
from tests.workplace import Workplace, wait_for

pytestmark = pytest.mark.slow

SLOWLY = {"name": "runtime_parts:slowly", "seconds": 0.05}


def published(run: RunFolder) -> list[int]:
    return [number for number in run.trials() if run.trial(number).outcome()]


def test_killed_and_resumed_exactly_what_is_missing_runs(workplace: Workplace) -> None:
    changes = {"search.space": {"objective.alpha": {"grid": [0, 0.5, 0.6, 1]}}, "training.epochs": 6}
    workplace.write("killed", changes)
    process = workplace.start("run", "killed", "--no-dashboard")
    run = workplace.begun("killed")
    before = wait_for(lambda: len(published(run)) >= 3 and published(run), 120)
    os.kill(process.pid, signal.SIGKILL)
    process.communicate()
    before = published(run)
    written = {number: run.trial(number).result_file.stat().st_mtime_ns for number in before}

    code, output = workplace.run("run", "killed")
    assert code == 2
    assert "spreadtune run killed --resume" in output
    assert "--fresh" in output

    code, output = workplace.run("run", "killed", "--no-dashboard", "--resume")
    assert code == 0, output
    assert set(pairs(run).values()) == {1}
    assert len(pairs(run)) == 8
    assert {number: run.trial(number).result_file.stat().st_mtime_ns for number in before} == written
    assert len(run.trials()) == 8, "a resume takes trials up under their own numbers"
    assert run.report_file.exists()
    assert [attempt["reason"] for attempt in json.loads(run.manifest_file.read_text())["attempts"]] == [
        None,
        "finished",
    ]

    assert_nothing_left(workplace, run)

    untouched = Workplace(workplace.folder / "untouched")
    untouched.folder.mkdir()
    untouched.write("killed", changes)
    code, output = untouched.run("run", "killed", "--no-dashboard")
    assert code == 0, output
    keys = ["setting", "seed"]
    metrics = ["metric.transfer_accuracy", "metric.spread", "metric.train_spread", "metric.uniformity"]
    both = [
        spreadtune.load_results(which.path).trials.set_index(keys).sort_index()[metrics]
        for which in (run, untouched.newest("killed"))
    ]
    assert both[0].equals(both[1]), "a resumed study finds the very numbers of an uninterrupted one"


def test_a_killed_worker_is_taken_up_from_its_checkpoint(workplace: Workplace) -> None:
    workplace.write("worker", {"data.augmentation": SLOWLY, "training.epochs": 15, "search.seeds": 1})
    process = workplace.start("run", "worker", "--no-dashboard")
    run = workplace.begun("worker")
    attempt = run.trial(0).path / "attempt-1"
    wait_for(lambda: (attempt / "checkpoint-0003.pt").exists(), 120)
    worker = psutil.Process(json.loads((attempt / "worker.json").read_text())["pid"])
    assert worker.pid != process.pid
    worker.kill()
    output, _ = process.communicate(timeout=240)
    assert process.returncode == 0, output
    assert "raylet" not in output, "what Ray prints of a killed worker is for the log"
    assert "raylet" in run.log_file.read_text()
    history = run.trial(0).history()
    assert [line["epoch"] for line in history] == list(range(1, 16))
    assert {line["attempt"] for line in history} == {1, 2}, "the second attempt went on where the first stood"
    assert pairs(run) == {("main", 0, 0): 1, ("main", 1, 0): 1}
    assert_nothing_left(workplace, run)


def test_a_stop_with_a_slow_clean_up_costs_no_trial(workplace: Workplace) -> None:
    note = workplace.folder / "note"
    workplace.write(
        "slow_stop",
        {
            "objective": {"name": "runtime_parts:SlowToEnd", "seconds": 5, "note": str(note)},
            "search": {
                "sampler": "random",
                "trials": 6,
                "early_stopping": {"name": "median", "startup_trials": 1, "min_epochs": 1},
                "space": {"training.learning_rate": {"log_uniform": [1.0e-6, 1.0e-2]}},
            },
            "resources.max_concurrent_trials": 1,
        },
    )
    code, output = workplace.run("run", "slow_stop", "--no-dashboard")
    assert code == 0, output
    trials = spreadtune.load_results(workplace.newest("slow_stop").path).trials
    assert set(trials["state"]) == {"COMPLETE", "PRUNED"}
    assert len(trials) == 6
    stopped = trials[trials["state"] == "PRUNED"]
    assert stopped["reason"].str.contains("stopped early").all()
    assert (stopped["epoch"] < 4).all()
    assert note.read_text().count("cleaned up") >= len(stopped)


def test_a_diverging_trial_is_pruned_and_a_failing_one_fails_and_the_study_goes_on(workplace: Workplace) -> None:
    fire = workplace.folder / "fire"
    fire.touch()
    workplace.write(
        "faults",
        {
            "search.space": {"training.learning_rate": {"grid": [1.0e-3, 1.0e-2]}},
            "search.seeds": 1,
            "search.variants": {
                "sound": {},
                "exploding": {"set": {"objective": {"name": "runtime_parts:Exploding"}}},
                "faulty": {"set": {"objective": {"name": "runtime_parts:Faulty", "until_gone": str(fire)}}},
            },
        },
    )
    code, output = workplace.run("run", "faults", "--no-dashboard")
    assert code == 1, output
    assert "Traceback" not in output
    run = workplace.newest("faults")
    trials = spreadtune.load_results(run.path).trials.set_index(["variant", "setting"]).sort_index()
    assert list(trials.loc["sound", "state"]) == ["COMPLETE"] * 2
    assert list(trials.loc["exploding", "state"]) == ["PRUNED"] * 2
    assert trials.loc["exploding", "reason"].str.fullmatch(r"diverged: loss is (inf|nan) in epoch 1").all()
    assert list(trials.loc["faulty", "state"]) == ["FAIL"] * 2
    assert list(trials.loc["faulty", "reason"]) == ["RuntimeError: the disk is on fire"] * 2
    failed = run.trial(int(trials.loc[("faulty", 0), "trial"]))
    assert "Traceback" in failed.attempts()[-1].log_file.read_text()

    # Numbers and folders of the variants are apart: every trial's folder holds what its row says.
    assert sorted(trials["trial"]) == list(range(6))
    for row in trials.reset_index().itertuples():
        spec = (run.trial(row.trial).spec_file).read_text()
        assert {"sound": "name: spread", "exploding": "Exploding", "faulty": "Faulty"}[row.variant] in spec

    fire.unlink()
    code, output = workplace.run("run", "faults", "--no-dashboard", "--resume")
    assert code == 0, output
    again = spreadtune.load_results(run.path).trials
    retried = again[again["retry_of"].notna()]
    assert list(retried["state"]) == ["COMPLETE"] * 2
    assert set(retried["retry_of"]) == set(trials.loc["faulty", "trial"])
    assert len(again) == 8


def interrupted(workplace: Workplace, name: str, times: int) -> tuple[RunFolder, str]:
    """A run in the middle of its first trials that gets Ctrl-C so often; its folder and what it printed."""
    workplace.write(name, {"data.augmentation": SLOWLY, "training.epochs": 40, "search.seeds": 1})
    process = workplace.start("run", name, "--no-dashboard", session=True)
    run = workplace.begun(name)
    wait_for(lambda: run.trial(0).checkpoints() and run.trial(1).checkpoints(), 120)
    for _ in range(times):
        os.killpg(process.pid, signal.SIGINT)  # a terminal tells the whole group of processes
        time.sleep(0.2)
    output, _ = process.communicate(timeout=60)
    assert process.returncode == 130, output
    assert "Traceback" not in output
    assert json.loads(run.manifest_file.read_text())["attempts"][-1]["reason"] == "interrupted"
    return run, output


def resumed(workplace: Workplace, run: RunFolder, output: str) -> None:
    """The command that was printed, typed: each trial is finished once, from where it was left."""
    command = re.search(r"spreadtune (run .*--resume .*)", output)
    assert command, output
    code, output = workplace.run(*command[1].split())
    assert code == 0, output
    assert pairs(run) == {("main", 0, 0): 1, ("main", 1, 0): 1}
    for number in (0, 1):
        assert [line["epoch"] for line in run.trial(number).history()] == list(range(1, 41))


def test_control_c_lets_epochs_end_and_leaves_a_run_to_resume(workplace: Workplace) -> None:
    run, output = interrupted(workplace, "stopped", times=1)
    assert "stopping   after the epoch of each trial in training; once more stops at once" in output
    for number in (0, 1):
        attempt = run.trial(number).attempts()[0]
        reached = attempt.history()[-1]["epoch"]
        assert re.search(rf"^left       trial {number} \(.*\) after epoch \d+$", output, re.MULTILINE)
        assert attempt.checkpoint_file(reached).exists(), "nothing of what was trained is lost"
        assert attempt.log_file.read_text().rstrip().endswith("ended: asked to stop")
        assert not run.trial(number).stop_file.exists()
    resumed(workplace, run, output)
    for number in (0, 1):
        first, second = (attempt.history() for attempt in run.trial(number).attempts())
        assert second[0]["epoch"] == first[-1]["epoch"] + 1, "no epoch is trained twice"


def test_sigterm_to_the_whole_group_is_as_one_to_the_driver(workplace: Workplace) -> None:
    """As cluster schedulers and ``timeout`` send it."""
    workplace.write("group", {"data.augmentation": SLOWLY, "training.epochs": 60, "search.seeds": 1})
    process = workplace.start("run", "group", "--no-dashboard", session=True)
    run = workplace.begun("group")
    wait_for(lambda: all(run.trial(number).checkpoints() for number in (0, 1)), 120)
    os.killpg(process.pid, signal.SIGTERM)
    output, _ = process.communicate(timeout=60)
    assert process.returncode == 130, output
    assert len(re.findall(r"^left       trial ", output, re.MULTILINE)) == 2
    assert f"--resume {run.label}" in output
    assert_nothing_left(workplace, run)


def test_sigterm_while_ray_starts_leaves_nothing(workplace: Workplace) -> None:
    """Ray has an answer of its own to it, and its core another one."""
    workplace.write("early", {"search.seeds": 1})
    process = workplace.start("run", "early", "--no-dashboard", session=True)
    assert process.stdout
    for line in process.stdout:
        if line.startswith("starting   Ray"):
            break
    wait_for(lambda: any("gcs_server" in each.name() for each in psutil.Process(process.pid).children()), 60)
    process.terminate()
    output, _ = process.communicate(timeout=60)
    assert process.returncode == 130, output
    assert output.strip().splitlines()[-1] == "stopped"
    assert not list((workplace.folder / "results").glob("*/*"))
    wait_for(lambda: not processes_in(workplace), 30)


def test_control_c_twice_stops_at_once(workplace: Workplace) -> None:
    slowly = {"name": "runtime_parts:slowly", "seconds": 3}  # an epoch takes nine seconds
    workplace.write("at_once", {"data.augmentation": slowly, "training.epochs": 40, "search.seeds": 1})
    process = workplace.start("run", "at_once", "--no-dashboard", session=True)
    run = workplace.begun("at_once")
    wait_for(lambda: run.trial(0).checkpoints(), 120)
    began = time.monotonic()
    for _ in range(2):
        os.killpg(process.pid, signal.SIGINT)
        time.sleep(0.2)
    output, _ = process.communicate(timeout=60)
    assert process.returncode == 130, output
    assert "Traceback" not in output
    assert re.search(r"spreadtune run at_once .*--resume", output)
    assert len(run.trial(0).history()) <= 2, f"it waited for an epoch, {time.monotonic() - began:.0f} s"


def test_a_second_process_on_the_same_run_is_refused(workplace: Workplace) -> None:
    workplace.write("held", {"data.augmentation": SLOWLY, "training.epochs": 40, "search.seeds": 1})
    process = workplace.start("run", "held", "--no-dashboard")
    run = workplace.begun("held")
    wait_for((run.path / ".lock-holder").exists, 60)
    code, output = workplace.run("run", "held", "--resume", "--no-dashboard")
    process.terminate()
    process.communicate(timeout=60)
    assert code == 2
    assert f"process {process.pid}" in output
    assert "Traceback" not in output


def test_a_dead_control_service_is_told_and_the_run_can_be_resumed(workplace: Workplace) -> None:
    changes = {"data.augmentation": SLOWLY, "training.epochs": 500, "search.seeds": 1}
    workplace.write("headless", changes)
    process = workplace.start("run", "headless", "--no-dashboard")
    run = workplace.begun("headless")
    attempt = run.trial(0).path / "attempt-1"
    wait_for(lambda: (attempt / "checkpoint-0001.pt").exists(), 120)
    ours = psutil.Process(process.pid).children(recursive=True)
    [control] = [each for each in ours if each.name() == "gcs_server"]
    control.kill()
    output, _ = process.communicate(timeout=120)
    assert process.returncode == 1, output
    told = output[output.index("broke off: ") :].splitlines()
    assert told[0] == "broke off: Ray's control service (GCS) has ended in the middle of the run"
    assert told[2].endswith(f"run headless --no-dashboard --resume {run.label}")
    assert "Traceback" not in output
    assert not run.is_held()
    wait_for(lambda: not processes_in(workplace), 30)
    code, output = workplace.run("runs", "headless")
    assert code == 0
    assert "interrupted" in output
    assert f"--resume {run.label}" in output
