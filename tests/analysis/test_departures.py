"""Where measured and predicted spread part."""

import pandas as pd
import pytest

from spreadtune.analysis.departures import departures, largest_departure
from spreadtune.analysis.frame import build_frame
from spreadtune.analysis.results import Results


def test_a_departure_is_the_mean_train_spread_less_the_prediction(sweep: Results) -> None:
    table = departures(build_frame(sweep)).set_index("alpha")
    rows = sweep.trials[sweep.trials["param.objective.alpha"] == 0.62]
    expected = rows["metric.train_spread"].mean() - rows["theory.spread"].iloc[0]
    assert table.loc[0.62, "departure"] == pytest.approx(expected)
    assert len(table) == 8


def test_the_largest_comes_first_whatever_its_sign(sweep: Results) -> None:
    sizes = departures(build_frame(sweep))["departure"].abs()
    assert sizes.is_monotonic_decreasing


def test_the_sentence_names_the_place(sweep: Results) -> None:
    table = departures(build_frame(sweep)).iloc[:1].assign(
        label="alpha 0.9", train_spread=0.9, predicted=1.02, departure=-0.12
    )  # fmt: skip
    assert largest_departure(table) == (
        "The training spread departs from the prediction by 0.12 on average over 1 setting, "
        "most at alpha 0.9: 0.90 measured, 1.02 predicted (-0.12)."
    )


def test_nothing_finished_has_no_departure(nothing_finished: Results) -> None:
    table = departures(build_frame(nothing_finished))
    assert isinstance(table, pd.DataFrame)
    assert table.empty
    assert largest_departure(table) == "No finished setting has both a measured and a predicted spread."
