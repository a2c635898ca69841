"""What a reader has to know before the numbers of a comparison, and lists that are none."""

import pandas as pd
import pytest

from spreadtune.analysis.compare import Comparison
from spreadtune.analysis.compare.compared_run import LETTERS
from spreadtune.analysis.compare.compatible import refuse_a_list, reservations
from spreadtune.analysis.results import Results
from spreadtune.errors import UserError
from tests.analysis.compare.conftest import MakeRun


def level(alpha: float, seed: int) -> float:
    return 0.9 + 0.05 * alpha + 0.01 * seed


def said(*runs: Results) -> list[str]:
    return reservations(Comparison.of(runs).sides)


def changed(results: Results, column: str, value: object, rows: slice = slice(None)) -> Results:
    """The same run, with other values in a column of its trials."""
    table = pd.read_parquet(results.run.trials_table)
    table[column] = table[column].astype(object)
    table.loc[table.index[rows], column] = value
    table.to_parquet(results.run.trials_table)
    return Results(results.run)


def test_equal_runs_need_no_reservation(make_run: MakeRun) -> None:
    assert said(make_run(level), make_run(level)) == []


@pytest.mark.parametrize(
    ("package", "versions", "flagged"),
    [
        ("torch", ("2.13.0", "2.14.0"), True),
        ("torch", ("2.14.0", "2.14.1"), False),
        ("spreadtune", ("0.1.0", "0.2.0"), True),
        ("ray", ("2.59.0", "2.60.0"), False),
    ],
)
def test_minor_versions_of_what_decides_numbers_are_flagged(
    make_run: MakeRun, package: str, versions: tuple[str, str], flagged: bool
) -> None:
    runs = [make_run(level, manifest={"versions": {package: version}}) for version in versions]
    expected = [f"Trained with several versions of {package}, which may change numbers."]
    assert said(*runs) == (expected if flagged else [])


def test_runs_that_do_not_know_their_versions_are_not_flagged(make_run: MakeRun) -> None:
    assert said(make_run(level, manifest={"versions": {}}), make_run(level, manifest={"versions": {}})) == []


def test_several_kinds_of_devices_are_flagged_also_inside_a_run(make_run: MakeRun) -> None:
    expected = ["Trained on several kinds of devices, on which equal trials differ in the last digits."]
    mixed = changed(changed(make_run(level), "device", "cpu"), "device", "cuda", slice(1))
    assert said(mixed, make_run(level)) == expected


def test_a_run_that_goes_on_is_named_with_what_is_left(make_run: MakeRun) -> None:
    running = changed(make_run(level), "state", "RUNNING", slice(-2, None))
    assert said(make_run(level), running) == ["B is not at its end: 2 of its trials have not ended."]


def test_more_runs_than_letters_are_refused(make_run: MakeRun) -> None:
    runs = [make_run(level)] * (len(LETTERS) + 1)
    with pytest.raises(UserError, match=f"^{len(runs)} runs are too many to tell apart; name at most {len(LETTERS)}$"):
        refuse_a_list(runs)
