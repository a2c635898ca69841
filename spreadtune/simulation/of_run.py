"""From the tables of a finished run to a recorded table."""

import pandas as pd

from spreadtune.errors import UserError
from spreadtune.run_folder import RunFolder
from spreadtune.simulation.recorded import PARAM, Recorded
from spreadtune.spec.metrics import METRICS
from spreadtune.spec.study import Study


def record(run: RunFolder, study: Study, variant: str | None = None) -> Recorded:
    """The recorded table of a finished grid.

    Args:
        run: the run's folder, its tables up to date (:func:`spreadtune.search.results.tables.export_tables`).
        study: what it asked.
        variant: which of its variants; may be left out where there is one.

    Raises:
        UserError: searches cannot be replayed on this run; the message says why.
    """
    name = _variant(run, study, variant)
    _refuse_what_is_no_table(run, study)
    trials = pd.read_parquet(run.trials_table)
    trials = trials[
        ~trials["trial"].isin(trials["retry_of"].dropna())
    ]  # a failed one that was tried again stands as its retry
    trials = trials[(trials["variant"] == name) & (trials["stage"] == "search")]
    _refuse_unfinished(run, study, trials)
    stand_in = METRICS[study.search.metric].stand_in
    assert stand_in, "others were refused"
    reported = _reports(pd.read_parquet(run.history_table), stand_in)
    measured = [f"metric.{name}" for name in METRICS]
    searched = [column for column in trials.columns if column.startswith(PARAM)]
    frame = trials[["setting", "seed", "epoch", "seconds", *searched, *measured]].set_index(trials["trial"])
    frame = frame.dropna(axis="columns", how="all").join(reported)
    return Recorded(study, name, frame.sort_values(["setting", "seed"], ignore_index=True))


def _reports(history: pd.DataFrame, proxy: str) -> pd.DataFrame:
    """By trial: the epochs at which the stand-in was measured, and its values."""
    measured = history.dropna(subset=[f"metric.{proxy}"]).sort_values("epoch").groupby("trial")
    return measured.agg(report_epochs=("epoch", list), reports=(f"metric.{proxy}", list))


def _variant(run: RunFolder, study: Study, variant: str | None) -> str:
    names = [each.name for each in study.variants()]
    if variant is None and len(names) > 1:
        raise UserError(f"{run.label} has variants {', '.join(names)}; choose one with --variant")
    if variant is not None and variant not in names:
        raise UserError(f"{run.label} has no variant {variant}; it has {', '.join(names)}")
    return variant or names[0]


def _refuse_what_is_no_table(run: RunFolder, study: Study) -> None:
    search = study.search
    if search.sampler != "grid":
        raise UserError(
            f"{run.label} is no grid (sampler {search.sampler}): it does not say of every setting what a search "
            "would have found"
        )
    if any(domain.when for each in study.variants() for domain in each.space.values()):
        raise UserError(f"{run.label} has conditions (when), which simulated searches do not know")
    if METRICS[search.metric].stand_in is None:
        raise UserError(f"{run.label} optimizes {search.metric}, for which nothing stands during training")
    if search.early_stopping.name != "none":
        raise UserError(f"{run.label} stopped trials early ({search.early_stopping.name}); a table needs them whole")


def _refuse_unfinished(run: RunFolder, study: Study, trials: pd.DataFrame) -> None:
    """Every setting at every seed has ended; a diverged trial is an end too."""
    ended = trials[trials["state"].isin(["COMPLETE", "PRUNED"])]
    counts = ended.groupby("setting").size()
    if ended.empty or len(ended) < len(trials) or (counts < study.search.seeds).any():
        raise UserError(f"{run.label} is not finished: {len(ended)} trials have ended; go on with --resume first")
