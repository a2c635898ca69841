"""The live view, character by character, in terminals of several sizes."""

import io
import math
import re
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from rich.console import Console

from spreadtune.cli.live.chart import Chart
from spreadtune.cli.live.view import WAITING, InTraining, View
from spreadtune.search.results.choice import SettingResults
from spreadtune.search.results.progress import Counts
from spreadtune.spec.load import load_study
from spreadtune.spec.study import Study
from tests import counted
from tests.golden_text import assert_golden
from tests.workplace import Workplace

GOLDEN = Path(__file__).parent / "golden"
ALPHAS = (0, 0.2, 0.4, 0.56, 0.62, 0.75, 0.9, 1)


def study(folder: Path, space: Mapping[str, Any], **search: Any) -> Study:
    Workplace(folder).write("seen", {"search": {"seeds": 3, "space": dict(space), **search}})
    return load_study(folder / "studies" / "seen.yaml")


def settings(*values: Mapping[str, Any], seeds: int = 3, variant: str = "main") -> list[SettingResults]:
    """Transfer that rises to alpha 0.7 and falls; less at low temperatures."""

    def result(setting: Mapping[str, Any], seed: int) -> float:
        alpha, temperature = setting.get("objective.alpha", 0.0), setting.get("objective.temperature", 0.5)
        return 0.98 - 0.15 * (alpha - 0.7) ** 2 - 0.02 * (0.5 - temperature) + 0.006 * (seed - 1)

    return [
        SettingResults(
            variant, number, setting,
            ", ".join(f"{path.split('.')[1]} {value:g}" for path, value in setting.items()),
            tuple(result(setting, seed) for seed in range(seeds)),
        )
        for number, setting in enumerate(values)
    ]  # fmt: skip


def seen(of: Study, found: list[SettingResults], **counts: int) -> View:
    search = Counts(**{"total": 24, "complete": 14, "running": 2} | counts)
    best_first = sorted(found, key=lambda each: -each.mean)
    progress = counted.progress(search, Counts(3, complete=1), best_first)
    in_training = (
        InTraining("trial 17 (alpha 0.62, seed 2)", "epoch 12 of 40", 12, "knn_transfer_accuracy 0.912"),
        InTraining("reference 1 (floors and ceiling, seed 1)", "raw pixels"),
    )
    return View(
        "digits_alpha_sweep/20260102-030405-abcd", "transfer_accuracy", Chart.of(of), slots=2, progress=progress,
        in_training=in_training, began=0.0, ends=200.0, clock=lambda: 80.0,
    )  # fmt: skip


def drawn(view: View, width: int, height: int, encoding: str = "utf-8") -> str:
    output = io.TextIOWrapper(io.BytesIO(), encoding=encoding)
    console = Console(
        file=output, record=True, width=width, height=height, force_terminal=True, legacy_windows=False, no_color=True
    )
    console.print(view)
    output.flush()
    return console.export_text()


@pytest.fixture
def sweep(tmp_path: Path) -> Study:
    return study(tmp_path, {"objective.alpha": {"grid": list(ALPHAS)}})


@pytest.fixture
def view(sweep: Study) -> View:
    return seen(sweep, settings(*({"objective.alpha": alpha} for alpha in ALPHAS[:5]), {"objective.alpha": 0.9}))


SIZES = [(80, 24), (60, 20), (200, 60), (100, 14), (80, 8), (30, 24), (20, 7)]


@pytest.mark.parametrize(("width", "height"), SIZES)
def test_the_view_fits_terminals_of_any_size(width: int, height: int, view: View) -> None:
    text = drawn(view, width, height)
    assert_golden(GOLDEN / f"view-{width}x{height}.txt", text)
    lines = text.splitlines()
    assert len(lines) <= max(1, height - 6), "some lines are left to what scrolls by above"
    assert all(len(line.rstrip()) <= width for line in lines)


def test_a_terminal_without_unicode(view: View) -> None:
    assert_golden(GOLDEN / "view-ascii.txt", drawn(view, 60, 24, encoding="ascii"))


