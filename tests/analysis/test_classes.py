"""What is said of unequal classes."""

from dataclasses import replace

from spreadtune.analysis.answer import answer
from spreadtune.analysis.classes import unequal_classes
from spreadtune.analysis.frame import Frame, build_frame
from spreadtune.analysis.results import Results
from tests.analysis.conftest import NewRun
from tests.analysis.test_recorded_theory import recorded


def named(frame: Frame, *names: str) -> Frame:
    return replace(frame, class_names=names)


def test_a_class_that_is_still_collapsed_is_named(sweep: Results) -> None:
    frame = named(build_frame(sweep), "rare", "common")
    assert unequal_classes(frame, recorded(20.0, 108.0), 0.52) == (
        "Classes are unequal; predicted there: class rare, 20 images of a batch still collapsed (until alpha 0.673), "
        "spread 0.434 (class common, 108 images of a batch)."
    )


def test_open_classes_have_their_spreads(sweep: Results) -> None:
    frame = named(build_frame(sweep))  # an earlier run, which did not record names
    assert unequal_classes(frame, recorded(6.0, 26.0), 0.73) == (
        "Classes are unequal; predicted there: spread 0.744 (class 0, 6 images of a batch) to 0.987 (class 1, 26 "
        "images of a batch)."
    )


def test_many_collapsed_classes_are_counted(sweep: Results) -> None:
    words = unequal_classes(build_frame(sweep), recorded(8.0, 9.0, 10.0, 11.0, 12.0, 30.0), 0.0)
    assert "6 of 6 classes still collapsed (the last of them until alpha" in words


def test_nothing_is_said_of_equal_classes(sweep: Results) -> None:
    assert unequal_classes(build_frame(sweep), recorded(64.0, 64.0), 0.52) == ""


def test_the_answer_says_it(new_run: NewRun) -> None:
    run = new_run()
    for seed in range(3):
        for setting, alpha in enumerate([0, 0.52]):
            params = {"objective.alpha": alpha}
            measured = {"metric.transfer_accuracy": 0.9 + alpha / 10, "class_counts": "20 108"}
            run.trial(setting, seed, alpha=alpha, params=params, **measured)
    told = " ".join(answer(build_frame(run.write())))
    assert "predicted there: class 0, 20 images of a batch still collapsed" in told
