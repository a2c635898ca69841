"""Sizes and durations, read and told."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter, ValidationError

from spreadtune.errors import UserError
from spreadtune.spec.hash import study_hash
from spreadtune.spec.quantities import Duration, Size, as_size, duration_text, size_text
from spreadtune.spec.study import Study
from spreadtune.spec.training import ResourcesConfig
from tests.workplace import TINY

SIZE, DURATION = TypeAdapter(Size), TypeAdapter(Duration)


@pytest.mark.parametrize(
    ("written", "size"),
    [("4GiB", 4 * 1024**3), ("1.5 GiB", 3 * 2**29), ("300MB", 300_000_000), ("2TiB", 2**41), ("7B", 7), (4096, 4096)],
)
def test_sizes(written: str | int, size: int) -> None:
    assert SIZE.validate_python(written) == size


@pytest.mark.parametrize(
    ("written", "seconds"), [("90s", 90), ("30min", 1800), ("1.5h", 5400), ("2 d", 172800), (0.5, 0.5), (90, 90)]
)
def test_durations(written: str | float, seconds: float) -> None:
    assert DURATION.validate_python(written) == seconds


@pytest.mark.parametrize("written", ["4", "GiB", "4 gigs", "-4GiB", "0GiB", 0, -1, "4gib", ""])
def test_what_is_no_size(written: Any) -> None:
    with pytest.raises(ValidationError):
        SIZE.validate_python(written)


@pytest.mark.parametrize("written", ["90", "2 hours", "-1s", "0s", 0, "1h30min"])
def test_what_is_no_duration(written: Any) -> None:
    with pytest.raises(ValidationError):
        DURATION.validate_python(written)


@pytest.mark.parametrize(
    ("size", "text"),
    [
        (512, "512 B"),
        (4 * 1024**3, "4 GiB"),
        (3 * 2**29, "1.5 GiB"),
        (2**20 * 312.4, "312 MiB"),
        (2**20 * 1023.9, "1 GiB"),
        (2**52, "4096 TiB"),
    ],
)
def test_sizes_are_told_in_their_unit(size: float, text: str) -> None:
    assert size_text(size) == text


@given(st.integers(1, 2**45))
def test_a_told_size_is_nearly_the_size(size: int) -> None:
    assert abs(as_size(size_text(size)) - size) <= 0.05 * size


@pytest.mark.parametrize(
    ("seconds", "text"), [(90, "90 s"), (1800, "30 min"), (7200, "2 h"), (86400, "1 d"), (0.5, "0.5 s")]
)
def test_durations_are_told_in_their_unit(seconds: float, text: str) -> None:
    assert duration_text(seconds) == text


def study(**changes: Any) -> Study:
    values = {**TINY, "training": {**TINY["training"], **changes.pop("training", {})}, **changes}  # type: ignore[dict-item]
    return Study.from_values(values, name="x", source="x.yaml")


def test_a_mistake_is_told_with_its_place_and_what_would_be_right() -> None:
    with pytest.raises(UserError) as mistake:
        study(training={"time_limit": "2 hours"}, resources={"memory_per_worker": "4 gigs"})
    assert str(mistake.value).splitlines() == [
        "x.yaml: training.time_limit: '2 hours' is not a duration: write 90s, 30min or 2h; units: s, min, h, d",
        "x.yaml: resources.memory_per_worker: '4 gigs' is not a size: write 4GiB; "
        "units: B, KB, MB, GB, TB, KiB, MiB, GiB, TiB",
    ]
    with pytest.raises(UserError, match=r"x\.yaml: resources\.memory_per_worker: 0 is not above 0"):
        study(resources={"memory_per_worker": 0})


def test_the_time_limit_is_part_of_the_question_however_it_is_written_and_the_memory_is_not() -> None:
    plain = study_hash(study())
    assert study_hash(study(resources={"memory_per_worker": "4GiB"})) == plain
    limited = study_hash(study(training={"time_limit": "2min"}))
    assert limited != plain
    assert limited == study_hash(study(training={"time_limit": 120}))


def test_neither_is_limited_by_default() -> None:
    assert ResourcesConfig().memory_per_worker is None
    assert study().training.time_limit is None
