import hashlib

from hypothesis import given
from hypothesis import strategies as st

from spreadtune.spec.seed import Seed

seeds = st.builds(
    Seed, study=st.integers(0, 99), stage=st.sampled_from(["search", "confirm"]), index=st.integers(0, 99)
)
streams = st.tuples(seeds, st.sampled_from(["initialization", "order", "views"]), st.integers(0, 99))


@given(streams, streams)
def test_streams_are_equal_exactly_when_everything_they_come_from_is(one: tuple, other: tuple) -> None:
    draws = [seed.stream(name, step) for seed, name, step in (one, other)]
    assert (draws[0] == draws[1]) == (one == other)
    assert all(0 <= draw < 2**63 for draw in draws)


def test_a_stream_is_the_hash_of_its_key() -> None:
    digest = hashlib.sha256(b"7/confirm/2/views/5").digest()
    assert Seed(study=7, stage="confirm", index=2).stream("views", 5) == int.from_bytes(digest[:8], "big") >> 1
