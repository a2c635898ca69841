"""A search whose trials have several encoders: windows, early stops and labels of one of them."""

from typing import Any

import pytest

from spreadtune.run_folder import Outcome, TrialFolder
from spreadtune.search.assignment import setting_label
from spreadtune.search.plans.workload import workload
from spreadtune.search.results.tables import export_tables
from spreadtune.search.results.to_confirm import expected_settings
from spreadtune.search.sampling.space import Space
from spreadtune.search.stopping.watched import Deciding
from spreadtune.search.storage.books import _longest
from spreadtune.spec.study import Study
from spreadtune.theory import collapse_threshold, means_vanish_threshold
from tests.lab import Lab

ALPHA = "members.contrast.set.objective.alpha"
TEMPERATURE = "members.contrast.set.objective.temperature"
COUNTS = [64.0, 64.0]


def thanos(**search: Any) -> Study:
    values = {
        "data": {"dataset": "digits", "augmentation": "grey"},
        "model": {"encoder": "convnet"},
        "objective": "spread",
        "training": {"epochs": 4},
        "members": {
            "contrast": {"set": {"objective.alpha": 0.5}},
            "other": {"set": {"objective": "cross_entropy", "training.epochs": 6}},
        },
        "search": {"sampler": "random", "trials": 3, **search},
    }
    return Study.from_values(values, name="tiny", source="tiny")


def test_a_window_is_that_of_the_member_it_is_searched_in() -> None:
    (variant,) = thanos(space={ALPHA: {"window": [0, 1]}, TEMPERATURE: {"uniform": [0.1, 1]}}).variants()
    space = Space(variant, lambda _: COUNTS)
    values = space.resolve({f"{ALPHA}.position": 0.25, TEMPERATURE: 0.5})
    low, high = (threshold(COUNTS, temperature=0.5) for threshold in (collapse_threshold, means_vanish_threshold))
    assert values == {TEMPERATURE: 0.5, ALPHA: pytest.approx(low + 0.25 * (high - low))}
    assert space.theory(values)["alpha_c"] == pytest.approx(low)


@pytest.mark.parametrize(
    ("member", "metric", "last", "longest"),
    [
        ("contrast", "contrast.knn_transfer_accuracy", None, 4),
        ("other", "other.knn_transfer_accuracy", 6, 6),
        ("whole", "knn_transfer_accuracy", 6, 6),
    ],
)
def test_what_decides_on_a_stop(member: str, metric: str, last: int | None, longest: int) -> None:
    study = thanos(early_stopping={"name": "hyperband", "member": member})
    (variant,) = study.variants()
    spec = variant.trial({}, seed(study))
    decides = Deciding.of(study.search, spec)
    assert (decides.metric, decides.last) == (metric, last)
    assert _longest(variant, study.search.early_stopping) == longest
    assert decides.epoch(7, {f"{decides.member}.epoch": 3}) == 3


def test_nothing_is_taken_where_all_members_are_looked_at_together() -> None:
    whole, named, none = (
        thanos(early_stopping=stopping).search
        for stopping in ({"name": "median", "member": "whole"}, {"name": "median", "member": "other"}, "none")
    )
    assert [Deciding.takes_members(search) for search in (whole, named, none)] == [False, True, True]


def seed(study: Study) -> Any:
    from spreadtune.spec.seed import Seed

    return Seed(study=study.search.seed)


def epochs(folder: TrialFolder, member: str, count: int, value: float, place: int = 0) -> None:
    """What a member's worker leaves of its first epochs."""
    attempt = folder.member(place, member).new_attempt()
    for epoch in range(1, count + 1):
        attempt.append_history({"epoch": epoch, "loss": 1.0, "knn_transfer_accuracy": value})


def test_a_trial_is_stopped_by_what_its_member_reports(lab: Lab) -> None:
    stopping = {"name": "median", "member": "contrast", "startup_trials": 1, "min_epochs": 2}
    study = thanos(space={ALPHA: {"uniform": [0, 1]}}, early_stopping=stopping)
    ledger = lab.open(study)
    good = ledger.next()
    assert good is not None
    for epoch in range(1, 5):
        line = {"contrast.epoch": epoch, "contrast.knn_transfer_accuracy": 0.9}
        assert not ledger.report(good.number, epoch, line)
    lab.write(good, Outcome("COMPLETE", epoch=10, metrics={"transfer_accuracy": 0.9}))
    ledger.settle(good.number)

    bad = ledger.next()
    assert bad is not None
    assert not ledger.report(bad.number, 1, {"contrast.epoch": 1, "contrast.knn_transfer_accuracy": 0.1})
    assert not ledger.report(bad.number, 2, {"contrast.epoch": 2, "other.knn_transfer_accuracy": 0.1})
    assert ledger.report(bad.number, 3, {"contrast.epoch": 3, "contrast.knn_transfer_accuracy": 0.1})
    assert ledger.settle(bad.number).state == "PRUNED"


