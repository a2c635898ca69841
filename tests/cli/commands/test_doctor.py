"""What the doctor prints, and its exit code."""

import pytest

from spreadtune.cli.main import main
from spreadtune.runtime.doctor.check import Check

OK = Check("ports", "ok", "can be opened")
WARNING = Check("memory", "warning", "little", "end what else runs")
PROBLEM = Check("torch", "problem", "2.0", "pip install 'torch>=2.9'")


@pytest.mark.parametrize(
    ("checks", "code", "last"),
    [
        ([OK], 0, "no problems, no warnings"),
        ([OK, WARNING], 0, "no problems, 1 warning"),
        ([PROBLEM, OK, WARNING, WARNING], 1, "1 problem, 2 warnings"),
    ],
)
def test_a_line_for_each_check(checks, code, last, capsys, monkeypatch):
    asked = {}

    def examination(results, *, smoke_study):
        asked["smoke"] = smoke_study
        yield from checks

    monkeypatch.setattr("spreadtune.runtime.doctor.examination.examination", examination)
    with pytest.raises(SystemExit) as exit_of:
        main(["doctor", "--no-smoke"])
    lines = capsys.readouterr().out.splitlines()
    assert exit_of.value.code == code
    assert lines[-1] == last
    assert asked == {"smoke": False}
    assert "ok       ports         can be opened" in lines
    if PROBLEM in checks:
        assert lines[:2] == [
            "problem  torch         2.0",
            "                       -> pip install 'torch>=2.9'",
        ]
