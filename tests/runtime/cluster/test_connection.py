"""A cluster that does not start, and signals while it does."""

import ctypes
import os
import signal
import sys
from contextlib import nullcontext
from types import SimpleNamespace

import pytest
import ray

from spreadtune.errors import UserError
from spreadtune.runtime.cluster import connection as cluster
from spreadtune.runtime.cluster.connection import ClusterError, connect


@pytest.mark.parametrize(
    "error",
    [
        Exception("The current node timed out during startup. This could happen because\nsome of the raylet failed."),
        RuntimeError("Failed to start GCS."),
        TimeoutError("Timed out while waiting for node to startup."),
        ConnectionError("Could not read 'session_name' from GCS."),
    ],
)
def test_our_own_is_told_with_its_cause_its_logs_and_what_to_do(
    error: Exception, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(**_: object) -> None:
        raise error

    monkeypatch.setattr(ray, "init", refuse)
    monkeypatch.setattr(cluster, "load", lambda: 9.0)
    monkeypatch.setenv("RAY_TMPDIR", "/there")
    with pytest.raises(ClusterError) as told, connect():
        pytest.fail("there is none")
    text = str(told.value)
    assert text.startswith(
        f"Ray did not start: {str(error).splitlines()[0]} (this machine is busy: 9.0 processes wanted each"
    )
    assert "/there/ray/session_latest/logs" in text
    assert "spreadtune doctor" in text
    assert len(text.splitlines()) == 1


def test_one_that_is_joined_is_the_user_s_to_name(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(**_: object) -> None:
        raise ConnectionError("nobody there")

    monkeypatch.setattr(ray, "init", refuse)
    with (
        pytest.raises(UserError, match=r"--address here:1: no Ray cluster answers there; give HOST:PORT"),
        connect("here:1"),
    ):
        pytest.fail("there is none")


def test_one_that_asks_for_a_token_says_where_it_is(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(**_: object) -> None:
        raise ray.exceptions.AuthenticationError("Token authentication is enabled but no token was found")

    monkeypatch.setattr(ray, "init", refuse)
    with pytest.raises(UserError, match=r"^--address auto: .* copy ~/\.ray/auth_token of its head"), connect("auto"):
        pytest.fail("there is none")


def test_a_busy_machine_is_not_blamed_for_what_the_system_refuses(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(**_: object) -> None:
        raise OSError(36, "File name too long", "/there")

    monkeypatch.setattr(ray, "init", refuse)
    monkeypatch.setattr(cluster, "load", lambda: 9.0)
    with pytest.raises(ClusterError) as told, connect():
        pytest.fail("there is none")
    assert "File name too long: '/there'" in str(told.value)
    assert "busy" not in str(told.value)


@pytest.mark.parametrize("swallows", [False, True])
def test_an_answer_to_sigterm_stays_the_caller_s_while_ray_starts_and_after(
    swallows: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Ray's Python puts answers of its own in place, its core another one behind Python's back."""
    ended: list[str] = []

    def start(**_: object) -> SimpleNamespace:
        signal.signal(signal.SIGTERM, lambda number, frame: sys.exit(15))
        signal.signal(signal.SIGUSR1, signal.SIG_IGN)
        ctypes.CDLL(None).signal(signal.SIGTERM, 1)  # SIG_IGN
        if not swallows:
            raise KeyboardInterrupt
        return SimpleNamespace(dashboard_url="")

    def answer(number: int, frame: object) -> None:
        ended.append("answered")

    monkeypatch.setattr(ray, "init", start)
    monkeypatch.setattr(ray, "shutdown", lambda: ended.append("shut down"))
    monkeypatch.setattr(ray, "nodes", list)
    monkeypatch.setattr(ray, "get_runtime_context", lambda: SimpleNamespace(gcs_address=""))
    before = signal.signal(signal.SIGTERM, answer)
    try:
        with nullcontext() if swallows else pytest.raises(KeyboardInterrupt), connect():
            os.kill(os.getpid(), signal.SIGTERM)
        assert ended == (["answered", "shut down"] if swallows else ["shut down"])
        assert signal.getsignal(signal.SIGTERM) is answer
        assert signal.getsignal(signal.SIGUSR1) is signal.SIG_IGN, "others are Ray's to set"
    finally:
        signal.signal(signal.SIGTERM, before)
        signal.signal(signal.SIGUSR1, signal.SIG_DFL)
