"""Ray's token, ports, folder and leftovers."""

import pytest

from spreadtune.runtime.doctor.cluster import (
    DASHBOARD_PORT,
    Process,
    bind_once,
    check_leftovers,
    check_ports,
    check_ray_folder,
    check_token,
    leftovers,
    read_processes,
    readable_by_others,
)
from spreadtune.runtime.doctor.units import GIB


@pytest.fixture
def token(tmp_path):
    file = tmp_path / ".ray" / "auth_token"
    file.parent.mkdir()
    file.write_text("secret")
    return file


@pytest.mark.parametrize(
    ("environment", "status"),
    [
        ({}, "ok"),
        ({"RAY_AUTH_MODE": "token"}, "ok"),
        ({"RAY_AUTH_MODE": "disabled"}, "warning"),
        ({"RAY_AUTH_TOKEN": "secret"}, "ok"),
        ({"RAY_AUTH_TOKEN_PATH": "/nowhere/token"}, "problem"),
    ],
)
def test_the_token(environment, status, tmp_path, token):
    token.chmod(0o600)
    check = check_token(environment, tmp_path)
    assert check.status == status
    assert "secret" not in check.text + check.fix


def test_none_yet(tmp_path):
    check = check_token({}, tmp_path)
    assert check.status == "ok"
    assert "when it first starts" in check.text


def test_who_may_read_it(token, monkeypatch):
    monkeypatch.setattr("spreadtune.runtime.doctor.cluster.readable_by_others", lambda file: True)
    check = check_token({}, token.parents[1])
    assert (check.status, check.fix) == ("warning", f"chmod 600 {token}")


def test_a_closed_folder_above_protects_it(token):
    token.chmod(0o644)
    token.parent.chmod(0o700)
    assert not readable_by_others(token)
    token.chmod(0o600)
    token.parent.chmod(0o755)
    assert not readable_by_others(token)


def test_ports():
    def taken(host, port):
        if port == DASHBOARD_PORT:
            raise OSError(98, "Address already in use")

    def forbidden(host, port):
        raise OSError(1, "Operation not permitted")

    assert check_ports(lambda host, port: None).text.endswith(f"the dashboard gets {DASHBOARD_PORT}")
    assert (check_ports(taken).status, "is taken" in check_ports(taken).text) == ("ok", True)
    check = check_ports(forbidden)
    assert check.status == "problem"
    assert "Operation not permitted" in check.text
    bind_once("127.0.0.1", 0)


def test_ray_s_folder(tmp_path):
    assert check_ray_folder({}, lambda _: GIB).text == "/tmp/ray: 1.0 GiB free"
    assert check_ray_folder({}, lambda _: 0).status == "problem"
    long = check_ray_folder({"RAY_TMPDIR": str(tmp_path / ("a" * 60))}, lambda _: GIB)
    assert long.status == "problem"
    assert "107 are allowed" in long.text


SESSION = "/tmp/ray/session_2026-11-24_11-26-11_197049_972"
RAY = "/venv/ray"


def cluster(driver, first, session=SESSION):
    """A driver, its daemons and what the raylet started."""
    return [
        Process(first, driver, f"{RAY}/core/src/ray/gcs/gcs_server --log_dir={session}/logs"),
        Process(first + 1, driver, f"python {RAY}/dashboard/dashboard.py --session-dir={session}"),
        Process(first + 2, driver, f"{RAY}/core/src/ray/raylet/raylet --raylet_socket_name={session}/sockets/raylet"),
        Process(first + 3, first + 2, "ray::DashboardAgent"),
        Process(first + 4, first + 2, "ray::ImplicitFunc.train"),
        Process(first + 5, first + 4, "ray::ImplicitFunc.train"),  # what a worker forked
    ]


INIT, DRIVER = Process(1, 0, "init"), Process(972, 1, "python -m spreadtune.study x")


def test_a_cluster_that_lives_leaves_nothing():
    assert leftovers([INIT, DRIVER, *cluster(972, 1000)]) == []
    assert leftovers([INIT, *cluster(1, 1000)]) == [], "begun by ray start"


def test_what_a_killed_driver_leaves():
    of_another = cluster(972, 2000, SESSION.replace("11-26", "12-00"))
    left = [
        Process(1003, 1, "ray::DashboardAgent"),
        Process(1004, 1, "ray::TrainController.run"),
        Process(1001, 1, f"python {RAY}/dashboard/dashboard.py --session-dir={SESSION}"),
    ]
    assert leftovers([INIT, DRIVER, *of_another, *left]) == left
    waits = []
    check = check_leftovers(lambda: [INIT, *left], waits.append)
    assert check.status == "warning"
    assert "1003 (ray::DashboardAgent)" in check.text
    assert "1001 (dashboard.py)" in check.text
    assert check.fix.endswith("kill 1003 1004 1001")
    assert waits == [5.0]


def test_what_is_just_ending_is_none():
    looks = iter([[INIT, Process(1003, 1, "ray::DashboardAgent")], [INIT]])
    assert check_leftovers(lambda: next(looks), lambda seconds: None).status == "ok"


def test_a_cluster_that_is_just_starting_is_none():
    assert leftovers([INIT, DRIVER, *cluster(972, 1000)[:2]]) == []


def test_processes_are_read():
    assert any("pytest" in process.title for process in read_processes())
