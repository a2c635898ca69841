"""What every figure starts from: the run's settings with every value filled in.

The trials table holds only what a variant searched. A baseline variant fixes alpha, another has a temperature that was
not searched; comparing them needs the values that the study file gave, and those come from the study itself.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import pandas as pd

from spreadtune.analysis.labels import setting_labels, variant_names
from spreadtune.analysis.progress import progress_of
from spreadtune.analysis.recorded_theory import RecordedTheory
from spreadtune.analysis.scheme import SCHEME_PATHS, Scheme
from spreadtune.analysis.tables import Tables
from spreadtune.search.plans.draws import typical_trial
from spreadtune.search.results.choice import Choice, Setting, choose
from spreadtune.search.results.progress import Progress
from spreadtune.search.results.selection import SETTING, completed, settings_table, table_rows
from spreadtune.search.storage.record import Rows
from spreadtune.spec.domain import Domain
from spreadtune.spec.goal import Goal, Selection
from spreadtune.spec.metrics import drawn_in
from spreadtune.spec.reference import reference_spec
from spreadtune.spec.seed import Seed, Stage
from spreadtune.spec.study import Study
from spreadtune.spec.trial import TrialSpec

ALPHA = "objective.alpha"


@dataclass(frozen=True)
class Frame:
    """A study's settings and trials, with the names of what is shown.

    Attributes:
        study: what was asked.
        trials: the search's trials that have started a setting, whatever their state.
        rows: the same by variant, as the choice of the best wants them.
        progress: how far the run is, its confirmation too, and its settings in the order in which the study chooses.
        settings: indexed by (variant, setting): every searched path (the file's value where a variant does not search
            it, None where it has no such part), ``label`` in words, ``group`` (which settings a line connects),
            ``line`` (the same inside a panel of one scheme) and ``scheme`` (which predicted curve applies, or None).
        specs: each setting as the trial file that it stands for.
        variants: what each is called.
        ceiling: the trial file of the reference that is trained on the subclasses.
        class_names: as the run recorded them; empty where it did not.
        schemes: what theory says of each, by the key that stands in ``settings``; finished settings only.
        searched: paths that take more than one value, the main one first.
        domains: what each searched path may be, in every variant that searches it.
        objectives: what is optimized.
        selection: how the best setting is chosen: by which metric, under which bounds.
        stand_in: what early stopping looks at; None where every trial runs to its end.
        references: floors and ceiling, one row a seed of the search.
        test_references: those of the confirmation.
        history: epoch by epoch.
        confirmed: the trials of the confirmation, whatever their state.
    """

    study: Study
    trials: pd.DataFrame
    rows: dict[str, Rows]
    progress: Progress
    settings: pd.DataFrame
    specs: dict[tuple[str, int], TrialSpec]
    variants: dict[str, str]
    ceiling: TrialSpec
    class_names: tuple[str, ...]
    schemes: dict[Scheme, RecordedTheory]
    searched: list[str]
    domains: dict[str, list[Domain]]
    objectives: tuple[Goal, ...]
    selection: Selection
    stand_in: str | None
    references: pd.DataFrame
    test_references: pd.DataFrame
    history: pd.DataFrame
    confirmed: pd.DataFrame

    @property
    def metric(self) -> str:
        """What the best setting is best in."""
        return self.selection.goal.metric

    @property
    def asked(self) -> list[str]:
        """The metrics that the study names: what chooses, what is optimized, what is bounded."""
        return list(dict.fromkeys([self.metric, *(goal.metric for goal in self.objectives), *self.selection.metrics]))

    @property
    def x(self) -> str:
        """The main parameter: alpha where it varies, else the first searched number, else the variant."""
        return self.searched[0] if self.searched else "variant"

    @cached_property
    def means(self) -> pd.DataFrame:
        """Means over seeds of the settings that have finished trials, beside the settings' values."""
        table = settings_table(self.trials)
        measured = [name for name in table if name == "n" or str(name).startswith(("metric.", "theory."))]
        return table[measured].join(self.settings)

    @cached_property
    def finished(self) -> pd.DataFrame:
        """The finished trials, beside their settings' values."""
        return completed(self.trials).join(self.settings, on=SETTING)

    @cached_property
    def pruned(self) -> pd.DataFrame:
        """The trials stopped early, beside their settings' values."""
        return self.trials[self.trials["state"] == "PRUNED"].join(self.settings, on=SETTING)

    @property
    def tested(self) -> pd.DataFrame:
        """The finished trials of the confirmation, which alone have numbers of the test split."""
        return self.confirmed[self.confirmed["state"] == "COMPLETE"]

    @property
    def choice(self) -> Choice:
        """The settings in the order in which the study chooses."""
        return self.progress.choice

    def choice_by(self, selection: Selection) -> Choice:
        """The settings in the order in which another rule would choose."""
        return choose(self.rows, selection)

    @property
    def best(self) -> Setting | None:
        """The best setting of those that keep the bounds; where none does, the one that breaks them least."""
        return self.choice.best.key if self.choice.best else None

    @property
    def accuracy(self) -> str:
        """What figures with room for one accuracy draw: that of the subclass where it was measured, else the other."""
        names = [metric.name for metric in drawn_in("accuracy")]
        return next(filter(self.column, names), names[-1])

    def column(self, name: str) -> str | None:
        """``metric.NAME`` where any trial measured it, else None."""
        column = f"metric.{name}"
        return column if column in self.trials and self.trials[column].notna().any() else None


