"""Tables of a run, finished or not."""

import re
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from spreadtune.run_folder import Outcome
from spreadtune.search.results.tables import export_tables
from spreadtune.spec.metrics import METRICS

GRAMMAR = Path(__file__).parents[3] / "docs" / "study-file.md"
SPACE = {
    "objective.alpha": {"window": [0, 1]},
    "objective.autoencoder_weight": {"log_uniform": [0.01, 10], "when": {"model.decoder": "conv"}},
    "model.decoder": {"choice": ["none", "conv"]},
    "data.batch_size": {"choice": [64, 128]},
}
COMPLETE = Outcome(
    "COMPLETE",
    epoch=10,
    metrics={"transfer_accuracy": 0.9, "spread": 0.4},
    theory={"alpha_c": 0.5, "alpha_m": 0.7, "spread": 0.3, "images_per_class": 64.0},
    details={"seconds": 5.5, "device": "cpu", "torch": "2"},
)


def trials(lab: Any, study: Any) -> pd.DataFrame:
    export_tables(study, lab.run)
    return pd.read_parquet(lab.run.trials_table)


def test_the_columns(lab: Any) -> None:
    study = lab.study(sampler="random", trials=4, space=SPACE)
    ledger = lab.open(study)
    while assignment := ledger.next():
        lab.write(assignment, COMPLETE)
        ledger.settle(assignment.number)
    table = trials(lab, study)
    assert list(table.columns) == [
        *("trial", "variant", "stage", "setting", "seed", "state", "reason", "epoch"),
        *("duplicate_of", "repeat_of", "retry_of"),
        *("param.objective.alpha", "param.objective.alpha.position", "param.objective.autoencoder_weight"),
        *("param.model.decoder", "param.data.batch_size"),
        *(f"metric.{name}" for name in METRICS),
        *("theory.alpha_c", "theory.alpha_m", "theory.spread"),
        *("theory.lowest_class_spread", "theory.highest_class_spread", "theory.images_per_class"),
        *("class_counts", "seconds", "device"),
    ]
    assert (table["metric.transfer_accuracy"] == 0.9).all()
    assert table["metric.class_accuracy"].isna().all()
    assert (table["theory.alpha_m"] == 0.7).all()
    assert set(table["device"]) == {"cpu"}
    assert set(table["seconds"]) == {5.5}
    assert set(table["stage"]) == {"search"}
    drawn = ledger._books[0].rows
    assert list(table["param.objective.alpha"]) == [drawn[n].record.values["objective.alpha"] for n in table["trial"]]
    for row in table.itertuples(index=False):
        active = row[table.columns.get_loc("param.model.decoder")] == "conv"
        assert pd.notna(row[table.columns.get_loc("param.objective.autoencoder_weight")]) == active
    written = pd.read_csv(lab.run.trials_table.with_suffix(".csv"))
    assert list(written["trial"]) == [0, 1, 2, 3]
    assert list(written.columns) == list(table.columns)


def test_the_grammar_lists_the_columns(lab: Any) -> None:
    """Those of parameters and metrics by what their names begin with: the one comes from the file, the other is listed
    in a table of its own."""
    study = lab.study(space={"objective.alpha": {"grid": [0, 1]}}, confirm={"seeds": 1})
    [sentence] = re.findall(r"Columns of the trials table: (.*?)\n\n", GRAMMAR.read_text(encoding="utf-8"), re.DOTALL)
    named = {name for name in re.findall(r"`([^`]+)`", sentence) if not name.startswith(("param.", "when"))}
    begun = ("metric.", "test.", "param.")
    columns = [name for name in trials(lab, study) if not name.startswith(begun)]
    of_members = {"taken", "metric.contrast.spread"}  # tests/search/test_members.py has them
    assert named == {*columns, *of_members, "metric.", "test."}


def test_a_confirmation_has_rows_and_columns_of_its_own(lab: Any) -> None:
    study = lab.study(space={"objective.alpha": {"grid": [0, 1]}}, confirm={"seeds": 1})
    ledger = lab.open(study)
    for _ in range(2):
        lab.finish(ledger, ledger.next())
    measured = {"transfer_accuracy": 0.9, "test.transfer_accuracy": 0.8, "test.spread": 0.25}
    lab.write(ledger.next(), Outcome("COMPLETE", epoch=10, metrics=measured))
    ledger.settle(2)
    table = trials(lab, study)
    assert [name for name in table if name.startswith("test.")] == [
        f"test.{name}" for name, metric in METRICS.items() if metric.part == "kept apart"
    ]
    assert list(table["stage"]) == ["search", "search", "confirm"]
    assert list(table["setting"]) == [0, 1, 0]
    assert list(table["test.transfer_accuracy"].fillna(-1)) == [-1, -1, 0.8]
    assert table["metric.transfer_accuracy"][2] == 0.9


