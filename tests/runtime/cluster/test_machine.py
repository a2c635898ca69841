"""What this machine would offer to a cluster of its own."""

import os
from pathlib import Path

import psutil
import pytest

from spreadtune.runtime.cluster.machine import FOR_WORKERS, _cpus, memory_for_workers, this_machine
from spreadtune.spec.training import ResourcesConfig


def test_without_gpus_asked_for_none_are_looked_for() -> None:
    node = this_machine(ResourcesConfig(gpus_per_worker=0))
    assert 1 <= node.cpus <= (os.cpu_count() or 1)
    assert node.gpus == 0


@pytest.mark.parametrize(
    ("files", "cpus"),
    [
        ({}, 8),
        ({"cpu.max": "max 100000\n"}, 8),
        ({"cpu.max": "250000 100000\n"}, 2),
        ({"cpu.max": "50000 100000\n"}, 1),
        ({"cpu.max": "1600000 100000\n"}, 8),
        ({"cpu/cpu.cfs_quota_us": "300000\n", "cpu/cpu.cfs_period_us": "100000\n"}, 3),
        ({"cpu/cpu.cfs_quota_us": "-1\n", "cpu/cpu.cfs_period_us": "100000\n"}, 8),
    ],
    ids=str,
)
def test_a_container_s_quota_is_kept(
    files: dict[str, str], cpus: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(os, "cpu_count", lambda: 8)
    for name, text in files.items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(text)
    assert _cpus(tmp_path) == cpus


@pytest.mark.parametrize(
    ("file", "content", "limit"),
    [
        ("memory.max", "1000000\n", 1_000_000),
        ("memory/memory.limit_in_bytes", "2000000", 2_000_000),
        ("memory.max", "max\n", None),
        ("memory.max", str(2**62), None),
    ],
)
def test_workers_get_most_of_the_containers_memory_or_of_the_machines(
    file: str, content: str, limit: int | None, tmp_path: Path
) -> None:
    (tmp_path / file).parent.mkdir(exist_ok=True)
    (tmp_path / file).write_text(content)
    assert memory_for_workers(tmp_path) == int((limit or psutil.virtual_memory().total) * FOR_WORKERS)
