"""What a list of runs says of one: how far it is and what is best so far. Nothing is written."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import pandas as pd

from spreadtune.run_folder import Outcome, RunFolder
from spreadtune.search.assignment import setting_label
from spreadtune.search.plans.plan import make_plan
from spreadtune.search.results.progress import pair_states
from spreadtune.search.results.selection import best_setting, settings_table, violations
from spreadtune.search.results.state import confirm_state, references_left, search_state
from spreadtune.search.sampling.class_counts import BatchClassCounts
from spreadtune.search.sampling.settings import Value
from spreadtune.search.sampling.space import Space
from spreadtune.search.storage.peek import peeked_rows
from spreadtune.search.storage.reading import Rows
from spreadtune.search.storage.record import TrialStatus
from spreadtune.spec.load import load_study
from spreadtune.spec.paths import lookup
from spreadtune.spec.seed import STAGES
from spreadtune.spec.study import Study
from spreadtune.spec.yaml_text import inline, parse

RunStatus = Literal["running", "finished", "interrupted"]


@dataclass(frozen=True)
class BestSetting:
    """The setting whose mean over its finished trials is best so far.

    Attributes:
        metric: what it is best in.
        mean: over ``trials`` finished trials.
        setting: its searched values, for people.
        trials: how many finished trials it has.
        feasible: it keeps the study's bounds; else none does, and it breaks them least.
    """

    metric: str
    mean: float
    setting: str
    trials: int
    feasible: bool = True


@dataclass(frozen=True)
class Overview:
    """One run in a list.

    Attributes:
        study: what it asks.
        status: running while a process holds it; interrupted when some pair (a setting at a seed) has no ended trial.
        total: the pairs of its search.
        states: how many of them have a trial, by its state; one that was retried counts once, as its last trial stands.
        confirm_total, confirm_states: likewise of its confirmation; 0 and empty where it has none.
        best: the best setting so far, if a trial has finished.
        from_files: its database is elsewhere, so this is what published results say.
    """

    study: Study
    status: RunStatus
    total: int
    states: Mapping[TrialStatus, int]
    confirm_total: int
    confirm_states: Mapping[TrialStatus, int]
    best: BestSetting | None
    from_files: bool


def overview(run: RunFolder) -> Overview:
    """What there is to say of a run now, whether it is being run or not.

    Raises:
        UserError: the folder's study or database cannot be read.
    """
    held = run.is_held()  # asked first: one that ends meanwhile is read as ended, and told as running
    study = load_study(run.study_file, name=run.name)
    if run.manifest().get("storage"):
        return _from_files(study, run, held=held)
    rows = peeked_rows(study, run)
    confirmed = peeked_rows(study, run, stage="confirm") if study.search.confirm else {}
    search, confirm = search_state(study, rows), confirm_state(study, run, rows, confirmed)
    return Overview(
        study,
        _status(held=held, unfinished=search.unfinished or confirm.unfinished or references_left(run) > 0),
        search.total,
        _counted(rows),
        confirm.total,
        _counted(confirmed),
        _best_of_rows(study, rows),
        from_files=False,
    )


def _counted(rows: Mapping[str, Rows]) -> Counter[TrialStatus]:
    return Counter(state for of_variant in rows.values() for state in pair_states(of_variant))


def _status(*, held: bool, unfinished: bool) -> RunStatus:
    return "running" if held else "interrupted" if unfinished else "finished"


def _best_of_rows(study: Study, rows: Mapping[str, Rows]) -> BestSetting | None:
    finished = [
        (name, row.record.setting, row.record.values, row.record.repeat_of, row.metrics)
        for name, of_variant in rows.items()
        for row in of_variant.values()
        if row.state == "COMPLETE"
    ]
    return _best(study, finished, several_variants=len(rows) > 1)


def _best(
    study: Study,
    finished: Sequence[tuple[str, int, Mapping[str, Value], int | None, Mapping[str, float]]],
    *,
    several_variants: bool,
) -> BestSetting | None:
    """From (variant, setting, its values, which trial racing repeated, what one finished trial measured)."""
    selection = study.search.selection
    trials = pd.DataFrame(
        [
            {"variant": variant, "setting": setting, "repeat_of": first, "state": "COMPLETE", "stage": "search"}
            | {f"metric.{name}": metrics.get(name) for name in selection.metrics}
            for variant, setting, _, first, metrics in finished
        ]
    )
    found = best_setting(trials, selection) if finished else None
    if found is None:
        return None
    means = settings_table(trials).loc[[found]]
    kept, line = violations(means, selection).item() == 0, means.iloc[0]
    variant, label = found[0], setting_label(next(values for *key, values, _, _ in finished if tuple(key) == found))
    named = ": ".join(filter(None, (variant, label))) if several_variants else label
    metric = selection.goal.metric
    return BestSetting(metric, float(line[f"metric.{metric}"]), named, int(line["n"]), feasible=kept)


def _from_files(study: Study, run: RunFolder, *, held: bool) -> Overview:
    """What the trials' folders say: one file says what a trial runs, another how it ended."""
    plan, counts = make_plan(study.search), BatchClassCounts()
    total = sum(plan.total(Space(variant, counts)) for variant in study.variants())
    trials = [(_spec(run, number), run.trial(number).outcome()) for number in run.trials()]
    of_stages = _without_retried(trials)
    standing, confirmed = ([trial for trial in of_stages if _stage(trial[0]) == stage] for stage in STAGES)
    # Which setting is the best of which variant is not told by the files, so it is one setting of each.
    to_confirm = max(study.search.confirm_seeds * len(study.variants()), len(confirmed))
    settled = sum(outcome is not None for _, outcome in of_stages)
    unfinished = total + to_confirm > settled or references_left(run) > 0
    paths = dict.fromkeys(path for variant in study.variants() for path in variant.space)
    # The files do not say which variant a trial is of; what it runs says which setting.
    settings: dict[str, int] = {}
    finished = [
        ("", settings.setdefault(_setting(spec), len(settings)), _values(spec, paths), None, outcome.metrics)
        for spec, outcome in standing
        if outcome and outcome.state == "COMPLETE"
    ]
    best = _best(study, finished, several_variants=False)
    status = _status(held=held, unfinished=unfinished)
    return Overview(study, status, total, _ends(standing), to_confirm, _ends(confirmed), best, from_files=True)


