"""Whoever names the best setting of a run names the same one, and says the same of how far it is: console, list of
runs, report, front, export and confirmation.

Runs are drawn at random and written into a real database and a real folder, which all read as they always do.
"""

import json
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from optuna.distributions import FloatDistribution
from optuna.trial import TrialState, create_trial

from spreadtune.analysis.baseline import best_supcon
from spreadtune.analysis.confirmation import confirmation
from spreadtune.analysis.export.contents import data_frames, sheets
from spreadtune.analysis.frame import build_frame
from spreadtune.analysis.front import front_points
from spreadtune.analysis.results import Results
from spreadtune.analysis.setting import label_of
from spreadtune.cli.commands.run_list import best_text, run_line
from spreadtune.run_folder import Outcome, write_atomic, write_json
from spreadtune.search.results.choice import Setting
from spreadtune.search.results.overview import overview
from spreadtune.search.results.tables import export_tables
from spreadtune.search.storage.record import MEASURED, RECORD, Record
from spreadtune.spec.load import dump_study, dump_trial
from spreadtune.spec.seed import Seed
from tests.lab import Lab, _schema_version_read_once, database, new_lab

__all__ = ["_schema_version_read_once", "database", "new_lab"]

Trial = tuple[Record, str, dict[str, float]]
Drawn = dict[str, list[Trial]]
"""Of each variant: records, how they ended, what they measured."""

ALPHA = FloatDistribution(0, 1)
SELECTIONS: dict[str, dict[str, Any]] = {
    "one metric": {},
    "bounds": {"subject_to": {"class_accuracy": ">= 0.9"}},
    "a metric that some lack": {"select_on": "uniformity"},
    "two metrics": {"optimize": {"transfer_accuracy": "maximize", "class_accuracy": "maximize"}},
    "two metrics and a bound": {
        "optimize": {"transfer_accuracy": "minimize", "class_accuracy": "maximize"},
        "subject_to": {"spread": "< 0.5"},
    },
}
METRICS = {"transfer_accuracy": [0.93, 0.95, 0.97], "class_accuracy": [0.85, 0.9, 0.95], "spread": [0.3, 0.6]}


@st.composite
def runs(draw: st.DrawFn) -> Drawn:
    """One to three variants with as many pairs each, at most five; a failure may have been tried again."""
    pairs, number = draw(st.integers(1, 5)), 0
    drawn: Drawn = {}
    for variant in "abc"[: draw(st.integers(1, 3))]:
        trials: list[Trial] = []
        for _ in range(pairs):
            kinds = ["new", *(["duplicate_of", "repeat_of"] if trials else [])]
            kind = draw(st.sampled_from(kinds))
            first = None if kind == "new" else draw(st.sampled_from([each[0] for each in trials]))
            setting = first.setting if first else len({each[0].setting for each in trials})
            seed = 1 + max((each[0].seed for each in trials if each[0].setting == setting), default=-1)
            known = {kind: first.trial} if first else {}
            values = {"objective.alpha": setting / 10}
            record = Record(number, setting, seed, values, values, **known)
            number += 1
            state = draw(st.sampled_from(["COMPLETE"] * 4 + ["PRUNED", "FAIL"]))
            trials.append((record, state, draw(measured())))
            if state == "FAIL" and draw(st.booleans()):
                trials.append((record.retry(number), "COMPLETE", draw(measured())))
                number += 1
        drawn[variant] = trials
    return drawn


@st.composite
def measured(draw: st.DrawFn) -> dict[str, float]:
    found = {name: draw(st.sampled_from(values)) for name, values in METRICS.items()}
    return found | ({"uniformity": draw(st.sampled_from([-2.0, -1.0]))} if draw(st.booleans()) else {})


def written(lab: Lab, drawn: Drawn, selection: dict[str, Any]) -> Any:
    """The run in a database and a folder; its search is over, its confirmation has not begun."""
    pairs = sum(record.retry_of is None for record, *_ in next(iter(drawn.values())))
    search = {"sampler": "random", "trials": pairs, "seeds": 3, "confirm": {"seeds": 1}, **selection}
    space, variants = {"objective.alpha": {"uniform": [0, 1]}}, {name: {} for name in drawn}
    study = lab.study(space=space, variants=variants, **search)
    write_atomic(lab.run.study_file, dump_study(study))
    write_json(lab.run.manifest_file, {"run": lab.run.label})
    ledger = lab.open(study)
    for book in ledger._books:
        for record, state, metrics in drawn[book.variant]:
            told = metrics if state == "COMPLETE" else {}
            book.study.add_trial(
                create_trial(
                    state=TrialState[state],
                    values=[metrics[name] for name in study.search.optimize] if told else None,
                    params=dict(record.params),
                    distributions={"objective.alpha": ALPHA},
                    user_attrs={RECORD: record.attribute(), MEASURED: told},
                )
            )
            folder = lab.run.trial(record.trial)
            spec = book.space.variant.trial(record.values, Seed(study=0, index=record.seed))
            write_atomic(folder.spec_file, dump_trial(spec))
            Outcome(state, None if told else "so it was drawn", 10, metrics=told).write(folder.result_file)  # type: ignore[arg-type]
    return study


