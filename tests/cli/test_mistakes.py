"""A mistake of the user's: exit code 2, one clear message, no traceback, and nothing heavy imported to say so."""

import shutil
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest

from spreadtune.cli.main import main, run_study_main
from tests.data.data_roots import write_folder, write_hierarchy
from tests.workplace import Workplace


@pytest.fixture
def workplace(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Workplace:
    monkeypatch.chdir(tmp_path)
    return Workplace(tmp_path)


def told(capsys: pytest.CaptureFixture[str], *arguments: str) -> str:
    """What ``spreadtune ARGUMENTS`` says of the mistake in them; fails when it takes them."""
    with pytest.raises(SystemExit) as exit_of:
        main(arguments)
    captured = capsys.readouterr()
    assert exit_of.value.code == 2
    assert captured.out == ""
    assert "Traceback" not in captured.err
    assert captured.err.startswith("error: ")
    return captured.err.removeprefix("error: ").rstrip("\n")


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        (
            {"objective.temprature": 0.5},
            "studies/x.yaml: objective.temprature: unknown key, did you mean objective.temperature?",
        ),
        ({"training.epochs": "many"}, "studies/x.yaml: training.epochs: "),
        ({"objective.temperature": 0}, "studies/x.yaml: objective.temperature: 0 is not above 0"),
        ({"objective.alpha": 1.2, "search.space": {}}, "studies/x.yaml: objective.alpha: 1.2 is above 1"),
        (
            {"search.space": {"objective.alpha": {"grid": []}}},
            "studies/x.yaml: search.space.objective.alpha.grid: ",
        ),
        (
            {
                "search.sampler": "random",
                "search.trials": 3,
                "search.space": {"objective.temperature": {"uniform": [1, 0.1]}},
            },
            "studies/x.yaml: search.space.objective.temperature.uniform: ",
        ),
        (
            {"search.sampler": "tpe", "search.trials": 3},
            "studies/x.yaml: search.space.objective.alpha: sampler tpe takes no grid; write {choice: [...]} instead",
        ),
        ({"data.dataset": "digit"}, "studies/x.yaml: data.dataset: unknown data set 'digit'"),
        ({"data.batch_size": 100000}, "data.batch_size"),
        ({"resources.cpus_per_worker": 0}, "studies/x.yaml: resources.cpus_per_worker: "),
    ],
)
def test_mistakes_in_the_study_file(
    workplace: Workplace, capsys: pytest.CaptureFixture[str], changes: Mapping[str, Any], message: str
) -> None:
    workplace.write("x", changes)
    text = told(capsys, "run", "x")
    assert text.startswith(message) or (not message.startswith("studies") and message in text), text
    assert len(text.splitlines()) == 1
    assert not (workplace.folder / "results").exists(), "nothing was begun"


PHOTOS = {"data.dataset": {"name": "image_folder", "root": "photos"}, "data.batch_size": 16, "data.train_size": None}


@pytest.mark.parametrize(
    ("spoil", "message"),
    [
        (
            lambda photos: None,
            "search.optimize: transfer_accuracy needs subclasses, and every class of image_folder is ",
        ),
        (lambda photos: shutil.rmtree(photos), "data.dataset.root: no folder 'photos' (looked for "),
        (lambda photos: shutil.rmtree(photos / "train"), "has no folder train; put images into "),
        (
            lambda photos: shutil.rmtree(photos / "train" / "cat"),
            "has only one class, 'dog'; a study needs",
        ),
        (lambda photos: (photos / "train" / "cow").mkdir(), "no image that Pillow reads below "),
        (
            lambda photos: (photos / "train" / "cat" / "003.png").write_bytes(b"x"),
            "1 image cannot be read",
        ),
        (
            lambda photos: write_folder(photos, {"cow": 3}),
            "1 of 3 classes would be absent from a part and never measured: cow (3 training, 0 validation, 0 test); ",
        ),
        (lambda photos: (photos / "val").mkdir(), "has no subclass folders; put images into "),
        (lambda photos: (photos / "hierarchy.csv").write_text("fine,coarse"), "it has to be subclass,class"),
        (lambda photos: write_hierarchy(photos, {"cat": "pet"}), "hierarchy.csv: no class for dog; add a line"),
        (lambda photos: write_folder(photos, {"cow": 1}, size=(9, 9)), "data.size: images differ in size ("),
    ],
)
def test_mistakes_in_a_folder_of_images(
    workplace: Workplace,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    spoil: Callable[[Path], object],
    message: str,
) -> None:
    monkeypatch.setenv("SPREADTUNE_DATA", "")
    spoil(write_folder(workplace.folder / "photos", {"cat": 20, "dog": 20}))
    workplace.write("x", PHOTOS)
    text = told(capsys, "run", "x")
    assert message in text
    assert len(text.splitlines()) == 1
    assert not (workplace.folder / "results").exists(), "nothing was begun"


