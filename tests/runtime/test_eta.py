"""When a study will be done, on a clock of the test's own."""

from itertools import count

from spreadtune.runtime.eta import Eta


def test_the_rate_is_counted_from_the_first_epoch_seen() -> None:
    ticks = count(100)  # a second a look
    eta = Eta(30, clock=lambda: float(next(ticks)))
    assert eta.seconds() is None
    eta.saw(1)  # starts the clock at 100: what came before was starting up
    assert eta.seconds() is None, "one epoch is no rate"
    eta.saw(5)
    assert eta.seconds() == 24 * 1 / 5  # looked at 101: five epochs in a second, 24 left
    eta.dropped(20)
    assert eta.seconds() == 4 * 2 / 5


def test_it_never_goes_below_zero() -> None:
    ticks = count()
    eta = Eta(1, clock=lambda: float(next(ticks)))
    eta.saw(1)
    eta.saw(2)
    assert eta.seconds() == 0