def test_a_table_of_a_run_under_way(lab: Any) -> None:
    study = lab.study(
        space={"objective.alpha": {"grid": [0, 0.5]}},
        variants={"plain": {}, "flat": {"set": {"objective.alpha": 0.25}}},
    )
    ledger = lab.open(study)
    done, failed, running = ledger.next(), ledger.next(), ledger.next()
    lab.finish(ledger, done)
    ledger.settle(failed.number, error="vanished")
    attempt = running.folder.new_attempt()
    attempt.append_history({"epoch": 1, "loss": 2.0, "spread": 0.1})
    attempt.append_history({"epoch": 2, "loss": 1.0, "spread": 0.2})
    table = trials(lab, study)
    assert list(table["state"]) == ["COMPLETE", "FAIL", "RUNNING"]
    assert list(table["epoch"]) == [10, 0, 2]
    assert list(table["reason"].isna()) == [True, False, True]
    assert table["reason"][1] == "vanished"
    assert list(table["variant"]) == ["plain", "plain", "flat"]
    assert list(table["param.objective.alpha"].isna()) == [False, False, True], "what a variant sets is not searched"


def test_duplicates_and_retries_name_the_trial_they_follow(lab: Any) -> None:
    study = lab.study(sampler="random", trials=2, space={})
    ledger = lab.open(study)
    first, second = ledger.next(), ledger.next()
    lab.finish(ledger, first)
    ledger.settle(second.number, error="vanished")
    lab.run_all(lab.open(study, retry_failed=True))
    table = trials(lab, study)
    assert list(table["duplicate_of"].fillna(-1)) == [-1, 0, 0]
    assert list(table["retry_of"].fillna(-1)) == [-1, -1, 1]
    assert list(table["seed"]) == [0, 1, 1]


def test_a_published_outcome_counts_before_the_database_knows_it(lab: Any) -> None:
    study = lab.study(space={})
    assignment = lab.open(study).next()
    COMPLETE.write(assignment.folder.result_file)
    assert list(trials(lab, study)["state"]) == ["COMPLETE"]


def test_the_latest_attempt_wins_for_each_epoch(lab: Any) -> None:
    study = lab.study(space={"objective.alpha": {"grid": [0, 1]}})
    ledger = lab.open(study)
    _, assignment = ledger.next(), ledger.next()
    first, second = assignment.folder.new_attempt(), assignment.folder.new_attempt()
    for epoch in (1, 2, 3):
        first.append_history({"epoch": epoch, "loss": 1.0, "knn_transfer_accuracy": 0.1})
    second.append_history({"epoch": 3, "loss": 0.5, "loss.supcon": 0.25})
    export_tables(study, lab.run)
    history = pd.read_parquet(lab.run.history_table)
    assert list(history.columns) == [
        *("trial", "variant", "setting", "seed", "attempt", "epoch"),
        *("loss", "metric.knn_transfer_accuracy", "loss.supcon"),
    ]
    assert history[["trial", "attempt", "epoch", "loss"]].to_numpy().tolist() == [
        [1, 1, 1, 1.0],
        [1, 1, 2, 1.0],
        [1, 2, 3, 0.5],
    ]


def test_references_have_their_lines(lab: Any) -> None:
    study = lab.study(seeds=3, space={})
    for seed, outcome in enumerate(
        [Outcome("COMPLETE", metrics={"ceiling.transfer_accuracy": 0.97}), Outcome("FAIL", "vanished")]
    ):
        outcome.write(lab.run.reference(seed).result_file)
    lab.run.reference(2).path.mkdir(parents=True)
    export_tables(study, lab.run)
    table = pd.read_parquet(lab.run.references_table)
    assert list(table.columns) == ["stage", "seed", "state", "reason", "ceiling.transfer_accuracy"]
    assert list(table["state"]) == ["COMPLETE", "FAIL", "RUNNING"]
    assert table["ceiling.transfer_accuracy"].tolist()[0] == pytest.approx(0.97)


def test_an_empty_run_has_empty_tables_of_the_same_types(lab: Any) -> None:
    study = lab.study(sampler="random", trials=1, space=SPACE)
    empty = trials(lab, study)
    assert len(empty) == 0
    lab.run_all(lab.open(study))
    full = trials(lab, study)
    same = [name for name in empty.columns if not name.startswith("param.")]
    assert (empty.dtypes[same] == full.dtypes[same]).all()
    assert len(pd.read_parquet(lab.run.history_table)) == len(pd.read_parquet(lab.run.references_table)) == 0


def test_columns_of_mixed_choices(lab: Any) -> None:
    space = {"evaluation.knn_every": {"choice": [1, 2]}, "model.head": {"choice": ["none", "mlp"]}}
    study = lab.study(sampler="random", trials=2, space=space)
    lab.run_all(lab.open(study))
    table = trials(lab, study)
    assert table["param.evaluation.knn_every"].dtype == "float64"
    assert set(table["param.model.head"]) <= {"none", "mlp"}
