"""Studies with several objectives and bounds, on a real database, with drivers that are killed."""

import multiprocessing
import os
import signal
import warnings
from typing import Any

import optuna
import pytest

from spreadtune.run_folder import Outcome
from spreadtune.search.results.overview import overview
from spreadtune.search.stopping.proxy import STANDS_FOR
from spreadtune.spec.load import dump_study

TWO = {"transfer_accuracy": "maximize", "class_accuracy": "maximize"}
SPACE = {"objective.alpha": {"uniform": [0, 1]}}
HALVING = {"name": "successive_halving", "metric": "class_accuracy", "min_epochs": 5, "reduction": 2}
BOUNDS = {"class_accuracy": ">= 0.7"}


def measured(assignment: Any) -> dict[str, float]:
    """The more alpha, the better transfer and the worse the classes; best of all in the middle."""
    alpha = assignment.spec.objective.alpha
    return {"transfer_accuracy": alpha, "class_accuracy": 1 - alpha**2, "spread": alpha}


def study_of(lab: Any, **search: Any) -> Any:
    return lab.study(**({"sampler": "random", "trials": 8, "space": SPACE, "optimize": TWO} | search))


def train(lab: Any, ledger: Any, assignment: Any) -> str:
    """One trial, as a worker and its driver do it: an epoch that the pruner sees, then the end, or a stop."""
    metrics = measured(assignment)
    if not ledger.report(assignment.number, 5, {"knn_class_accuracy": metrics["class_accuracy"], "spread": 0.1}):
        lab.write(assignment, Outcome("COMPLETE", epoch=10, metrics=metrics))
    return ledger.settle(assignment.number).state


def train_all(lab: Any, ledger: Any) -> list[str]:
    states = []
    while assignment := ledger.next():
        states.append(train(lab, ledger, assignment))
    return states


def optuna_study(lab: Any, suffix: str = "") -> optuna.Study:
    return optuna.load_study(study_name=f"{lab.run.label}/main{suffix}", storage=f"sqlite:///{lab.run.database_file}")


def test_optuna_knows_both_values_what_was_measured_and_the_bounds(lab: Any) -> None:
    ledger = lab.open(study_of(lab, trials=3, subject_to=BOUNDS))
    assert train_all(lab, ledger) == ["COMPLETE"] * 3
    study = optuna_study(lab)
    assert [direction.name for direction in study.directions] == ["MAXIMIZE", "MAXIMIZE"]
    for trial in study.trials:
        alpha = trial.params["objective.alpha"]
        assert trial.values == [alpha, 1 - alpha**2]
        assert trial.user_attrs["metrics"]["spread"] == alpha
        assert trial.constraints == {"class_accuracy >= 0.7": pytest.approx(0.7 - (1 - alpha**2))}
    assert len(optuna.get_all_study_names(study._storage)) == 1, "nothing stops early, so there is no companion"


@pytest.mark.parametrize("sampler", ["random", "tpe"])
def test_a_named_proxy_decides_and_its_trials_are_none_of_the_run(lab: Any, sampler: str) -> None:
    """Twelve trials and more, so that TPE uses its model, of stopped trials too."""
    ledger = lab.open(study_of(lab, sampler=sampler, trials=14, early_stopping=HALVING))
    states = train_all(lab, ledger)
    assert set(states) == {"COMPLETE", "PRUNED"}
    companion, main = optuna_study(lab, "/proxy"), optuna_study(lab)
    assert [trial.user_attrs[STANDS_FOR] for trial in companion.trials] == list(range(14))
    assert [trial.state for trial in companion.trials] == [trial.state for trial in main.trials]
    assert all(len(trial.intermediate_values) == 1 for trial in companion.trials)
    assert ledger.progress().trials.total == 14
    assert [row.state for _, row in sorted(ledger._books[0].rows.items())] == states


def kill(*_: Any, **__: Any) -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def killed_at_the_first_report(lab: Any, study: Any) -> None:
    from spreadtune.search.stopping import early_stopping

    early_stopping.EarlyStopping._should_prune = kill
    train_all(lab, lab.open(study))


def killed_while_optuna_is_told(lab: Any, study: Any) -> None:
    told = optuna.Study.tell

    def tell(of: optuna.Study, *arguments: Any, **options: Any) -> Any:
        if not of.study_name.endswith("/proxy"):
            kill()  # the companion knows the end, the variant's own study does not
        return told(of, *arguments, **options)

    optuna.Study.tell = tell
    train_all(lab, lab.open(study))