def test_before_there_is_a_cluster(view: View) -> None:
    started = replace(view, progress=None, slots=0, in_training=(), ends=None)
    assert drawn(started, 80, 24).splitlines() == [started.run, "starting Ray   1:20 so far"]


def test_what_waits_for_a_slot_does_not_run(sweep: Study) -> None:
    view = seen(sweep, [])
    lost = replace(view.in_training[0], step=WAITING)
    lines = drawn(replace(view, in_training=(lost, *view.in_training[1:])), 100, 14).splitlines()
    assert any("1 running   1 waiting   14 finished" in line for line in lines)
    assert any(re.search(r"trial 17 .* waiting for a slot", line) for line in lines)


def test_one_point(sweep: Study) -> None:
    view = seen(sweep, settings({"objective.alpha": 0.2}, seeds=1), complete=1, pruned=2, failed=1)
    assert_golden(GOLDEN / "view-one-point.txt", drawn(view, 80, 24))


def test_no_point_yet(sweep: Study) -> None:
    view = seen(sweep, [], complete=0)
    assert_golden(GOLDEN / "view-no-point.txt", drawn(view, 80, 24))


def test_500_points_of_a_search(tmp_path: Path) -> None:
    """Five times the golden angle: they cover alpha evenly."""
    of = study(tmp_path, {"objective.alpha": {"uniform": [0, 1]}}, sampler="random", trials=500, seeds=1)
    values = ({"objective.alpha": 0.618 * number % 1} for number in range(500))
    assert_golden(GOLDEN / "view-500-points.txt", drawn(seen(of, settings(*values, seeds=1), total=500), 80, 24))


def test_temperatures_are_told_apart(tmp_path: Path) -> None:
    space = {"objective.temperature": {"grid": [0.1, 0.5]}, "objective.alpha": {"grid": list(ALPHAS)}}
    values = ({"objective.temperature": t, "objective.alpha": alpha} for alpha in ALPHAS for t in (0.1, 0.5))
    assert_golden(GOLDEN / "view-temperatures.txt", drawn(seen(study(tmp_path, space), settings(*values)), 80, 26))


def test_a_variant_with_an_alpha_of_its_own_has_its_place(tmp_path: Path) -> None:
    variants = {"spread": {}, "supcon": {"set": {"objective.alpha": 0}}}
    of = study(tmp_path, {"objective.alpha": {"grid": [0.25, 0.75]}}, variants=variants)
    found = settings({"objective.alpha": 0.25}, {"objective.alpha": 0.75}, variant="spread")
    assert_golden(GOLDEN / "view-variants.txt", drawn(seen(of, found + settings({}, variant="supcon")), 80, 24))


def test_without_alpha_the_first_number_that_is_searched_on_its_axis(tmp_path: Path) -> None:
    space = {"model.head": {"choice": ["none", "linear"]}, "objective.temperature": {"log_uniform": [0.05, 1]}}
    of = study(tmp_path, space, sampler="random", trials=12, seeds=1)
    found = settings(*({"objective.temperature": 0.05 * 20 ** (n / 11)} for n in range(12)), seeds=1)
    assert_golden(GOLDEN / "view-temperature-alone.txt", drawn(seen(of, found, total=12), 80, 24))


def test_nothing_to_plot_against(tmp_path: Path) -> None:
    of = study(tmp_path, {"model.head": {"grid": ["none", "linear"]}})
    assert Chart.of(of) is None
    assert "against" not in drawn(seen(of, settings({})), 80, 24)


def test_what_is_not_a_number_has_no_place(sweep: Study) -> None:
    lost = SettingResults("main", 7, {"objective.alpha": 1}, "alpha 1", (math.nan,))
    chart = Chart.of(sweep)
    assert chart
    assert chart.points([lost]) == []


def test_many_slots_are_counted_where_they_have_no_room(view: View) -> None:
    busy = replace(view, in_training=view.in_training * 10)
    assert_golden(GOLDEN / "view-many-slots.txt", drawn(busy, 80, 24))