def test_a_resume_catches_up_with_what_a_member_did(lab: Lab) -> None:
    stopping = {"name": "median", "member": "contrast", "startup_trials": 1}
    study = thanos(space={ALPHA: {"uniform": [0, 1]}}, early_stopping=stopping)
    ledger = lab.open(study)
    good, bad = ledger.next(), ledger.next()
    assert good is not None
    assert bad is not None
    for epoch in range(1, 5):
        ledger.report(good.number, epoch, {"contrast.epoch": epoch, "contrast.knn_transfer_accuracy": 0.9})
    lab.write(good, Outcome("COMPLETE", epoch=10, metrics={"transfer_accuracy": 0.9}))
    ledger.settle(good.number)
    epochs(bad.folder, "contrast", 3, 0.1)
    lab.kill(ledger)
    again = lab.open(study)
    handed = again.next()
    assert handed is None or handed.number != bad.number
    outcome = bad.folder.outcome()
    assert outcome is not None
    assert (outcome.state, outcome.metrics["contrast.knn_transfer_accuracy"]) == ("PRUNED", 0.1)


def test_tables_have_columns_for_each_member(lab: Lab) -> None:
    study = thanos(space={ALPHA: {"uniform": [0, 1]}}, trials=1)
    ledger = lab.open(study)
    trial = ledger.next()
    assert trial is not None
    epochs(trial.folder, "contrast", 2, 0.5)
    epochs(trial.folder, "other", 1, 0.6, place=1)
    metrics = {"transfer_accuracy": 0.9, "spread": 0.3, "contrast.spread": 0.3, "other.transfer_accuracy": 0.7}
    lab.write(trial, Outcome("COMPLETE", epoch=3, metrics=metrics))
    ledger.settle(trial.number)
    export_tables(study, lab.run)
    import pandas as pd

    trials, history = (pd.read_parquet(table) for table in (lab.run.trials_table, lab.run.history_table))
    row = trials.iloc[0]
    assert (row["metric.contrast.spread"], row["metric.other.transfer_accuracy"]) == (0.3, 0.7)
    assert f"param.{ALPHA}" in trials
    assert trials["taken"].isna().all()
    assert history["epoch"].tolist() == [1, 2, 3]
    assert history["metric.contrast.knn_transfer_accuracy"].tolist()[:2] == [0.5, 0.5]
    assert history["other.epoch"].tolist()[-1] == 1


def test_a_label_names_a_member_where_several_have_the_like() -> None:
    assert setting_label({ALPHA: 0.5}) == "alpha 0.5"
    weight = "members.other.set.objective.alpha"
    assert setting_label({ALPHA: 0.5, weight: 1.0}) == "contrast alpha 0.5, other alpha 1"


def test_only_what_is_supcon_in_every_member_is_expected_beside_the_best() -> None:
    study = thanos(space={ALPHA: {"choice": [0.0, 0.5]}}, confirm={"seeds": 1})
    assert expected_settings(study) == {"main": 1}


def test_a_plan_counts_a_member_that_all_share_once_a_seed() -> None:
    study = thanos(sampler="grid", trials=None, seeds=2, space={ALPHA: {"grid": [0.2, 0.5, 0.9]}})
    work = workload(study, references=False, mean_class_counts=lambda _: COUNTS)
    assert [sorted(job.taken) for job in work.trials] == [[], ["other"], ["other"]] * 2
    assert work.epochs == 6 * 4 + 2 * 6
    whole = thanos(sampler="grid", trials=None, space=dict(study.search.space), early_stopping=WHOLE_MEDIAN)
    assert workload(whole, references=False, mean_class_counts=lambda _: COUNTS).epochs == 3 * 10


WHOLE_MEDIAN = {"name": "median", "member": "whole"}