def build_frame(tables: Tables) -> Frame:
    """Fill in what the tables leave out."""
    started = tables.trials[tables.trials["setting"].notna()].astype({"setting": int, "seed": int})
    trials = started[started["stage"] == "search"]
    study = tables.study
    domains = _domains(study)
    paths = list(dict.fromkeys([ALPHA, *domains]))
    specs = setting_specs(study, trials)
    rows = [{path: spec.value(path) for path in paths} for spec in specs.values()]
    index = pd.MultiIndex.from_tuples(list(specs), names=SETTING)
    settings = pd.DataFrame(rows, index=index, columns=paths, dtype=object)
    settings = settings.apply(_as_numbers)
    varying = _main_first([path for path in settings if settings[path].nunique(dropna=False) > 1], settings)
    names = {variant.name: variant.name for variant in study.variants()} | variant_names(specs)
    keys = [Scheme.of(spec) for spec in specs.values()]
    settings["label"] = setting_labels(settings, varying, names)
    settings["group"] = setting_labels(settings, varying[1:], names)
    inside = [path for path in varying[1:] if path not in SCHEME_PATHS]
    settings["line"] = setting_labels(settings, inside, names)
    settings["scheme"] = pd.Series(keys, index=index, dtype=object)
    return Frame(
        study=study,
        trials=trials,
        rows=table_rows(tables.trials, study.variants()),
        progress=progress_of(tables),
        settings=settings,
        specs=specs,
        variants=names,
        ceiling=reference_spec(study, 0),
        class_names=tuple(tables.manifest.get("classes", ())),
        schemes=_theory_of_schemes(completed(trials), settings),
        searched=varying,
        domains=domains,
        objectives=study.search.objectives,
        selection=study.search.selection,
        stand_in=None if study.search.early_stopping.name == "none" else study.search.stand_in,
        references=_of_stage(tables.references, "search"),
        test_references=_of_stage(tables.references, "confirm"),
        history=history_of_main(tables.history, trials, specs),
        confirmed=started[started["stage"] == "confirm"],
    )


def _of_stage(references: pd.DataFrame, stage: Stage) -> pd.DataFrame:
    """Tables of runs before there was a second stage do not name it."""
    stages = references["stage"] if "stage" in references else pd.Series("search", index=references.index)
    return references[stages == stage]


def _domains(study: Study) -> dict[str, list[Domain]]:
    found: dict[str, list[Domain]] = {}
    for variant in study.variants():
        spec = typical_trial(variant)
        for path, domain in variant.space.items():
            found.setdefault(spec.shown(path), []).append(domain)
    return found


def setting_specs(study: Study, trials: pd.DataFrame) -> dict[tuple[str, int], TrialSpec]:
    """Each setting as the trial file that it stands for."""
    variants = {variant.name: variant for variant in study.variants()}
    specs = {}
    for _, row in trials.drop_duplicates(SETTING).sort_values(SETTING).iterrows():
        variant = variants[row["variant"]]
        cells = {path: row.get(f"param.{path}") for path in variant.space}
        values = {path: _plain(cell) for path, cell in cells.items() if not pd.isna(cell)}
        specs[(row["variant"], int(row["setting"]))] = variant.trial(values, Seed(study=study.search.seed))
    return specs


def history_of_main(
    history: pd.DataFrame, trials: pd.DataFrame, specs: Mapping[tuple[str, int], TrialSpec]
) -> pd.DataFrame:
    """Epoch by epoch; of trials with members the main one's epochs, under the names that a single encoder's have."""
    members = {key: spec.main for key, spec in specs.items() if spec.members}
    if not members or history.empty:
        return history
    mains = trials.set_index("trial").apply(lambda row: members.get((row["variant"], row["setting"]), ""), axis=1)
    of_trials = history["trial"].map(mains).fillna("")
    kept = [history[of_trials == ""]]
    for main in sorted(set(members.values())):
        own = history[of_trials == main].dropna(subset=[f"{main}.epoch"])
        named = {str(name): str(name).replace(f"{main}.", "", 1) for name in own if f"{main}." in str(name)}
        whole = [name for name in named.values() if name in own]
        kept.append(own.drop(columns=whole).rename(columns=named))
    return pd.concat(kept, ignore_index=True)


def _plain(cell: Any) -> Any:
    """A table's cell as Python has it: NumPy scalars are no valid values of a study file."""
    return cell.item() if hasattr(cell, "item") else cell


def _as_numbers(values: pd.Series) -> pd.Series:
    """A column of numbers with missing ones as NaN; a column that holds anything else as it is."""
    try:
        return pd.to_numeric(values)
    except (ValueError, TypeError):
        return values


def _main_first(varying: list[Any], settings: pd.DataFrame) -> list[str]:
    """Alpha, then numbers, then the rest; otherwise in the order of the study file."""
    return sorted(varying, key=lambda path: (path != ALPHA, not pd.api.types.is_numeric_dtype(settings[path])))


def _theory_of_schemes(trials: pd.DataFrame, settings: pd.DataFrame) -> dict[Scheme, RecordedTheory]:
    """What the trials of each scheme have recorded."""
    recorded = trials.join(settings["scheme"], on=SETTING).dropna(subset=["scheme"])
    schemes = recorded["scheme"].unique()
    return {scheme: RecordedTheory.of(scheme, recorded[recorded["scheme"] == scheme]) for scheme in schemes}
