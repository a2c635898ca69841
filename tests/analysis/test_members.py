"""Runs whose trials have several encoders: what is shown of which."""

import json
from typing import Any

import pandas as pd
import pytest

from spreadtune.analysis.compare.compared_run import ComparedRun
from spreadtune.analysis.figures import learning_curves
from spreadtune.analysis.frame import build_frame
from spreadtune.analysis.method import method, method_with_scheme
from spreadtune.analysis.results import Results
from spreadtune.analysis.words import in_words
from spreadtune.run_folder import Outcome, write_atomic, write_json
from spreadtune.search.results.tables import export_tables
from spreadtune.spec.load import dump_study
from spreadtune.spec.study import Study
from tests.analysis.conftest import MANIFEST
from tests.lab import Lab, _schema_version_read_once, database, lab

__all__ = ["_schema_version_read_once", "database", "lab"]

ALPHA = "members.contrast.set.objective.alpha"
WEIGHT = "members.other.set.objective.autoencoder_weight"
VARIANTS = {
    "spread": {"space": {"objective.alpha": {"grid": [0.0, 0.5]}}},
    "twice": {"set": {"members": {"one": {"set": {"objective.alpha": 0.0}}, "two": {"same_as": "one"}}}, "space": {}},
    "thanos": {
        "set": {
            "members": {
                "contrast": {"set": {"objective.alpha": 0.5}},
                "other": {"set": {"objective": "cross_entropy", "model.decoder": "conv"}},
            }
        },
        "space": {ALPHA: {"grid": [0.25]}, WEIGHT: {"grid": [1.0, 4.0]}},
    },
}


@pytest.fixture
def results(lab: Lab) -> Results:
    study = Study.from_values(
        {
            "data": {"dataset": "digits", "augmentation": "grey"},
            "model": {"encoder": "convnet"},
            "objective": "spread",
            "training": {"epochs": 2},
            "search": {"variants": VARIANTS},
        },
        name="tiny",
        source="tiny",
    )
    write_atomic(lab.run.study_file, dump_study(study))
    ledger = lab.open(study)
    while trial := ledger.next():
        for place, name in enumerate(trial.spec.members):
            attempt = trial.folder.member(place, name).new_attempt()
            for epoch in (1, 2):
                attempt.append_history({"epoch": epoch, "knn_transfer_accuracy": (place + epoch) / 10})
        metrics = {"transfer_accuracy": 0.9, "class_accuracy": 0.9, "spread": 0.3, "train_spread": 0.3}
        metrics |= {f"{name}.spread": 0.1 for name in trial.spec.members}
        lab.write(trial, Outcome("COMPLETE", epoch=4, metrics=metrics))
        ledger.settle(trial.number)
    write_json(lab.run.manifest_file, MANIFEST | {"run": lab.run.label})
    export_tables(study, lab.run)
    return Results(lab.run)


def test_what_the_main_member_searches_shares_a_column_with_a_single_encoder_s(results: Results) -> None:
    frame = build_frame(results)
    assert frame.searched == ["objective.alpha", WEIGHT]
    alphas = frame.settings["objective.alpha"]
    assert alphas["spread"].tolist() == [0.0, 0.5]
    assert alphas["twice"].tolist() == [0.0]
    assert alphas["thanos"].tolist() == [0.25, 0.25]
    assert frame.settings[WEIGHT].dropna().tolist() == [1.0, 4.0]
    assert frame.settings.loc[("thanos", 1), "label"] == "variant thanos (alpha 0.25, other autoencoder weight 4)"
    assert len(frame.schemes) == 1, "theory is that of the main member"


def test_learning_curves_are_the_main_member_s(results: Results) -> None:
    frame = build_frame(results)
    table = learning_curves.numbers(frame, "knn_transfer_accuracy")
    of_one = table[table["label"].str.contains("weight 4")]
    assert of_one["epoch"].tolist() == [1, 2]
    assert of_one["value"].tolist() == [0.1, 0.2]


def test_methods_are_named_by_all_members(results: Results) -> None:
    specs = build_frame(results).specs
    assert method(specs["spread", 0]) == "SupCon"
    assert method(specs["twice", 0]) == "2 x SupCon"
    assert method_with_scheme(specs["twice", 0]) == "2 x SupCon (pairs cross_view, denominator negatives)"
    assert method(specs["thanos", 1]) == "spread loss beside cross-entropy + reconstruction"


def test_the_best_supcon_may_be_two_of_them(results: Results) -> None:
    lines = results.answer()
    assert "Against the best of 2 SupCon settings" in lines or "That is SupCon itself" in lines


def test_words_for_what_a_member_has() -> None:
    assert in_words(WEIGHT) == "other autoencoder weight"
    assert in_words(f"param.{ALPHA}".removeprefix("param.")) == "contrast alpha"
    assert in_words("metric.contrast.spread") == "spread of contrast"


def test_a_report_and_an_export_are_written(results: Results, tmp_path: Any) -> None:
    text = results.write_report().read_text()
    assert "other autoencoder weight" in text
    results.export(tmp_path / "out", ["csv"])
    trials = pd.read_csv(tmp_path / "out" / "trials.csv")
    assert {"metric.contrast.spread", "metric.one.spread"} <= set(trials.columns)
    assert json.loads(results.run.manifest_file.read_text())["run"]


def test_a_comparison_finds_a_setting_by_the_main_member_s_values(results: Results) -> None:
    side = ComparedRun("A", results)
    assert side.values["thanos", 0]["objective.alpha"] == 0.25
    assert "members.other.set.objective.autoencoder_weight" in " ".join(side.varying)
