import hashlib

import numpy as np
import pytest

from spreadtune.data import fingerprint as module
from spreadtune.data.fingerprint import fingerprint

ARRAYS = {"a": np.arange(12, dtype=np.int64).reshape(3, 4), "b": np.ones(3, dtype=np.uint8), "c": None}


def test_it_is_the_digest_that_the_docstring_describes():
    expected = hashlib.sha256(b'{"x": 1}')
    for header, array in ((b"\na <i8(3, 4)\n", ARRAYS["a"]), (b"\nb |u1(3,)\n", ARRAYS["b"])):
        expected.update(header)
        expected.update(hashlib.sha256(array.tobytes()).digest())
    expected.update(b"\nc absent\n")
    assert fingerprint({"x": 1}, ARRAYS) == expected.hexdigest()


@pytest.mark.parametrize(
    "changed",
    [
        {"a": ARRAYS["a"].reshape(4, 3)},
        {"a": ARRAYS["a"].astype(np.int32)},
        {"a": ARRAYS["a"] + 1},
        {"b": np.ones(4, dtype=np.uint8)},
        {"c": np.zeros(0)},
    ],
)
def test_every_change_is_seen(changed):
    assert fingerprint({}, ARRAYS | changed) != fingerprint({}, ARRAYS)


def test_facts_are_seen_and_their_order_is_not():
    assert fingerprint({"x": 1, "y": 2}, {}) == fingerprint({"y": 2, "x": 1}, {})
    assert fingerprint({"x": 1}, {}) != fingerprint({"x": 2}, {})


def test_large_arrays_enter_in_chunks_wherever_their_values_lie(monkeypatch):
    monkeypatch.setattr(module, "CHUNK", 7)
    values = np.arange(40, dtype=np.uint8).reshape(5, 8)
    expected = hashlib.sha256(b"{}\na |u1(5, 8)\n")
    for start in range(0, 40, 7):
        expected.update(hashlib.sha256(values.tobytes()[start : start + 7]).digest())
    assert fingerprint({}, {"a": values}) == expected.hexdigest()
    assert fingerprint({}, {"a": np.asfortranarray(values)}) == expected.hexdigest()
