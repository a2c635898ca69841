"""What each figure shows, in numbers, and that it draws them."""

import math
from functools import cache
from typing import Any

import numpy as np
import plotly.graph_objects as go
import pytest

from spreadtune import theory
from spreadtune.analysis import recorded_theory
from spreadtune.analysis.figures import (
    ReportFigure,
    accuracy,
    all_figures,
    front,
    hypervolume,
    learning_curves,
    parameters,
    spread,
    style,
    tradeoff,
)
from spreadtune.analysis.figures.prediction import curves
from spreadtune.analysis.frame import Frame, build_frame
from spreadtune.analysis.front import front_points
from spreadtune.analysis.results import Results
from spreadtune.objectives import free_embedding_curve


@cache
def drawn(results: Results) -> list[ReportFigure]:
    """All figures of a run; drawing takes a second."""
    return all_figures(build_frame(results))


def traces(plot: go.Figure, name: str) -> list[Any]:
    return [trace for trace in plot.data if trace.name == name]


def test_which_figures_a_run_has(sweep: Results) -> None:
    assert [figure.name for figure in drawn(sweep)] == [
        "spread", "accuracy", "tradeoff", "learning-curves",
    ]  # fmt: skip


def test_a_search_shows_its_other_parameters(search: Results) -> None:
    assert "parameters" in [figure.name for figure in drawn(search)]


def test_only_curves_are_left_when_nothing_has_finished(nothing_finished: Results) -> None:
    assert [figure.name for figure in drawn(nothing_finished)] == ["learning-curves"]


def test_spread_stands_beside_its_prediction_and_window(sweep: Results) -> None:
    table = spread.numbers(build_frame(sweep)).set_index("x")
    low, high = theory.collapse_threshold([64, 64], 0.5), theory.means_vanish_threshold([64, 64], 0.5)
    assert table.loc[0.62, "predicted"] == pytest.approx(theory.predicted_spread(0.62, [64, 64], 0.5))
    assert table.loc[0.62, "window_position"] == pytest.approx((0.62 - low) / (high - low))
    assert table.loc[0.0, "window_position"] < 0 < 1 < table.loc[1.0, "window_position"]


def test_the_window_is_shaded_from_alpha_c_to_alpha_m(sweep: Results) -> None:
    figure = spread.figure(build_frame(sweep))
    assert figure is not None
    band = next(shape for shape in figure.plot.layout.shapes if shape.type == "rect")
    assert (band.x0, band.x1) == pytest.approx((0.5191, 0.6848), abs=1e-4)


def test_the_predicted_curve_is_the_theorys(sweep: Results) -> None:
    curve = curves(build_frame(sweep)).set_index("alpha")["spread"]
    assert curve[0.0] == 0
    assert curve[1.0] == pytest.approx(64 / 63)
    assert curve.iloc[np.searchsorted(curve.index, 0.6)] == pytest.approx(
        theory.predicted_spread(0.6, [64, 64], 0.5), abs=1e-6
    )


def test_one_panel_for_each_predicted_curve(variants: Results) -> None:
    figure = spread.figure(build_frame(variants))
    assert figure is not None
    titles = [note.text for note in figure.plot.layout.annotations]
    assert titles == ["temperature 0.1", "temperature 0.5"]
    (baseline,) = traces(figure.plot, "spread, training images: variant supcon")
    assert (list(baseline.x), baseline.xaxis) == ([0.0], "x2")


PAIRS = "\nsearch: {space: {objective.pairs: {grid: [%s]}, objective.alpha: {grid: [0.25, 0.62]}}}\n"
MINIMIZED = "predicted, loss minimized over free embeddings"


