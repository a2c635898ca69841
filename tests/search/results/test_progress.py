"""Counting pairs, not attempts at them."""

from spreadtune.search.results.progress import Progress, pair_states
from spreadtune.search.storage.record import Record, Row


def row(trial: int, setting: int, state: str, retry_of: int | None = None) -> Row:
    return Row(Record(trial, setting, 0, retry_of=retry_of), trial, state)  # type: ignore[arg-type]


def test_a_retried_pair_counts_once_as_its_last_trial_stands() -> None:
    rows = [row(0, 0, "FAIL"), row(1, 1, "PRUNED"), row(2, 0, "FAIL", 0), row(3, 0, "RUNNING", 2)]
    assert sorted(pair_states({r.record.trial: r for r in rows})) == ["PRUNED", "RUNNING"]


def test_what_waits_for_another_trial_is_missing() -> None:
    progress = Progress(
        total=9, complete=4, pruned=1, failed=3, running=1, references_total=2, references_done=1, retrying=2
    )
    assert (progress.trials_done, progress.done, progress.missing) == (6, 7, 4)