def test_a_data_set_that_is_nowhere(
    workplace: Workplace, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def no_network(*arguments: object, **values: object) -> None:
        raise OSError("no network in a test")

    monkeypatch.setattr("urllib.request.urlopen", no_network)
    monkeypatch.setenv("SPREADTUNE_DATA", "elsewhere")  # which the option replaces, and the test gives back
    monkeypatch.setenv("XDG_CACHE_HOME", str(workplace.folder / "home"))
    workplace.write("x", {"data.dataset": "fashion_mnist"})
    text = told(capsys, "run", "x", "--data-root", "pictures")
    place = workplace.folder / "pictures"
    assert text.startswith(
        f"data.dataset: fashion_mnist is not in {place} or {workplace.folder / 'home' / 'spreadtune'}"
    )
    assert "(no network in a test)" in text
    assert len(text.splitlines()) == 1


def test_broken_yaml(workplace: Workplace, capsys: pytest.CaptureFixture[str]) -> None:
    workplace.write("x", {})
    file = workplace.folder / "studies" / "x.yaml"
    file.write_text(file.read_text() + "objective: [\n")
    assert told(capsys, "run", "x").startswith("studies/x.yaml: line ")


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("run",), "name a study, or use --list to see what there is (see spreadtune run --help)"),
        (("run", "digits_alpha_swep"), "no study 'digits_alpha_swep', did you mean digits_alpha_sweep?"),
        (("run", "absent.yaml"), "absent.yaml: no such file"),
        (("run", "digits_alpha_sweep", "--profile", "smal"), "smal"),
        (("run", "digits_alpha_sweep", "--set", "training.epoch=3"), "did you mean training.epochs?"),
        (("run", "digits_alpha_sweep", "--set", "objective.alpha=0.3"), "search.space.objective.alpha"),
        (("run", "digits_alpha_sweep", "--seeds", "0"), "'--seeds'"),
        (("run", "digits_alpha_sweep", "--trials", "5"), "search.trials"),
        (("run", "digits_alpha_sweep", "--resume", "--fresh"), "use one of them"),
        (("run", "digits_alpha_sweep", "--resume"), "there is no run of digits_alpha_sweep in results to resume"),
        (("run", "digits_alpha_sweep", "--storage", "nonsense"), "--storage"),
        (
            ("run", "digits_alpha_sweep", "--address", "127.0.0.1:1"),
            "--address 127.0.0.1:1: no Ray cluster answers there",
        ),
        (("run", "digits_alpha_sweep", "--address", "there"), "--address there: expected local, auto or HOST:PORT"),
        (
            ("report", "nothing"),
            "no run 'nothing' in results, where there are no runs; go to",
        ),
        (
            ("replay", "nothing", "1"),
            "no run 'nothing' in results, where there are no runs; go to",
        ),
        (("replay", "nothing", "one"), "'one' is not a whole number"),
        (("reprot", "x"), "No such command 'reprot'"),
    ],
)
def test_mistakes_on_the_command_line(
    workplace: Workplace, capsys: pytest.CaptureFixture[str], arguments: tuple[str, ...], message: str
) -> None:
    assert message in told(capsys, *arguments)
    assert not (workplace.folder / "results").exists(), "nothing was begun"


def test_both_ways_to_run_a_study_list_the_same(capsys: pytest.CaptureFixture[str]) -> None:
    listed = []
    for command, arguments in ((main, ["run", "--list"]), (run_study_main, ["--list"])):
        with pytest.raises(SystemExit) as exit_of:
            command(arguments)
        assert exit_of.value.code == 0
        listed.append(capsys.readouterr().out)
    assert listed[0] == listed[1]
    assert "digits_alpha_sweep" in listed[0]


def test_a_schema_replaces_a_schema_only(workplace: Workplace, capsys: pytest.CaptureFixture[str]) -> None:
    other = workplace.folder / "mine.py"
    other.write_text("print()")
    assert told(capsys, "schema", "--output", "mine.py").startswith("--output mine.py: is there and is no schema")
    assert other.read_text() == "print()"
    for _ in range(2):
        with pytest.raises(SystemExit) as exit_of:
            main(["schema", "--output", "study.schema.json"])
        assert exit_of.value.code == 0
        capsys.readouterr()
