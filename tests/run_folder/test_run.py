import re
from datetime import UTC, datetime
from pathlib import Path

import pytest

from spreadtune.run_folder import RunFolder, find_run, run, write_atomic


def test_an_id_is_the_utc_time_and_sorts_by_it(tmp_path: Path) -> None:
    before = datetime.now(UTC)
    made = [RunFolder.create(tmp_path, "sweep") for _ in range(20)]
    assert all(re.fullmatch(r"\d{8}-\d{6}-[0-9a-f]{4}", each.id) for each in made)
    assert [each.id for each in made] == sorted({each.id for each in made})
    assert made[0].id[:15] >= f"{before:%Y%m%d-%H%M%S}"
    assert all(each.path == tmp_path / "sweep" / each.id for each in made)


def test_two_runs_of_one_moment_have_different_ids(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    moments = [datetime(2026, 5, 4, 3, 2, 1, microsecond, tzinfo=UTC) for microsecond in (0, 0)]

    class Clock:
        now = staticmethod(lambda zone: moments.pop(0))

    monkeypatch.setattr(run, "datetime", Clock)
    ids = [RunFolder.create(tmp_path, "sweep").id for _ in range(2)]
    assert ids == ["20260504-030201-0000", "20260504-030201-0001"]


def test_where_everything_lies(tmp_path: Path) -> None:
    made = RunFolder.create(tmp_path, "sweep")
    assert (made.name, made.label) == ("sweep", f"sweep/{made.id}")
    assert made.trial(7).path == made.path / "trials" / "0007"
    assert made.reference(2).path == made.path / "references" / "2"
    assert made.trials() == made.references() == []
    for folder in (made.trial(10000), made.trial(3), made.reference(0), made.reference(10)):
        folder.new_attempt()
    (made.path / "trials" / "notes").mkdir()
    assert made.trials() == [3, 10000]
    assert made.references() == [0, 10]


def test_a_clock_that_is_set_back_does_not_make_a_new_run_an_old_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    moments = [datetime(2026, 5, 4, 23, 59, 59, 999_999, tzinfo=UTC), datetime(2026, 5, 3, tzinfo=UTC)]

    class Clock(datetime):
        @classmethod
        def now(cls, tz: object = None) -> datetime:
            return moments[0] if len(moments) == 2 else moments[-1]

    monkeypatch.setattr(run, "datetime", Clock)
    first = RunFolder.create(tmp_path, "sweep")
    del moments[0]
    later = [RunFolder.create(tmp_path, "sweep") for _ in range(2)]
    assert [each.id for each in (first, *later)] == [
        "20260504-235959-ffff",
        "20260505-000000-0000",
        "20260505-000000-0001",
    ]
    for each in (first, *later):
        write_atomic(each.study_file, "")
    assert find_run("sweep", tmp_path) == later[-1], "the newest is the one that was begun last"
