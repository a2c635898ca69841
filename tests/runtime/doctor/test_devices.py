"""CPUs, memory and GPUs."""

from dataclasses import replace

import pytest

from spreadtune.runtime.doctor.devices import (
    Gpu,
    Gpus,
    Machine,
    check_cpus,
    check_gpus,
    check_memory,
    read_gpus,
    read_machine,
)
from spreadtune.runtime.doctor.units import GIB

MACHINE = Machine(cpus=4, cpus_there=8, cpu_limit=None, memory=16 * GIB, memory_free=9 * GIB, memory_limit=None)


def test_cpus():
    assert check_cpus(MACHINE).text == "4 of 8 may be used"
    assert check_cpus(replace(MACHINE, cpu_limit=4.0)).status == "ok"
    limited = check_cpus(replace(MACHINE, cpu_limit=1.5))
    assert limited.status == "warning"
    assert limited.fix.endswith("max_concurrent_trials=1")


@pytest.mark.parametrize(
    ("changes", "status"),
    [
        ({}, "ok"),
        ({"memory_free": GIB}, "warning"),
        ({"memory_limit": 4 * GIB}, "ok"),
        ({"memory_limit": GIB}, "warning"),
    ],
)
def test_memory(changes, status):
    assert check_memory(replace(MACHINE, **changes)).status == status


@pytest.mark.parametrize(
    ("gpus", "status", "text"),
    [
        (Gpus([Gpu("A", 80 * GIB), Gpu("B", 8 * GIB)], True, True), "ok", "A with 80.0 GiB, B with 8.0 GiB"),
        (Gpus([], True, False), "ok", "none; trials run on the CPUs"),
        (Gpus([], True, True), "warning", "torch sees no GPU"),
        (Gpus([], False, True), "warning", "built without CUDA"),
    ],
)
def test_gpus(gpus, status, text):
    check = check_gpus(gpus)
    assert check.status == status
    assert text in check.text


def test_limits_of_control_groups(tmp_path):
    assert read_machine(tmp_path).cpu_limit is None
    (tmp_path / "cpu.max").write_text("150000 100000\n")
    (tmp_path / "memory.max").write_text(f"{2**28}\n")
    machine = read_machine(tmp_path)
    assert (machine.cpu_limit, machine.memory_limit) == (1.5, 2**28)
    (tmp_path / "cpu.max").write_text("max 100000\n")
    (tmp_path / "memory.max").write_text("max\n")
    machine = read_machine(tmp_path)
    assert (machine.cpu_limit, machine.memory_limit) == (None, None)


def test_limits_of_the_first_version(tmp_path):
    for name, text in (("cpu/cpu.cfs_quota_us", "50000"), ("cpu/cpu.cfs_period_us", "100000")):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(text)
    (tmp_path / "memory").mkdir()
    (tmp_path / "memory" / "memory.limit_in_bytes").write_text("9223372036854771712\n")
    machine = read_machine(tmp_path)
    assert (machine.cpu_limit, machine.memory_limit) == (0.5, None)


def test_this_machine_is_read():
    machine = read_machine()
    assert 1 <= machine.cpus <= machine.cpus_there
    assert 0 < machine.memory_free <= machine.memory
    read_gpus()
