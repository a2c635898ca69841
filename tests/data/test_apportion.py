from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from spreadtune.data.apportion import apportion, enough_for_all

WEIGHTS = st.lists(st.integers(0, 50), min_size=1, max_size=8).filter(any)


@given(st.integers(0, 10_000), WEIGHTS)
def test_apportion_adds_up_and_stays_within_one_of_the_quota(total, weights):
    shares = apportion(total, weights)
    assert sum(shares) == total
    for share, weight in zip(shares, weights, strict=True):
        assert abs(share - Fraction(total * weight, sum(weights))) < 1


@given(st.integers(0, 10_000), WEIGHTS)
def test_apportion_rounds_up_the_largest_remainders(total, weights):
    quotas = [Fraction(total * weight, sum(weights)) for weight in weights]
    raised = [share > quota for share, quota in zip(apportion(total, weights), quotas, strict=True)]
    remainders = [quota - int(quota) for quota in quotas]
    lowest_raised = min((r for r, up in zip(remainders, raised, strict=True) if up), default=1)
    assert all(r <= lowest_raised for r, up in zip(remainders, raised, strict=True) if not up)


@pytest.mark.parametrize(
    ("total", "weights", "shares"),
    [
        (178, (3, 1, 1), [107, 36, 35]),  # quotas 106.8, 35.6, 35.6: the tie goes to the earlier
        (2, (3, 1, 1), [1, 1, 0]),
        (500, (9, 1), [450, 50]),
        (50, (9, 1), [45, 5]),
        (7, (10, 0, 10), [4, 0, 3]),
    ],
)
def test_apportion_by_hand(total, weights, shares):
    assert apportion(total, weights) == shares


@pytest.mark.parametrize(("weights", "enough"), [((3, 1, 1), 4), ((8, 1, 1), 7), ((9, 1), 6), ((1,), 1)])
def test_enough_for_all_by_hand(weights, enough):
    assert enough_for_all(weights) == enough


@given(st.lists(st.integers(1, 30), min_size=1, max_size=6))
def test_enough_for_all_is_the_smallest_number_from_which_on_nobody_goes_without(weights):
    enough = enough_for_all(weights)
    assert not all(apportion(enough - 1, weights))
    assert all(all(apportion(total, weights)) for total in range(enough, enough + 2 * sum(weights)))