def searched_pairs(new_run: Any, *pairs: str) -> Frame:
    """A sweep in each scheme of pairs, of which trials record alpha_m and spread where theory has a formula."""
    run = new_run(PAIRS % ", ".join(pairs))
    for setting, (scheme, alpha) in enumerate((scheme, alpha) for scheme in pairs for alpha in (0.25, 0.62)):
        known: dict[str, Any] = {"theory.alpha_c": theory.collapse_threshold([64, 64], 0.5, pairs=scheme)}
        if scheme == "all":
            known |= {"theory.alpha_m": None, "theory.spread": None}
        params = {"objective.pairs": scheme, "objective.alpha": alpha}
        run.trial(setting, alpha=alpha, params=params, class_counts="64 64", **known)
    return build_frame(run.write())


def test_a_scheme_without_a_formula_has_the_minimum_over_free_embeddings(new_run: Any) -> None:
    figure = spread.figure(searched_pairs(new_run, "all"))
    assert figure is not None
    (curve,) = traces(figure.plot, MINIMIZED)
    assert curve.line.dash == "dash"
    (expected,) = free_embedding_curve([0.62], [64, 64], 0.5, pairs="all")
    assert np.interp(0.62, curve.x, curve.y) == pytest.approx(expected, abs=5e-3)
    assert not traces(figure.plot, "predicted")
    assert [shape.type for shape in figure.plot.layout.shapes] == ["line"]
    assert "minimum of the loss over free embeddings" in figure.caption
    assert "shaded band" not in figure.caption


