"""What a comparison finds, refuses and leaves alone."""

import math
import re
from pathlib import Path
from typing import Any

import pytest

from spreadtune.analysis.compare import Comparison
from spreadtune.analysis.compare.pairs import equal_settings
from spreadtune.analysis.results import Results
from spreadtune.errors import UserError
from tests.analysis.compare.conftest import MakeRun

COLD = {"temperature: 0.5": "temperature: 0.2"}


def level(alpha: float, seed: int) -> float:
    return 0.9 + 0.05 * alpha + 0.01 * seed


def raised(alpha: float, seed: int) -> float:
    """Above by 0.02 on average, with a spread of 0.001 over seeds."""
    return level(alpha, seed) + 0.02 + 0.001 * (seed - 1)


def test_equal_settings_are_paired_on_their_seeds(make_run: MakeRun) -> None:
    found = Comparison.of([make_run(level), make_run(raised, study=COLD)]).pairs
    assert list(found["settings"]) == ["alpha 0", "alpha 0.56", "alpha 1"]
    assert list(found["difference"]) == pytest.approx([0.02] * 3)
    # t(0.975, 2) = 4.302653, s = 0.001, n = 3: unpaired it would be 0.02 wide and include 0.
    assert list(found["half_width"]) == pytest.approx([4.302653 * 0.001 / math.sqrt(3)] * 3, rel=1e-6)
    assert set(found["method"]) == {"paired"}
    assert set(found["interval"]) == {"excludes 0"}


@pytest.mark.parametrize(
    "study",
    [{"search: {seeds": "search: {seed: 1, seeds"}, {"batch_size: 128": "batch_size: 128, train_size: 500"}],
    ids=["study seed", "training images"],
)
def test_other_random_streams_are_not_paired(make_run: MakeRun, study: dict[str, str]) -> None:
    comparison = Comparison.of([make_run(level), make_run(raised, study=study)])
    assert set(comparison.pairs["method"]) == {"unpaired"}
    assert set(comparison.pairs["interval"]) == {"includes 0"}
    assert "unpaired" in comparison.answer()


def test_only_what_differs_is_listed(make_run: MakeRun) -> None:
    versions = {"versions": {"torch": "2.14.1", "ray": "2.60.0"}}
    other = make_run(level, study=COLD, manifest=versions | {"data": {"digits": "a" * 64}})
    first = make_run(level, manifest={"versions": {"torch": "2.13.0", "ray": "2.60.0"}, "data": {"digits": "a" * 64}})
    listed = Comparison.of([first, other]).differences
    assert listed.values.tolist() == [
        ["study", "objective.temperature", "0.5", "0.2"],
        ["run", "version of torch", "2.13.0", "2.14.1"],
    ]


def test_one_and_the_same_question_differs_in_nothing(make_run: MakeRun) -> None:
    comparison = Comparison.of([make_run(level), make_run(level)])
    assert comparison.differences.empty
    assert "The study files are the same." in comparison.answer()


def test_a_warm_up_may_be_written_either_way(make_run: MakeRun) -> None:
    share = {"epochs: 12": "epochs: 12, warmup: 0.25"}
    for warmup, differing in ("warmup_epochs: 3", []), ("warmup_epochs: 2", [["training.warmup_epochs", "3", "2"]]):
        runs = make_run(level, study=share), make_run(level, study={"epochs: 12": f"epochs: 12, {warmup}"})
        listed = Comparison.of(runs).differences
        assert listed[["what", "A", "B"]].values.tolist() == differing


def test_a_variant_that_fixes_a_value_equals_a_setting_that_searches_it(
    make_run: MakeRun, variants: Results, sweep: Results
) -> None:
    comparison = Comparison.of([sweep, variants])
    found = {(str(here), str(there)) for here, there in equal_settings(*comparison.sides)}
    # Only temperature 0.5, at which the sweep was made: alphas 0 (the variant supcon), 0.25, 0.56 and 0.62.
    assert found == {
        ("('main', 0)", "('supcon', 0)"),
        ("('main', 1)", "('spread', 3)"),
        ("('main', 3)", "('spread', 4)"),
        ("('main', 4)", "('spread', 5)"),
    }


