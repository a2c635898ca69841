"""What ends a command: which signals, in which order, and what happens to a main thread that does not answer."""

import os
import signal
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from spreadtune.cli import signals
from spreadtune.cli.signals import ENDING, answered, ended_as_interrupted, ended_in_time

PATIENCE = 0.1
LONG = 30.0  # seconds; nothing waits so long unless it is broken


@pytest.fixture(autouse=True)
def answers_as_before() -> Iterator[None]:
    ignored = signal.getsignal(signal.SIGHUP) is signal.SIG_IGN  # where the tests themselves run under nohup
    if ignored:
        signal.signal(signal.SIGHUP, signal.SIG_DFL)
    before = {number: signal.getsignal(number) for number in ENDING}
    yield
    assert {number: signal.getsignal(number) for number in ENDING} == before
    assert signal.set_wakeup_fd(-1) == -1
    if ignored:
        signal.signal(signal.SIGHUP, signal.SIG_IGN)


def send(number: int) -> None:
    os.kill(os.getpid(), number)


def work_until(number: int) -> None:
    send(number)
    time.sleep(LONG)


@pytest.mark.parametrize("number", ENDING)
def test_each_of_them_is_an_interruption(number: signal.Signals) -> None:
    with pytest.raises(KeyboardInterrupt), ended_as_interrupted():
        work_until(number)


def test_nohup_is_respected() -> None:
    before = signal.signal(signal.SIGHUP, signal.SIG_IGN)
    heard: list[int] = []
    try:
        with answered(lambda number, frame: heard.append(number)):
            send(signal.SIGHUP)
            send(signal.SIGTERM)
            assert signal.getsignal(signal.SIGHUP) is signal.SIG_IGN
    finally:
        signal.signal(signal.SIGHUP, before)
    assert heard == [signal.SIGTERM]


def test_another_thread_than_the_first_has_no_answer_to_give() -> None:
    seen: list[Any] = []

    def work() -> None:
        with answered(print), ended_in_time(lambda: False, print):
            seen.append(signal.getsignal(signal.SIGTERM))

    thread = threading.Thread(target=work)
    before = signal.getsignal(signal.SIGTERM)
    thread.start()
    thread.join()
    assert seen == [before]


class Deaf:
    """A main thread that swallows every interruption; what ends the process is only noted."""

    def __init__(self) -> None:
        self.ended = threading.Event()
        self.in_order = False

    def hears(self, *numbers: int, wait: float = LONG, between: Callable[[], None] = lambda: None) -> bool:
        """Whether the process was ended after these signals."""
        with (
            answered(lambda number, frame: None),
            ended_in_time(lambda: self.in_order, self.ended.set, patience=PATIENCE),
        ):
            for number in numbers:
                send(number)
                between()
            return self.ended.wait(wait)


def test_a_main_thread_that_does_not_come_to_it_is_ended() -> None:
    assert Deaf().hears(signal.SIGTERM)
    assert Deaf().hears(signal.SIGINT)


def test_nothing_ends_without_a_signal_that_asks_for_it() -> None:
    deaf = Deaf()
    before = signal.signal(signal.SIGUSR1, lambda number, frame: None)
    try:
        assert not deaf.hears(signal.SIGUSR1, wait=5 * PATIENCE)
    finally:
        signal.signal(signal.SIGUSR1, before)


def test_the_first_waits_for_what_ends_in_order_and_the_second_does_not() -> None:
    deaf = Deaf()
    deaf.in_order = True
    assert not deaf.hears(signal.SIGTERM, wait=5 * PATIENCE), "however long an epoch is"
    assert deaf.hears(signal.SIGTERM, signal.SIGTERM, between=lambda: time.sleep(0.01))


def test_when_the_last_epoch_has_ended_time_runs() -> None:
    deaf = Deaf()
    deaf.in_order = True

    def epoch_ends() -> None:
        assert not deaf.ended.wait(5 * PATIENCE)
        deaf.in_order = False

    assert deaf.hears(signal.SIGTERM, between=epoch_ends)


def test_whoever_ends_in_time_is_left_alone() -> None:
    ended: list[str] = []
    with (
        pytest.raises(KeyboardInterrupt),
        ended_as_interrupted(),
        ended_in_time(lambda: False, lambda: ended.append("killed"), patience=LONG),
    ):
        work_until(signal.SIGTERM)
    assert ended == []
    assert "spreadtune-signals" not in {thread.name for thread in threading.enumerate()}


def test_the_bound_is_the_one_that_is_documented() -> None:
    page = (Path(__file__).parents[2] / "docs" / "faults.md").read_text(encoding="utf-8")
    bound = page.partition("### How long a stop takes\n")[2].partition("\n#")[0]
    assert f"it ends within {signals.PATIENCE:.0f} seconds" in bound.replace("\n", " ")
