"""The paper's order, against differences computed by hand."""

import math

import pytest

from spreadtune.analysis.frame import build_frame
from spreadtune.analysis.paper.claims import claims, order_line, verdict
from spreadtune.analysis.statistics import Interval
from tests.analysis.conftest import NewRun
from tests.analysis.paper_runs import VALIDATION, paper_run


@pytest.mark.parametrize(
    ("mean", "half_width", "told"),
    [
        (0.1, 0.05, "held"),
        (-0.1, 0.05, "not held"),
        (0.1, 0.1, "open"),
        (-0.1, 0.2, "open"),
        (0.5, math.nan, "open"),
        (0.0, 0.0, "open"),
        (0.1, 0.0, "held"),
    ],
)
def test_an_interval_decides(mean: float, half_width: float, told: str) -> None:
    assert verdict(Interval(mean, half_width, 3)) == told


def test_each_claim_is_a_paired_difference(new_run: NewRun) -> None:
    # On test: spread - SupCon .10 .12 .11, Thanos - SupCon .20 .21 .22, Thanos - spread .10 .09 .11; t(0.975, 2) is
    # 4.3027, so +- 4.3027 * .01 / sqrt 3 = .0248 each. On validation: autoencoder - SupCon .01 -.01 0, the same +-;
    # SupCon + reconstruction - SupCon -.05 each; Thanos - autoencoder .24 .25 .23; Thanos - that one .30 .29 .28.
    found = {
        each.words: (
            each.verdict,
            round(each.measured.found.mean, 3),
            round(each.measured.found.half_width, 4),
            each.measured.images,
        )
        for each in claims(build_frame(paper_run(new_run).write()))
    }
    assert found == {
        "SupCon + class-conditional InfoNCE > SupCon": ("held", 0.11, 0.0248, "test"),
        "autoencoder with cross-entropy > SupCon": ("open", 0.0, 0.0248, "validation"),
        "autoencoder with SupCon > SupCon": ("not held", -0.05, 0.0, "validation"),
        "Thanos > SupCon": ("held", 0.21, 0.0248, "test"),
        "Thanos > SupCon + class-conditional InfoNCE": ("held", 0.1, 0.0248, "test"),
        "Thanos > autoencoder with cross-entropy": ("held", 0.24, 0.0248, "validation"),
        "Thanos > autoencoder with SupCon": ("held", 0.29, 0.0248, "validation"),
    }


def test_the_answer_counts_the_autoencoder_s_row_once(new_run: NewRun) -> None:
    results = paper_run(new_run).write()
    line = "The paper's order of methods: of 5 comparisons 4 held, 1 is open; test and validation images."
    assert line in results.answer().splitlines()
    lost = {key: values for key, values in VALIDATION.items() if key[0] in ("supcon", "supcon_autoencoder")}
    assert order_line(build_frame(paper_run(new_run, validation=lost, test={}).write())) == (
        "The paper's order of methods: of 1 comparison none held, 1 did not (autoencoder with SupCon > SupCon); "
        "validation images."
    )


def test_few_seeds_leave_it_open(new_run: NewRun) -> None:
    two = {key: values[:2] for key, values in VALIDATION.items() if key[0] in ("supcon", "spread", "thanos")}
    assert order_line(build_frame(paper_run(new_run, validation=two, test={}).write())) == (
        "The paper's order of methods: of 3 comparisons none held, 3 are open; validation images."
    )


def test_one_method_alone_has_no_order(new_run: NewRun) -> None:
    alone = {("supcon", 0): VALIDATION["supcon", 0]}
    assert order_line(build_frame(paper_run(new_run, validation=alone, test={}).write())) == ""
