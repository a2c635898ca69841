"""Runs beside the best SupCon of them all."""

from typing import Any

from spreadtune.analysis.compare import Comparison
from spreadtune.analysis.results import Results
from tests.analysis.compare.conftest import MakeRun

COLD = {"temperature: 0.5": "temperature: 0.1"}


def warm(alpha: float, seed: int) -> float:
    return {0.0: 0.90, 0.56: 0.97, 1.0: 0.95}[alpha] + 0.001 * seed


def cold(alpha: float, seed: int) -> float:
    return {0.0: 0.95, 0.56: 0.96, 1.0: 0.94}[alpha] + 0.002 * seed


def line(*runs: Results) -> str:
    [found] = [line for line in Comparison.of(runs).answer().splitlines() if "SupCon" in line]
    return found


def test_the_baseline_is_the_best_supcon_of_all_runs(make_run: MakeRun) -> None:
    # Of A, .97 .971 .972 minus .95 .952 .954; of B .96 .962 .964 minus the same. t(0.975, 2) = 4.3027, s = .001.
    assert line(make_run(warm), make_run(cold, study=COLD)) == (
        "The best SupCon of all runs (B, alpha 0; SupCon (pairs cross_view, denominator negatives)) reaches 0.952 +- "
        "0.005. Minus it, the best of each: A +0.019 +- 0.002 (3 shared seeds); B +0.010 +- 0.000 (3 shared seeds). "
        "At equal values, inside each run: A +0.070 +- 0.000, B +0.010 +- 0.000."
    )


def test_the_table_has_both_differences(make_run: MakeRun) -> None:
    best = Comparison.of([make_run(warm), make_run(cold, study=COLD)]).best()
    assert list(best["minus best SupCon of all"]) == ["+0.019 +- 0.002", "+0.010 +- 0.000"]
    assert list(best["minus SupCon at equal values"]) == ["+0.070 +- 0.000", "+0.010 +- 0.000"]


def test_runs_of_other_streams_are_set_against_it_unpaired(make_run: MakeRun) -> None:
    other = make_run(cold, study=COLD | {"search: {seeds": "search: {seed: 1, seeds"})
    assert "A +0.019 +- 0.004 (3 and 3 seeds, unpaired)" in line(make_run(warm), other)


def test_supcon_itself_may_be_the_best(make_run: MakeRun) -> None:
    found = line(make_run(warm), make_run(lambda alpha, seed: 0.99 - alpha / 10, study=COLD))
    assert "B is that SupCon itself." in found


def test_without_any_supcon_there_is_no_baseline(make_run: MakeRun) -> None:
    space: Any = "\nsearch: {seeds: 3, space: {objective.alpha: {grid: [0.56, 1]}}}\n"
    runs = [make_run(warm, alphas=(0.56, 1.0), search=space) for _ in range(2)]
    assert line(*runs) == (
        "There is no SupCon baseline in these runs: no finished setting has alpha 0 and no reconstruction term."
    )
    assert not [name for name in Comparison.of(runs).best() if "SupCon" in name]