def test_runs_without_an_equal_setting_are_compared_at_their_best(sweep: Results, search: Results) -> None:
    comparison = Comparison.of([sweep, search])
    assert comparison.pairs.empty
    assert "No setting of B equals one of A" in comparison.answer()
    assert comparison.answer().startswith("Best setting of each by transfer accuracy: A ")


@pytest.mark.parametrize(
    ("study", "manifest", "message"),
    [
        ({"dataset: digits": "dataset: mnist"}, {}, "data.dataset is digits and mnist"),
        ({}, {"data": {"digits": "b" * 64}}, f"the fingerprint of digits is {'a' * 12} and {'b' * 12}"),
        (
            {"search: {": "search: {optimize: {class_accuracy: maximize}, "},
            {},
            "search.optimize is {transfer_accuracy: maximize} and {class_accuracy: maximize}",
        ),
    ],
)
def test_what_clashes_is_named(make_run: MakeRun, study: Any, manifest: Any, message: str) -> None:
    first = make_run(level, manifest={"data": {"digits": "a" * 64}} if manifest else {})
    with pytest.raises(UserError, match="cannot be compared") as refusal:
        Comparison.of([first, make_run(level, study=study, manifest=manifest)])
    assert message in str(refusal.value)
    assert first.run.label in str(refusal.value)


@pytest.mark.parametrize("images", ["size: 6", "train_size: 500"])
def test_images_of_another_size_or_number_are_a_reservation(make_run: MakeRun, images: str) -> None:
    prints = [{"data": {"digits": letter * 64}} for letter in "ab"]
    other = {"batch_size: 128": f"batch_size: 128, {images}"}
    found = Comparison.of([make_run(level, manifest=prints[0]), make_run(level, manifest=prints[1], study=other)])
    assert "Trained on other images" in found.answer()


def test_another_evaluation_is_flagged(make_run: MakeRun) -> None:
    other = make_run(level, study={"training: {": "evaluation: {knn_every: 3}\ntraining: {"})
    assert "Measured differently: evaluation.knn_every differs." in Comparison.of([make_run(level), other]).answer()


def test_lists_that_are_no_comparison(make_run: MakeRun, nothing_finished: Results) -> None:
    run = make_run(level)
    for runs, message in (
        ([run], "at least two runs"),
        ([run, run], "is named twice"),
        ([run, nothing_finished], "no trial has finished with a transfer accuracy yet"),
    ):
        with pytest.raises(UserError, match=message):
            Comparison.of(runs)


def test_only_a_comparison_is_replaced(make_run: MakeRun, tmp_path: Path) -> None:
    comparison = Comparison.of([make_run(level), make_run(raised)])
    own, other = tmp_path / "page.html", tmp_path / "notes.html"
    other.write_text("mine")
    assert comparison.write_report(own).read_text() == comparison.write_report(own).read_text()
    with pytest.raises(UserError, match="is there and is no comparison"):
        comparison.write_report(other)
    assert other.read_text() == "mine"


def test_the_page_lies_beside_the_first_run_s_study(make_run: MakeRun) -> None:
    runs = [make_run(level), make_run(raised)]
    path = Comparison.of(runs).write_report()
    assert path == runs[0].run.path.parents[1] / f"compare-{runs[0].run.id}-{runs[1].run.id}.html"


def test_the_page_of_many_runs_has_a_name_that_knows_them_all(make_run: MakeRun) -> None:
    runs = [make_run(level) for _ in range(4)]
    once, again, more = (Comparison.of(named).write_report() for named in (runs[:3], runs[:3], runs))
    assert once == again
    for path, others in ((once, 2), (more, 3)):
        assert re.fullmatch(rf"compare-{runs[0].run.id}-and-{others}-more-[0-9a-f]{{8}}\.html", path.name)
    assert once.name[-13:] != more.name[-13:]


def test_a_page_that_cannot_be_written_is_a_mistake(make_run: MakeRun, tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(UserError, match=r"^--output .*/file/page\.html: .*; name another file$"):
        Comparison.of([make_run(level), make_run(raised)]).write_report(tmp_path / "file" / "page.html")