@pytest.mark.slow
def test_a_killed_driver_leaves_what_the_next_one_would_have_done(new_lab: Any) -> None:
    """Before the pruner is asked the report is stored; between both studies being told one knows the end."""
    whole, killed = new_lab(), new_lab()
    study = study_of(whole, early_stopping=HALVING, subject_to=BOUNDS)
    expected = train_all(whole, whole.open(study))
    for drive in (killed_at_the_first_report, killed_while_optuna_is_told, killed_at_the_first_report):
        process = multiprocessing.get_context("fork").Process(target=drive, args=(killed, study))
        process.start()
        process.join(60)
        assert process.exitcode == -signal.SIGKILL
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        train_all(killed, killed.open(study))
    whole_rows, rows = (lab.open(study)._books[0].rows for lab in (whole, killed))
    assert {number: row.record for number, row in rows.items()} == {n: row.record for n, row in whole_rows.items()}
    assert [trial.user_attrs[STANDS_FOR] for trial in optuna_study(killed, "/proxy").trials] == list(range(8))
    for suffix in ("", "/proxy"):
        assert all(trial.state.is_finished() for trial in optuna_study(killed, suffix).trials)
    assert len(expected) == len(rows) == 8


def test_the_best_so_far_keeps_the_bounds_or_breaks_them_least(lab: Any) -> None:
    search = {"sampler": "grid", "trials": None, "space": {"objective.alpha": {"grid": [0.2, 0.4, 0.9]}}}
    ledger = lab.open(study_of(lab, subject_to=BOUNDS, **search))
    train_all(lab, ledger)
    best = ledger.progress().best
    assert (best.mean, best.feasible) == (0.4, True)
    for select_on, subject_to, found in (
        (None, BOUNDS, (0.4, True)),
        ("spread", {}, (0.9, True)),
        ({"spread": "minimize"}, {}, (0.2, True)),
        (None, {"class_accuracy": "> 0.99"}, (0.2, False)),
    ):
        asked = study_of(lab, subject_to=subject_to, select_on=select_on, **search)
        lab.run.study_file.write_text(dump_study(asked))
        seen = overview(lab.run).progress.best
        assert seen is not None
        assert (seen.mean, seen.feasible) == found


def test_a_bound_on_what_is_not_measured_is_a_divergence(lab: Any) -> None:
    ledger = lab.open(study_of(lab, trials=1, subject_to={"reconstruction_error": "< 0.1"}))
    assert train_all(lab, ledger) == ["PRUNED"]
    assert ledger._run.trial(0).outcome().reason == "diverged: reconstruction_error is not a finite number"


@pytest.mark.slow
def test_tpe_looks_where_the_bounds_are_kept(lab: Any) -> None:
    """Transfer alone would draw it to alpha 1; with the bound most of its own draws stay below 0.55."""
    study = study_of(lab, sampler="tpe", trials=30, optimize={"transfer_accuracy": "maximize"}, subject_to=BOUNDS)
    ledger = lab.open(study)
    alphas = []
    while assignment := ledger.next():
        alphas.append(assignment.spec.objective.alpha)
        train(lab, ledger, assignment)
    assert sum(alpha**2 <= 0.3 for alpha in alphas[10:]) >= 12


@pytest.mark.parametrize("sampler", ["qmc", "nsga2", pytest.param("gp", marks=pytest.mark.slow)])
def test_every_other_sampler_takes_several_objectives_and_bounds(lab: Any, sampler: str) -> None:
    """Past the ten random draws of the one and the first generation of the other."""
    ledger = lab.open(study_of(lab, sampler=sampler, trials=13, subject_to=BOUNDS))
    assert train_all(lab, ledger) == ["COMPLETE"] * 13
    front = optuna_study(lab).best_trials
    assert front
    assert all(trial.values[1] >= 0.7 for trial in front), "Optuna's own front keeps the bound too"


def test_the_best_by_bounds_is_confirmed_and_has_no_companion_of_its_own(lab: Any) -> None:
    search = {"early_stopping": HALVING, "subject_to": BOUNDS, "confirm": {"seeds": 2}}
    ledger = lab.open(study_of(lab, **search))
    train_all(lab, ledger)
    main, confirmed = optuna_study(lab), optuna_study(lab, "/confirm")
    kept = [trial for trial in main.trials if trial.values and trial.values[1] >= 0.7]
    best = max(kept, key=lambda trial: trial.values[0])
    assert [trial.params for trial in confirmed.trials] == [best.params] * 2
    assert [trial.values for trial in confirmed.trials] == [best.values] * 2
    names = optuna.get_all_study_names(confirmed._storage)
    assert sorted(name.rpartition("main")[2] for name in names) == ["", "/confirm", "/proxy"]
    assert len(optuna_study(lab, "/proxy").trials) == len(main.trials)
