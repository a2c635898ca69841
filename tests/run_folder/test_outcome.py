import json
import math
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from spreadtune.run_folder import Outcome

numbers = st.dictionaries(st.text(), st.floats(allow_infinity=False))
outcomes = st.builds(
    Outcome,
    state=st.sampled_from(["COMPLETE", "PRUNED", "FAIL"]),
    reason=st.none() | st.text(),
    epoch=st.integers(0, 1000),
    values=numbers,
    metrics=numbers,
    theory=numbers,
    details=st.dictionaries(st.text(), st.none() | st.text() | st.integers()),
)


def comparable(outcome: Outcome) -> str:
    """Its text: NaN is not equal to itself, but prints alike; signs of zero and every bit print too."""
    return repr(outcome)


@given(outcomes)
def test_an_outcome_reads_back_as_it_was_written(tmp_path_factory: pytest.TempPathFactory, outcome: Outcome) -> None:
    path = tmp_path_factory.getbasetemp() / "outcome.json"
    outcome.write(path)
    read = Outcome.read(path)
    assert read is not None
    assert comparable(read) == comparable(outcome)


@pytest.mark.parametrize("value", [math.nan, math.inf, -math.inf])
def test_what_is_not_finite_is_null_in_the_file_and_nan_when_read(value: float, tmp_path: Path) -> None:
    Outcome("COMPLETE", metrics={"uniformity": value, "spread": 0.5}).write(tmp_path / "result.json")
    assert json.loads((tmp_path / "result.json").read_text())["metrics"] == {"uniformity": None, "spread": 0.5}
    read = Outcome.read(tmp_path / "result.json")
    assert read is not None
    assert math.isnan(read.metrics["uniformity"])
    assert read.metrics["spread"] == 0.5


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"{",
        b"\xff\xfe",
        b"[]",
        b'"COMPLETE"',
        b"{}",
        b'{"state": "RUNNING", "values": {}, "metrics": {}, "theory": {}}',
        b'{"state": "COMPLETE", "values": {}, "metrics": {}, "theory": 3}',
        b'{"state": "COMPLETE", "values": {}, "metrics": {}, "theory": {}, "of another version": 1}',
    ],
)
def test_what_is_no_outcome_is_none(content: bytes, tmp_path: Path) -> None:
    path = tmp_path / "result.json"
    assert Outcome.read(path) is None
    path.write_bytes(content)
    assert Outcome.read(path) is None
    Outcome("COMPLETE").write(path)
    assert Outcome.read(path) == Outcome("COMPLETE")


def test_a_file_cut_anywhere_is_none(tmp_path: Path) -> None:
    path = tmp_path / "result.json"
    Outcome("PRUNED", "median", 3, metrics={"spread": 0.25}).write(path)
    whole = path.read_bytes().rstrip()
    for length in range(len(whole)):
        path.write_bytes(whole[:length])
        assert Outcome.read(path) is None