def confirmed_by(lab: Lab, ledger: Any) -> list[Setting]:
    """What the confirmation trains, in its order."""
    found = []
    while assignment := ledger.next():
        values = {name: values[0] for name, values in METRICS.items()} | {"spread": 0.4, "uniformity": -1.0}
        metrics = values | {f"test.{name}": value for name, value in values.items()}
        lab.write(assignment, Outcome("COMPLETE", epoch=10, metrics=metrics))
        ledger.settle(assignment.number)
        found.append((assignment.variant, assignment.setting))
    return found


def all_agree(lab: Lab, study: Any) -> tuple[str, int] | None:
    """The best setting that every consumer names."""
    ledger = lab.open(study)
    live = ledger.progress().best
    best, label = (live.key, live.label) if live else (None, "")

    of_database = overview(lab.run)
    write_json(lab.run.manifest_file, {"run": lab.run.label, "storage": "elsewhere"})
    of_folder = overview(lab.run)
    write_json(lab.run.manifest_file, {"run": lab.run.label})
    assert of_database.progress == of_folder.progress == ledger.progress()
    assert f" at {label} (" in best_text(of_database) if best else best_text(of_database) == "-"

    export_tables(study, lab.run)
    results = Results(lab.run)
    frame = build_frame(results)
    assert frame.best == best
    assert frame.progress == ledger.progress()
    if best:
        assert f" {label_of(frame, best)}. Its " in results.answer()
        exported = data_frames(results, frame)["settings"]
        assert (exported["variant"][0], exported["setting"][0]) == best
        assert sheets(results, frame)[0].rows
    table = front_points(frame)
    if len(table) and best:
        at = table[(table["variant"] == best[0]) & (table["setting"] == best[1])]
        assert live.feasible == at["front"].item(), "the best of those that keep the bounds is on the front"
        assert not table.loc[table["lucky"], "front"].any()

    chosen = confirmed_by(lab, ledger)
    of_variants = {each.key for each in frame.choice.of_variants.values()}
    assert len(chosen) == len(set(chosen)), "a setting is confirmed once"
    assert of_variants <= set(chosen) <= of_variants | {best_supcon(frame)}
    assert best is None or best in of_variants
    frame = build_frame(Results.of_database(lab.run))
    assert frame.progress == ledger.progress() == overview(lab.run).progress
    assert overview(lab.run).status == "finished"
    found = confirmation(frame)
    if found and best:
        assert (found.chosen.variant, found.chosen.setting) == best
        assert sorted((each.variant, each.setting) for each in found.every) == sorted(chosen)
    return best


@pytest.mark.slow
def test_all_name_the_same_one(new_lab: Callable[[], Lab]) -> None:
    @settings(max_examples=40, deadline=None)
    @given(runs(), st.sampled_from(sorted(SELECTIONS)))
    def agree(drawn: Drawn, selection: str) -> None:
        lab = new_lab()
        all_agree(lab, written(lab, drawn, SELECTIONS[selection]))
        lab.close()

    agree()


def test_a_duplicate_beats_a_single_seed_where_another_variant_was_raced(new_lab: Callable[[], Lab]) -> None:
    """A0 was drawn twice by chance, A1 once with more, and racing repeated B0: A0, for all."""

    def trial(number: int, setting: int, seed: int, value: float, **known: int) -> Trial:
        values = {"objective.alpha": setting / 10}
        return Record(number, setting, seed, values, values, **known), "COMPLETE", {"transfer_accuracy": value}

    drawn = {
        "A": [trial(0, 0, 0, 0.95), trial(1, 0, 1, 0.95, duplicate_of=0), trial(2, 1, 0, 0.97)],
        "B": [trial(3, 0, 0, 0.93), trial(4, 0, 1, 0.93, repeat_of=3), trial(5, 1, 0, 0.9)],
    }
    lab = new_lab()
    study = written(lab, drawn, {})
    assert all_agree(lab, study) == ("A", 0)


def test_a_folder_of_an_earlier_version_says_what_helps(new_lab: Callable[[], Lab]) -> None:
    """Which trial of the run a folder is, it did not write; a run whose database is elsewhere cannot be told then."""
    lab = new_lab()
    values = {"objective.alpha": 0.1}
    study = written(lab, {"main": [(Record(0, 0, 0, values, values), "COMPLETE", {"transfer_accuracy": 0.9})]}, {})
    write_json(lab.run.manifest_file, {"run": lab.run.label, "storage": "elsewhere"})
    told = run_line(lab.run, lab.run.path.parents[1])
    assert told.state == "broken: trials/0000/record.json is missing or damaged; a resume writes it again"
    lab.run.manifest_file.unlink()
    lab.open(study)
    written_by_it = json.loads(lab.run.trial(0).record_file.read_text())
    assert (written_by_it["variant"], written_by_it["trial"]) == ("main", 0)


@pytest.mark.parametrize("content", ["", "{}", "[1]", '{"variant": "main", "trial": 0}'])
def test_a_damaged_record_is_named(new_lab: Callable[[], Lab], content: str) -> None:
    lab = new_lab()
    values = {"objective.alpha": 0.1}
    written(lab, {"main": [(Record(0, 0, 0, values, values), "COMPLETE", {"transfer_accuracy": 0.9})]}, {})
    write_json(lab.run.manifest_file, {"run": lab.run.label, "storage": "elsewhere"})
    lab.run.trial(0).record_file.write_text(content)
    assert "record.json is missing or damaged" in run_line(lab.run, lab.run.path.parents[1]).state
