"""What ``--plan`` prints, word for word, for a machine and a pace that the test makes up."""

import io
from pathlib import Path
from typing import Any

import pytest
from rich.console import Console

from spreadtune.cli.commands import plan as module
from spreadtune.cli.main import main, run_study_main
from spreadtune.run_folder import RunFolder, write_atomic
from spreadtune.runtime.before_start import outlook
from spreadtune.runtime.cluster.resources import Node, Slots
from spreadtune.spec.load import dump_study, load_study
from spreadtune.spec.trial import TrialSpec
from spreadtune.trial.shape import Pace
from tests.workplace import Workplace


def made_up(spec: TrialSpec, slots: Slots) -> Pace:
    """Smaller batches are slower."""
    epoch = 640 / spec.data.batch_size
    return Pace(epoch=epoch, evaluation=1.5, end=20, checkpoint=0.25, checkpoint_bytes=2_500_000)


@pytest.fixture
def workplace(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Workplace:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(module, "measure_here", made_up)
    monkeypatch.setattr(module, "load", lambda: 0.1)
    monkeypatch.setattr(outlook, "this_machine", lambda config: Node(2, 0, 8 * 2**30))
    return Workplace(tmp_path)


def printed(capsys: pytest.CaptureFixture[str], *arguments: str) -> list[str]:
    with pytest.raises(SystemExit) as exit_of:
        main(["run", *arguments, "--plan"])
    captured = capsys.readouterr()
    assert (exit_of.value.code, captured.err) == (0, "")
    return captured.out.splitlines()


def files(workplace: Workplace) -> list[Path]:
    return sorted(path for path in workplace.folder.rglob("*") if path.is_file())


IMAGES = [
    "images     training 200: below five 101, five and above 99; 10 subclasses of 19 (8) to 21 (3)",
    "images     validation 362: below five 182, five and above 180; 10 subclasses of 35 (8) to 37 (1)",
    "images     test 357: below five 178, five and above 179; 10 subclasses of 35 (0) to 36 (1)",
]
NOTES = [
    "note       seconds were measured on this machine, one trial alone; side by side trials may slow one another down",
    "note       not counted: starting Ray and its workers, reading the data, the floors' probes (raw pixels, untrained"
    " encoder)",
]


def test_a_grid(workplace: Workplace, capsys: pytest.CaptureFixture[str]) -> None:
    workplace.write("x", {})
    before = files(workplace)
    assert printed(capsys, "x", "--price-per-gpu-hour", "3") == [
        "study      x: Small enough for a test.",
        *IMAGES,
        "variant    main: 2 settings x 2 seeds, 4 trials",
        "alpha      temperature 0.5, 31.7 to 32.3 images of a class in a batch: classes collapse up to 0.423 "
        "(the last of them up to 0.429), class means vanish from 0.702; 1 setting below, 1 inside, 0 above",
        "to run     4 trials and 2 references (floors and ceiling), 24 epochs in all",
        "slots      2 side by side, each with 1 CPU and no GPU",
        "",
        "seconds of  trials  an epoch  an evaluation  final probes  a checkpoint",
        "a trial          6        10            1.5            20          0.25",
        "",
        # 4 * 10 + 4 * 1.5 + 4 * 0.25 + 20 = 67 seconds each
        "time       3:21 with these slots, 6:42 one trial after another",
        "CPU-hours  0.11",
        "GPU-hours  0.00",
        "price      0.00",
        "disk       15.0 MB of checkpoints",
        *NOTES,
    ]
    assert files(workplace) == before
    assert not (workplace.folder / "results").exists()


def test_a_confirmation_counts(workplace: Workplace, capsys: pytest.CaptureFixture[str]) -> None:
    workplace.write("x", {})
    lines = printed(capsys, "x", "--confirm", "3")
    assert (
        "to run     4 trials, 3 references (floors and ceiling) and 6 trials of confirmation on the test split, "
        "52 epochs in all"
    ) in lines, "of the best setting and of the best SupCon"
    assert "a trial         13        10            1.5            20          0.25" in lines


def test_counts_and_values_of_the_command_are_planned(workplace: Workplace, capsys: pytest.CaptureFixture[str]) -> None:
    workplace.write("x", {"profiles": {"more": {"search.space.objective.alpha": {"grid": [0, 0.5, 1]}}}})
    lines = printed(capsys, "x", "--profile", "more", "--set", "training.epochs=3", "--seeds", "5")
    assert "variant    main: 3 settings x 5 seeds, 15 trials" in lines
    assert "to run     15 trials and 5 references (floors and ceiling), 60 epochs in all" in lines


def test_a_search_of_several_shapes_that_stops_early(workplace: Workplace, capsys: pytest.CaptureFixture[str]) -> None:
    search = {
        "sampler": "tpe",
        "trials": 2,
        "space": {"data.batch_size": {"choice": [32, 64]}, "objective.alpha": {"uniform": [0.2, 0.9]}},
        "early_stopping": "median",
    }
    workplace.write("x", {"search": search, "resources": {"cpus_per_worker": 2}})
    lines = printed(capsys, "x", "--trials", "3")
    assert lines[1:] == [
        *IMAGES,
        "variant    main: 3 trials, each with a setting that is drawn",
        "alpha      temperature 0.5, 15.8 to 16.2 images of a class in a batch: classes collapse up to 0.310 "
        "(the last of them up to 0.316), class means vanish from 0.734; alpha is drawn from 0.200 to 0.900",
        "alpha      temperature 0.5, 31.7 to 32.3 images of a class in a batch: classes collapse up to 0.423 "
        "(the last of them up to 0.429), class means vanish from 0.702; alpha is drawn from 0.200 to 0.900",
        "to run     3 trials and 1 reference (floors and ceiling), 16 epochs in all",
        "slots      1 side by side, each with 2 CPU and no GPU",
        "",
        "seconds of          trials  an epoch  an evaluation  final probes  a checkpoint",
        "data.batch_size 32       1        20            1.5            20          0.25",
        "data.batch_size 64       3        10            1.5            20          0.25",
        "",
        "time       5:08 with these slots, 5:08 one trial after another",
        "CPU-hours  0.17",
        "GPU-hours  0.00",
        "disk       10.0 MB of checkpoints",
        "note       an upper bound: median stops trials early, and here all run to their last epoch",
        "note       kinds of trials in the proportions of uniform draws; tpe may prefer some",
        *NOTES,
    ]


def test_images_are_told_class_by_class_and_data_set_by_data_set(
    workplace: Workplace, capsys: pytest.CaptureFixture[str]
) -> None:
    unequal = {"name": "tests.own_parts:shades", "per_class": [210, 105], "subclasses": 3}
    workplace.write("x", {"data.dataset": unequal, "data.batch_size": 30, "data.train_size": None})
    lines = printed(capsys, "x", "--set", "search.variants={all: {}, few: {set: {data.train_size: 60}}}")
    assert [line for line in lines if line.startswith("images")] == [
        "images     training 189: class 0 126, class 1 63; 6 subclasses of 21 (subclass 3) to 42 (subclass 0)",
        "images     training 60: class 0 39, class 1 21; 6 subclasses of 7 (subclass 3) to 13 (subclass 0)",
        "images     validation 63: class 0 42, class 1 21; 6 subclasses of 7 (subclass 3) to 14 (subclass 0)",
        "images     test 63: class 0 42, class 1 21; 6 subclasses of 7 (subclass 3) to 14 (subclass 0)",
    ]
    assert "temperature 0.5, 10 to 20 images of a class in a batch" in lines[6]


def test_images_of_several_data_sets_are_told_apart(workplace: Workplace, capsys: pytest.CaptureFixture[str]) -> None:
    workplace.write("x", {})
    own = "{name: 'tests.own_parts:shades', per_class: [200, 200], subclasses: 3}"
    lines = printed(capsys, "x", "--set", f"search.variants={{digits: {{}}, own: {{set: {{data.dataset: {own}}}}}}}")
    starts = [line.split(":")[0] for line in lines if line.startswith("images     ") and "training" in line]
    assert starts == ["images     digits, training 200", "images     tests.own_parts"]


def test_a_balanced_batch_has_as_many_of_each_class(workplace: Workplace, capsys: pytest.CaptureFixture[str]) -> None:
    workplace.write("x", {"data.batches": "balanced"})
    assert "temperature 0.5, 32 images of each class in a batch" in "\n".join(printed(capsys, "x"))


def test_a_terminal_gets_the_same_numbers_in_tables(workplace: Workplace, monkeypatch: pytest.MonkeyPatch) -> None:
    workplace.write("x", {})
    output = io.StringIO()
    terminal = Console(file=output, width=100, force_terminal=True, highlight=False, legacy_windows=False)
    monkeypatch.setattr(module, "Console", lambda **options: terminal)
    with pytest.raises(SystemExit):
        main(["run", "x", "--plan"])
    for told in ("4 trials and 2 references", "an epoch", "3:21 with these slots", "15.0 MB"):
        assert told in output.getvalue()


def test_a_busy_machine_is_said_to_be(
    workplace: Workplace, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    workplace.write("x", {})
    monkeypatch.setattr(module, "load", lambda: 1.5)
    assert (
        "note       this machine was busy before that, with 1.5 processes for each CPU, so they may be much too long"
        in printed(capsys, "x")
    )


def test_no_database_is_made_where_one_is_named(workplace: Workplace, capsys: pytest.CaptureFixture[str]) -> None:
    workplace.write("x", {})
    before = files(workplace)
    printed(capsys, "x", "--storage", "sqlite:///elsewhere.db")
    assert files(workplace) == before


def test_what_can_never_fit_is_refused(workplace: Workplace, capsys: pytest.CaptureFixture[str]) -> None:
    workplace.write("x", {"resources": {"cpus_per_worker": 3}})
    with pytest.raises(SystemExit) as exit_of:
        run_study_main(["x", "--plan"])
    captured = capsys.readouterr()
    assert exit_of.value.code == 2
    assert captured.out == ""
    assert captured.err.startswith("error: resources.cpus_per_worker: a worker asks for 3 CPUs and the largest node")


def test_limits_of_memory_and_time_are_in_the_plan(workplace: Workplace, capsys: pytest.CaptureFixture[str]) -> None:
    workplace.write("x", {"resources": {"memory_per_worker": "1.5GiB"}, "training.time_limit": "1h"})
    lines = printed(capsys, "x")
    assert "slots      2 side by side, each with 1 CPU and no GPU, up to 1.5 GiB" in lines
    note = "note       an upper bound: training.time_limit ends trials early, and here all run to their last epoch"
    assert note in lines
    with pytest.raises(SystemExit) as exit_of:
        run_study_main(["x", "--plan", "--set", "resources.memory_per_worker=64TiB"])
    assert exit_of.value.code == 2
    assert capsys.readouterr().err.startswith(
        "error: resources.memory_per_worker: a worker asks for 64 TiB and the largest node has 8 GiB"
    )


def test_a_price_is_for_a_plan(workplace: Workplace, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as exit_of:
        main(["run", "x", "--price-per-gpu-hour", "3"])
    assert exit_of.value.code == 2
    assert "--price-per-gpu-hour is for --plan" in capsys.readouterr().err


def test_a_resume_plans_what_its_run_lacks_and_leaves_it_as_it_is(
    workplace: Workplace, capsys: pytest.CaptureFixture[str]
) -> None:
    workplace.write("x", {})
    study: Any = load_study(workplace.folder / "studies" / "x.yaml")
    run = RunFolder.create(workplace.folder / "results", "x")
    write_atomic(run.study_file, dump_study(study.with_counts(seeds=3)))
    before = {path: path.stat().st_mtime_ns for path in files(workplace)}
    lines = printed(capsys, "x", "--resume")
    assert lines[1:6] == [
        f"run        {run.label}, of which only what is missing is counted",
        *IMAGES,
        "variant    main: 2 settings x 3 seeds, 6 trials, 6 of them still to run",
    ]
    assert {path: path.stat().st_mtime_ns for path in files(workplace)} == before