def test_every_scheme_has_one_curve_by_formula_where_there_is_one(
    new_run: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(recorded_theory, "free_curve", lambda counts, scheme: ([0.58, 0.68], [0.0, 1.0]))
    figure = spread.figure(searched_pairs(new_run, "all", "cross_view"))
    assert figure is not None
    (minimized,), (by_formula,) = traces(figure.plot, MINIMIZED), traces(figure.plot, "predicted")
    assert {minimized.xaxis, by_formula.xaxis} == {"x", "x2"}
    assert sorted(shape.type for shape in figure.plot.layout.shapes) == ["line", "rect"]
    assert "shaded band" in figure.caption
    assert "minimum of the loss over free embeddings" in figure.caption


def test_many_temperatures_get_a_dash_beside_each_setting(search: Results) -> None:
    frame = build_frame(search)
    figure = spread.figure(frame)
    assert figure is not None
    assert curves(frame).empty
    (dashes,) = traces(figure.plot, "predicted")
    assert sorted(dashes.y) == pytest.approx(sorted(frame.finished["theory.spread"]))


def test_few_settings_of_a_continuous_temperature_get_dashes_too(new_run: Any) -> None:
    run = new_run(
        "\nsearch: {sampler: random, trials: 2, space: {objective.temperature: {uniform: [0.1, 1]},"
        " objective.alpha: {uniform: [0, 1]}}}\n"
    )
    for setting, temperature in enumerate([0.2, 0.6]):
        params = {"objective.temperature": temperature, "objective.alpha": 0.5 + setting / 4}
        run.trial(setting, alpha=0.5 + setting / 4, temperature=temperature, params=params)
    figure = spread.figure(build_frame(run.write()))
    assert figure is not None
    (dashes,) = traces(figure.plot, "predicted")
    assert (dashes.mode, len(dashes.x)) == ("markers", 2)


def test_only_finished_settings_get_a_panel(new_run: Any) -> None:
    run = new_run(
        "\nsearch: {space: {objective.temperature: {grid: [0.1, 0.5]}, objective.alpha: {grid: [0.25, 0.62]}}}\n"
    )
    for setting, (temperature, alpha) in enumerate([(0.1, 0.25), (0.1, 0.62), (0.5, 0.25)]):
        params = {"objective.temperature": temperature, "objective.alpha": alpha}
        state = "COMPLETE" if temperature == 0.1 else "FAIL"
        run.trial(setting, alpha=alpha, temperature=temperature, params=params, state=state)
    figure = spread.figure(build_frame(run.write()))
    assert figure is not None
    assert len(traces(figure.plot, "predicted")) == 1


def test_intervals_are_drawn_from_three_seeds_on_only(sweep: Results, search: Results) -> None:
    for run, known in ((sweep, True), (search, False)):
        table = accuracy.numbers(build_frame(run))
        assert table["transfer_accuracy.half_width"].notna().all() == known


def test_floors_and_ceiling_stand_in_the_transfer_panel_and_in_the_legend(sweep: Results) -> None:
    frame = build_frame(sweep)
    figure = accuracy.figure(frame)
    assert figure is not None
    lines = [trace for trace in figure.plot.data if trace.name and ("floor" in trace.name or "ceiling" in trace.name)]
    assert [(line.xaxis, line.showlegend) for line in lines] == [("x", True)] * 3
    assert len({line.line.dash for line in lines}) == 3
    assert "means, n = 3; whiskers at the right are their intervals" in figure.caption


def test_the_whisker_of_a_reference_stands_clear_of_the_data(sweep: Results) -> None:
    figure = accuracy.figure(build_frame(sweep))
    assert figure is not None
    (floor,) = traces(figure.plot, "raw pixels (floor)")
    (whisker,) = [trace for trace in figure.plot.data if trace.marker.opacity == 0 and trace.y[0] == floor.y[0]]
    assert whisker.x[0] == floor.x[-1] > 1.0
    # t(0.975, 2) = 4.3027; the values of the three seeds are .002 apart, so s = .002.
    assert whisker.error_y.array[0] == pytest.approx(4.3027 * 0.002 / math.sqrt(3), rel=1e-4)


def test_a_reference_of_one_seed_has_no_whisker(search: Results) -> None:
    figure = accuracy.figure(build_frame(search))
    assert figure is not None
    assert len(traces(figure.plot, "raw pixels (floor)")) == 1
    assert not [trace for trace in figure.plot.data if trace.marker.opacity == 0]
    assert "n = 1; too few seeds for intervals" in figure.caption


def test_missing_references_are_said_to_be_missing(variants: Results) -> None:
    figure = accuracy.figure(build_frame(variants))
    assert figure is not None
    assert "Floors and ceiling are missing." in figure.caption


def test_a_failed_reference_leaves_a_note(new_run: Any) -> None:
    run = new_run()
    run.reference(0)
    run.reference(1, "FAIL")
    run.trial(0, alpha=0.0, params={"objective.alpha": 0.0})
    figure = accuracy.figure(build_frame(run.write()))
    assert figure is not None
    assert figure.caption.endswith("1 reference run failed.")


def test_pruned_trials_are_hollow_and_at_their_knn_accuracy(search: Results) -> None:
    frame = build_frame(search)
    table = tradeoff.numbers(frame, "transfer_accuracy").set_index("trial")
    assert (table["state"] == "PRUNED").sum() == 8
    assert table.loc[1, "accuracy"] == search.trials.loc[1, "metric.knn_transfer_accuracy"]
    figure = tradeoff.figure(frame)
    assert figure is not None
    (hollow,) = traces(figure.plot, "stopped early (kNN accuracy, last epoch)")
    assert (hollow.marker.symbol, hollow.marker.color, len(hollow.x)) == ("circle-open", style.PRUNED, 8)


def test_setting_means_stand_out_where_settings_were_repeated(sweep: Results, search: Results) -> None:
    repeated, single = tradeoff.figure(build_frame(sweep)), tradeoff.figure(build_frame(search))
    assert repeated is not None
    assert single is not None
    assert [len(trace.x) for trace in traces(repeated.plot, "setting mean")] == [8]
    assert traces(single.plot, "setting mean") == []


def test_other_parameters_each_get_a_panel(search: Results) -> None:
    figure = parameters.figure(build_frame(search))
    assert figure is not None
    titles = [figure.plot.layout[axis].title.text for axis in ("xaxis", "xaxis2", "xaxis3")]
    assert titles == ["temperature", "autoencoder weight", "head"]
    assert len(figure.numbers) == 22


def test_learning_curves_end_where_a_trial_was_stopped(search: Results) -> None:
    frame = build_frame(search)
    table = learning_curves.numbers(frame, "knn_transfer_accuracy")
    lengths = table.groupby(["state", "trial"]).size()
    assert set(lengths["COMPLETE"]) == {12}
    assert set(lengths["PRUNED"]) == {3}


def test_learning_curves_have_the_color_of_their_alpha(sweep: Results) -> None:
    frame = build_frame(sweep)
    curve, points = learning_curves.figure(frame), tradeoff.figure(frame)
    assert curve is not None
    assert points is not None
    lines = [trace for trace in curve.plot.data if trace.name == "finished trial"]
    assert len({line.line.color for line in lines}) == 8
    assert lines[0].line.color == lines[8].line.color, "one alpha at two seeds"
    assert curve.plot.layout.coloraxis == points.plot.layout.coloraxis
    assert (curve.plot.layout.coloraxis.cmin, curve.plot.layout.coloraxis.cmax) == (0, 1)


def test_without_alpha_learning_curves_are_colored_by_their_end(new_run: Any) -> None:
    run = new_run("\nsearch: {space: {training.learning_rate: {grid: [0.001, 0.01]}}}\n")
    for setting, (rate, state) in enumerate([(0.001, "COMPLETE"), (0.01, "PRUNED")]):
        run.trial(setting, alpha=0.0, params={"training.learning_rate": rate}, state=state)
    figure = learning_curves.figure(build_frame(run.write()))
    assert figure is not None
    assert [trace.line.color for trace in figure.plot.data] == [style.TRANSFER, style.PRUNED]


def test_early_stopping_is_mentioned_only_where_there_is_some(sweep: Results, search: Results) -> None:
    for run, stops in ((sweep, False), (search, True)):
        figure = learning_curves.figure(build_frame(run))
        assert figure is not None
        assert ("early stopping" in figure.caption) == stops


def test_every_name_stands_in_the_legend_once(any_run: Results) -> None:
    for figure in drawn(any_run):
        shown = [trace.name for trace in figure.plot.data if trace.showlegend]
        assert len(shown) == len(set(shown))


def test_one_trial_with_nothing_but_its_value_is_drawn(new_run: Any) -> None:
    run = new_run()
    run.trial(
        0, alpha=0.56, params={"objective.alpha": 0.56}, **{"metric.spread": math.nan, "metric.train_spread": None}
    )
    names = [figure.name for figure in all_figures(build_frame(run.write()))]
    assert names == ["accuracy", "learning-curves"]


def test_a_single_setting_of_a_study_without_a_space_is_drawn(new_run: Any) -> None:
    run = new_run("\nsearch: {seeds: 3}\n")
    for seed in range(3):
        run.trial(0, seed, alpha=0.0, params={})
    frame = build_frame(run.write())
    assert frame.x == "variant"
    figure = accuracy.figure(frame)
    assert figure is not None
    assert list(figure.numbers["x"]) == ["main"]
    assert len(all_figures(frame)) == 4


def test_a_categorical_main_parameter_makes_an_axis_of_names(new_run: Any) -> None:
    run = new_run("\nsearch: {space: {model.head: {grid: [none, linear]}}}\n")
    run.reference(0)
    for setting, head in enumerate(["none", "linear"]):
        run.trial(setting, alpha=0.0, params={"model.head": head})
    figures = all_figures(build_frame(run.write()))
    assert [figure.title for figure in figures][:2] == [
        "Spread against head", "Transfer accuracy and class accuracy against head",
    ]  # fmt: skip
    assert sorted(figures[0].numbers["x"]) == ["linear", "none"]


def test_every_setting_stands_in_the_plane_of_the_objectives(goals: Results) -> None:
    table = front_points(build_frame(goals)).set_index("x")
    assert table.index[table["front"]].tolist() == [0, 0.45, 0.56, 0.62, 0.75]
    assert table.index[table["violation"] > 0].tolist() == [0.9, 1]
    assert table.loc[1, "violation"] == pytest.approx(0.95 - 0.92)
    figure = front.figure(build_frame(goals))
    assert figure is not None
    assert "5 of 8 settings are on the Pareto front" in figure.caption
    assert "2 settings that break a bound" in figure.caption
    [on_it], [dim], [crossed] = (traces(figure.plot, name) for name in ("on the front", "dominated", "breaks a bound"))
    assert (len(on_it.x), len(dim.x), len(crossed.x)) == (5, 1, 2)
    assert dim.marker.opacity < on_it.marker.opacity
    assert on_it.customdata[0][0] == "alpha 0"
    [bound] = figure.plot.layout.shapes
    assert (bound.y0, bound.y1) == (0.95, 0.95)


def test_what_may_have_been_lucky_is_on_no_front(new_run: Any) -> None:
    """One seed each, but for the one that racing repeated; without that repeat the others would dominate it."""
    run = new_run("""
search:
  sampler: random
  seeds: 2
  trials: 4
  space: {objective.alpha: {uniform: [0, 1]}}
  optimize: {transfer_accuracy: maximize, class_accuracy: maximize}
""")
    for setting, seed, value in ((0, 0, 0.9), (0, 1, 0.9), (1, 0, 0.95), (2, 0, 0.8)):
        both = {"metric.transfer_accuracy": value, "metric.class_accuracy": value}
        repeat = 0 if seed else None
        run.trial(setting, seed, alpha=0.5, params={"objective.alpha": setting / 10}, repeat_of=repeat, **both)
    frame = build_frame(run.write())
    table = front_points(frame).set_index("setting")
    assert table["front"].to_dict() == {0: True, 1: False, 2: False}
    assert table["lucky"].to_dict() == {0: False, 1: True, 2: True}
    figure = front.figure(frame)
    assert figure is not None
    assert "Hollow: 2 settings with one seed may have been lucky; they are on none." in figure.caption
    [hollow] = traces(figure.plot, "one seed")
    assert (len(hollow.x), hollow.marker.symbol) == (2, "circle-open")


def test_three_objectives_have_a_panel_for_each_two(new_run: Any) -> None:
    run = new_run("""
search:
  sampler: random
  trials: 6
  space: {objective.alpha: {uniform: [0, 1]}}
  optimize: {transfer_accuracy: maximize, class_accuracy: maximize, spread: minimize}
""")
    for setting in range(6):
        run.trial(setting, alpha=setting / 6, params={"objective.alpha": setting / 6})
    figure = front.figure(build_frame(run.write()))
    assert figure is not None
    titles = [(axis.title.text) for axis in figure.plot.select_xaxes()]
    assert titles == ["transfer accuracy", "transfer accuracy", "class accuracy"]
    assert "the front is that of all" in figure.caption


def test_the_hypervolume_grows_trial_by_trial(goals: Results) -> None:
    frame = build_frame(goals)
    table = hypervolume.numbers(frame)
    assert table["trial"].is_monotonic_increasing
    assert table["hypervolume"].is_monotonic_increasing
    # The first trial is alpha 0 at 0.9 and 0.99; the worst values are 0.9 and 0.92, so it covers nothing.
    # The second, alpha 0.25, covers (0.9 - 0.9) (0.985625 - 0.92) = 0 too; the third (0.936 - 0.9) (0.975825 - 0.92).
    assert table["hypervolume"].iloc[:3].tolist() == pytest.approx([0, 0, 0.036 * 0.055825])
    figure = hypervolume.figure(frame)
    assert figure is not None
    assert "(transfer accuracy 0.900, class accuracy 0.920)" in figure.caption


def test_one_objective_has_neither_front_nor_hypervolume(sweep: Results) -> None:
    frame = build_frame(sweep)
    assert front.figure(frame) is None
    assert hypervolume.figure(frame) is None
