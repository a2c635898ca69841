"""A run's tables and trials as a notebook reads them."""

import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace

import pandas as pd
import pytest

from spreadtune.analysis.results import Results
from spreadtune.errors import UserError
from spreadtune.run_folder import RunFolder
from spreadtune.spec.load import dump_trial
from spreadtune.spec.seed import Seed


def test_tables_are_what_the_run_wrote(sweep: Results) -> None:
    assert len(sweep.trials) == 24
    assert set(sweep.history["trial"]) == set(sweep.trials["trial"])
    assert list(sweep.references["seed"]) == [0, 1, 2]
    assert sweep.manifest["hash"] == "3f1c9a5e0b7d2c48"


def test_the_study_is_named_after_the_run(sweep: Results) -> None:
    assert sweep.study.name == "digits_alpha_sweep"
    assert sweep.study.search.metric == "transfer_accuracy"


def test_tables_are_read_once(sweep: Results) -> None:
    assert sweep.trials is sweep.trials
    assert sweep.trials is not Results(sweep.run).trials


def test_a_trial_knows_what_it_measured(search: Results) -> None:
    complete, pruned = search.trial(0), search.trial(1)
    assert complete.metrics["transfer_accuracy"] == search.trials.loc[0, "metric.transfer_accuracy"]
    assert "transfer_accuracy" not in pruned.metrics
    assert "knn_transfer_accuracy" in pruned.metrics


def test_a_trial_knows_what_it_ran(sweep: Results) -> None:
    spec = sweep.study.variants()[0].trial({"objective.alpha": 0.56}, Seed(study=0, index=2))
    handle = sweep.trial(3)
    handle.folder.path.mkdir(parents=True)
    handle.folder.spec_file.write_text(dump_trial(spec))
    assert handle.spec == spec


def test_an_unknown_trial_is_answered_with_the_range(sweep: Results) -> None:
    with pytest.raises(UserError, match=r"has no trial 99; its trials are 0 to 23$"):
        sweep.trial(99)


def test_the_test_split_stays_closed(sweep: Results) -> None:
    handle = sweep.trial(7)
    spec = sweep.study.variants()[0].trial({"objective.alpha": 0.56}, Seed(study=0, index=2))
    handle.folder.path.mkdir(parents=True)
    handle.folder.spec_file.write_text(dump_trial(spec))
    with pytest.raises(UserError, match=r"^trial 7: .*closed.*use 'validation', or a trial of stage confirm$"):
        handle.embeddings("test")


def test_encoder_and_embeddings_come_from_the_trials_folder(sweep: Results, monkeypatch: pytest.MonkeyPatch) -> None:
    reload = SimpleNamespace(
        load_encoder=lambda folder, member: ("encoder", folder, member),
        embeddings=lambda folder, split, member: {"folder": folder, "split": split, "member": member},
    )
    monkeypatch.setitem(sys.modules, "spreadtune.trial.reload", reload)
    handle = sweep.trial(7)
    assert handle.encoder() == ("encoder", sweep.run.trial(7), "")
    assert handle.encoder("contrast") == ("encoder", sweep.run.trial(7), "contrast")
    assert handle.embeddings() == {"folder": sweep.run.trial(7), "split": "validation", "member": None}


@pytest.mark.slow
def test_reading_results_imports_neither_torch_nor_ray_nor_optuna_nor_plotly(sweep: Results, tmp_path: Path) -> None:
    code = (
        "import sys; from spreadtune.analysis.results import Results; from spreadtune.run_folder import RunFolder; "
        "from pathlib import Path; found = Results(RunFolder(Path(sys.argv[1]))); found.answer(); "
        "found.export(sys.argv[2], ['csv', 'parquet', 'latex', 'markdown']); "
        "sys.exit(', '.join({'torch', 'ray', 'optuna', 'plotly'} & set(sys.modules)) or 0)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, str(sweep.run.path), str(tmp_path)], capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stderr.strip()) == (0, "")


def test_a_run_without_tables_says_so(tmp_path: Path) -> None:
    with pytest.raises(UserError, match=r"^name/id has no trials.parquet"):
        _ = Results(RunFolder(tmp_path / "name" / "id")).trials


def test_missing_side_tables_are_empty(tmp_path: Path) -> None:
    results = Results(RunFolder(tmp_path))
    assert results.history.empty
    assert "trial" in results.history
    assert results.references.empty
    assert results.manifest == {}
    assert isinstance(results.references, pd.DataFrame)
