"""Versions against what is accepted and what was tested."""

from pathlib import Path

import pytest
from packaging.specifiers import SpecifierSet

from spreadtune.runtime.doctor.versions import (
    NEWEST_TESTED,
    accepted_versions,
    check_pair,
    check_version,
    check_versions,
)

ROOT = Path(__file__).parents[3]


@pytest.mark.parametrize(
    ("found", "status"),
    [
        (None, "problem"),
        ("2.8.1", "problem"),
        ("2.9.0", "ok"),
        ("2.9.0+cpu", "ok"),
        ("2.14.9", "ok"),
        ("2.15.0", "warning"),
        ("2.15.0a0+git1", "warning"),
        ("3.0", "warning"),
    ],
)
def test_a_version(found, status):
    check = check_version("torch", found, SpecifierSet(">=2.9"), "2.14")
    assert check.status == status
    assert (check.fix == "") == (status == "ok")
    if status == "problem":
        assert check.fix == "pip install 'torch>=2.9'"


def test_torchvision_for_another_torch():
    wanted = SpecifierSet("==2.14.1")
    assert list(check_pair("2.14.1+cpu", "0.29.1", wanted)) == []
    [check] = check_pair("2.13.0", "0.29.1", wanted)
    assert check.status == "problem"
    assert list(check_pair("2.13.0", "0.29.1", None)) == []


def test_this_environment_has_what_is_accepted():
    assert accepted_versions()["torch"] == SpecifierSet(">=2.9")
    assert [check.name for check in check_versions() if check.status == "problem"] == []


def test_the_table_is_what_the_constraints_pin():
    pins = dict(line.split("==") for line in (ROOT / "constraints.txt").read_text().splitlines() if "==" in line)
    for name in ("torch", "torchvision", "ray", "optuna"):
        assert pins[name].startswith(f"{NEWEST_TESTED[name]}."), name
    assert f"Python 3.11 or {NEWEST_TESTED['python']}" in (ROOT / "constraints.txt").read_text()