Trial = tuple[Mapping[str, Any], Outcome | None]


def _ends(trials: Sequence[Trial]) -> Counter[TrialStatus]:
    return Counter(outcome.state if outcome else "RUNNING" for _, outcome in trials)


def _stage(spec: Mapping[str, Any]) -> str:
    seed = spec.get("seed")
    return str(seed.get("stage", "search")) if isinstance(seed, dict) else "search"


def _without_retried(trials: Sequence[Trial]) -> list[Trial]:
    """Less the failed ones that a later trial repeats: one that runs the very same."""
    written = [inline(spec) for spec, _ in trials]
    return [
        trial
        for place, trial in enumerate(trials)
        if not (trial[1] and trial[1].state == "FAIL" and written[place] in written[place + 1 :])
    ]


def _spec(run: RunFolder, number: int) -> Mapping[str, Any]:
    file = run.trial(number).spec_file
    values = parse(file.read_text(encoding="utf-8"), str(file)) if file.exists() else None
    return values if isinstance(values, dict) else {}


def _setting(spec: Mapping[str, Any]) -> str:
    return inline({key: value for key, value in spec.items() if key != "seed"})


def _values(spec: Mapping[str, Any], paths: Mapping[str, None]) -> dict[str, Value]:
    found = {}
    for path in paths:
        try:
            value = lookup(spec, path)
        except KeyError:
            continue
        found[path] = value["name"] if isinstance(value, dict) else value
    return found
