"""How a run came about, in words."""

import pytest

from spreadtune.analysis.provenance import changes, lines, readable

DIGEST = "c29bd59fec55b8bfc2afe732a7b3caaace5b827e89ffcb2fd5acafd29d63f6c7"


def test_a_manifest_is_made_readable() -> None:
    shown = readable(
        {
            "format": 1,
            "hash": DIGEST,
            "command": ["spreadtune", "my study", "--seeds", "5"],
            "git": {"commit": DIGEST[:40], "dirty": True},
            "versions": {"python": "3.11.7", "torch": "2.14.1"},
            "attempts": [
                {"start": "10:49", "end": "10:53", "reason": "interrupted"},
                {"start": "11:00", "end": None, "reason": None},
            ],
            "data": {"digits": DIGEST},
        }
    )
    assert shown == {
        "format": 1,
        "hash": "c29bd59fec55",
        "command": "spreadtune 'my study' --seeds 5",
        "git": "c29bd59fec55 with uncommitted changes",
        "versions": "python 3.11.7, torch 2.14.1",
        "attempts": {"1": "10:49 to 10:53: interrupted", "2": "11:00 to now: running"},
        "data": {"digits": "c29bd59fec55"},
    }


def test_what_a_manifest_lacks_stays_away() -> None:
    assert readable({}) == {}
    assert readable({"git": None}) == {"git": None}


@pytest.mark.parametrize(
    ("command", "line"),
    [
        (["spreadtune", "sweep", "--seeds", "5"], ""),
        (["spreadtune", "sweep", "--profile", "small", "--fresh", "--set=a.b=1"], "--profile small --set=a.b=1"),
        (["spreadtune", "--set", "a=[1, 2]", "sweep", "--set", "b=2"], "--set 'a=[1, 2]' --set b=2"),
    ],
)
def test_what_the_command_line_changed(command: list[str], line: str) -> None:
    assert changes(command) == line


def test_lines_are_dotted_names_and_short_texts() -> None:
    manifest = {
        "nodes": [{"cpus": 2, "gpus": 0.0}, {"cpus": 8, "gpus": 1.0}],
        "seconds": 1267.3149,
        "storage": None,
        "devices": ["cpu", "cuda"],
        "lost": float("nan"),
    }
    assert lines(manifest) == [
        ("nodes.1.cpus", "2"),
        ("nodes.1.gpus", "0"),
        ("nodes.2.cpus", "8"),
        ("nodes.2.gpus", "1"),
        ("seconds", "1267.31"),
        ("storage", "–"),
        ("devices", "cpu, cuda"),
        ("lost", "–"),
    ]
