"""``schema`` as typed: the schema, printed or in a file; what is in the way is a mistake with its fix."""

import json
from pathlib import Path

import pytest

from spreadtune.cli.main import main
from spreadtune.spec.json_schema import study_schema
from tests.cli.test_mistakes import told


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def schema(capsys: pytest.CaptureFixture[str], *options: str) -> str:
    with pytest.raises(SystemExit) as ended:
        main(["schema", *options])
    assert ended.value.code == 0
    return capsys.readouterr().out


def test_what_is_printed_and_what_is_written_is_the_schema(capsys: pytest.CaptureFixture[str], folder: Path) -> None:
    assert json.loads(schema(capsys)) == study_schema()
    file = folder / "studies" / "study.schema.json"
    file.parent.mkdir()
    assert schema(capsys, "--output", "studies/study.schema.json") == "schema  studies/study.schema.json\n"
    assert json.loads(file.read_text()) == study_schema()


def test_a_place_where_nothing_can_be_written_is_a_mistake(capsys: pytest.CaptureFixture[str], folder: Path) -> None:
    (folder / "file").touch()
    message = told(capsys, "schema", "--output", "file/study.schema.json")
    assert message.startswith("--output file/study.schema.json: ")
    assert message.endswith("; name another file")
