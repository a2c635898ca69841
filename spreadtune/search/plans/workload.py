"""What a run has still to train, counted before anything starts."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from spreadtune.run_folder import RunFolder, TrialFolder
from spreadtune.run_folder.attempt_folder import checkpoint_epoch
from spreadtune.search.plans.confirmation import TEST_REFERENCES, records_to_confirm
from spreadtune.search.plans.draws import expected_draws
from spreadtune.search.plans.grid import GridPlan
from spreadtune.search.plans.plan import Plan, make_plan
from spreadtune.search.plans.windows import AlphaNote, alpha_notes
from spreadtune.search.results.progress import planned_pairs
from spreadtune.search.results.to_confirm import expected_settings
from spreadtune.search.sampling.class_counts import BatchClassCounts
from spreadtune.search.sampling.space import ClassCounts, Space
from spreadtune.search.stopping.watched import Deciding
from spreadtune.search.storage.reading import stored_rows
from spreadtune.search.storage.record import Record, Row
from spreadtune.spec.reference import reference_spec
from spreadtune.spec.seed import STAGES, Seed, Stage
from spreadtune.spec.study import Study
from spreadtune.spec.trial import TrialSpec


@dataclass(frozen=True)
class Job:
    """A trial or a reference that is to be trained to its last epoch.

    Attributes:
        spec: what is trained.
        done: epochs that an earlier attempt left, from whose checkpoint it goes on.
        taken: members that are taken from another trial.
    """

    spec: TrialSpec
    done: int = 0
    taken: frozenset[str] = frozenset()

    @property
    def encoders(self) -> tuple["EncoderJob", ...]:
        """What is to be trained one after another: the members, or the one encoder."""
        found, done = list[EncoderJob](), self.done
        for name, spec in self.spec.encoders.items():
            behind = min(done, spec.training.epochs)
            found.append(EncoderJob(spec, spec.training.epochs if name in self.taken else behind, name in self.taken))
            done -= behind
        return tuple(found)

    @property
    def epochs(self) -> int:
        """Still to train."""
        return sum(encoder.epochs for encoder in self.encoders)


@dataclass(frozen=True)
class EncoderJob:
    """One encoder of a :class:`Job`.

    Attributes:
        spec: what is trained.
        done: epochs that need no training.
        taken: whether another trial trains it.
    """

    spec: TrialSpec
    done: int = 0
    taken: bool = False

    @property
    def epochs(self) -> int:
        """Still to train."""
        return self.spec.training.epochs - self.done

    @property
    def evaluations(self) -> int:
        """After every ``evaluation.knn_every``-th of them, and the last."""
        return self._due(self.spec.evaluation.knn_every)

    @property
    def checkpoints(self) -> int:
        """Written after every ``training.checkpoint_every``-th of them, and the last."""
        return self._due(self.spec.training.checkpoint_every)

    def _due(self, every: int) -> int:
        last = self.spec.training.epochs
        return last // every - self.done // every + (last % every > 0) if self.epochs else 0


@dataclass(frozen=True)
class VariantLoad:
    """One variant's part.

    Attributes:
        name: of the variant.
        settings: how many a grid has; None where they are drawn.
        total: its pairs (a setting at a seed).
        jobs: the trials among them that are missing, were begun or failed. Where settings are drawn, those that were
            not yet are as :func:`~spreadtune.search.plans.draws.expected_draws` has them.
        alpha: where its alphas lie in the predicted window.
        members: what its trials' encoders are called, where they have several.
        confirm: the trials of its confirmation among what is missing, was begun or failed. While the search goes on
            and its best setting is not known, they are like the trials of the search.
    """

    name: str
    settings: int | None
    total: int
    jobs: tuple[Job, ...]
    alpha: tuple[AlphaNote, ...]
    confirm: tuple[Job, ...] = ()
    members: tuple[str, ...] = ()


@dataclass(frozen=True)
class Workload:
    """All that a run has to train: its variants' trials, its references (floors and ceiling), its confirmation."""

    variants: tuple[VariantLoad, ...]
    references: tuple[Job, ...]

    @property
    def trials(self) -> tuple[Job, ...]:
        return tuple(job for variant in self.variants for job in variant.jobs)

    @property
    def confirm(self) -> tuple[Job, ...]:
        return tuple(job for variant in self.variants for job in variant.confirm)

    @property
    def jobs(self) -> tuple[Job, ...]:
        return self.trials + self.references + self.confirm

    @property
    def epochs(self) -> int:
        return sum(job.epochs for job in self.jobs)


def workload(
    study: Study,
    run: RunFolder | None = None,
    *,
    references: bool,
    storage: str | None = None,
    mean_class_counts: ClassCounts | None = None,
) -> Workload:
    """What a run of ``study`` trains; what it has still to train where there is a run already. Nothing is written.

    Every trial counts to its last epoch, early stopping or not.

    Args:
        study: as resolved.
        run: one to go on with; a resume tries failed trials again.
        references: whether there are floors and ceilings.
        storage: the run's database URL, where it was given one.
        mean_class_counts: images per class in an average batch; read from the data set by default.

    Raises:
        UserError: the database cannot be opened.
        DatabaseAwayError: it does not answer.
    """
    plan, counts = make_plan(study.search), mean_class_counts or BatchClassCounts()
    rows, confirmed = (stored_rows(study, run, storage, stage=stage) if run else {} for stage in STAGES)
    spaces = [Space(variant, counts) for variant in study.variants()]
    planned = planned_pairs(study)
    searching = [_variant(plan, planned, space, rows.get(space.variant.name, {}), run) for space in spaces]
    chosen = records_to_confirm(study, rows) if run and not any(load.jobs for load in searching) else None
    return Workload(
        variants=_with_taken_members(
            study,
            [
                replace(load, confirm=_confirm(study, plan, space, chosen, confirmed.get(load.name, {}), run))
                for load, space in zip(searching, spaces, strict=True)
            ],
        ),
        references=tuple(_references(study, run, plan.reference_seeds)) if references else (),
    )


def _with_taken_members(study: Study, variants: Sequence[VariantLoad]) -> tuple[VariantLoad, ...]:
    """The same, where every trial but the first takes a member that it shares with others."""
    if not Deciding.takes_members(study.search):
        return tuple(variants)
    trained = set[tuple[str, str]]()

    def taking(jobs: tuple[Job, ...]) -> tuple[Job, ...]:
        found = []
        for job in jobs:
            members = {name: (name, spec.model_dump_json()) for name, spec in job.spec.encoders.items() if name}
            found.append(replace(job, taken=frozenset(name for name, key in members.items() if key in trained)))
            trained.update(members.values())
        return tuple(found)

    return tuple(replace(load, jobs=taking(load.jobs), confirm=taking(load.confirm)) for load in variants)


def _at(spec: TrialSpec, seed: int, stage: Stage = "search") -> TrialSpec:
    return spec.model_copy(update={"seed": Seed(study=0, stage=stage, index=seed)})


def _variant(
    plan: Plan, planned: Mapping[str, int], space: Space, rows: Mapping[int, Row], run: RunFolder | None
) -> VariantLoad:
    total = planned[space.variant.name]
    last = {row.record.pair: row for _, row in sorted(rows.items())}
    begun = [job for row in last.values() if run and (job := _again(space, row, run.trial(row.record.trial)))]
    settings = plan.settings(space) if isinstance(plan, GridPlan) else None
    return VariantLoad(
        name=space.variant.name,
        settings=None if settings is None else len(settings),
        total=total,
        jobs=(*begun, *(Job(spec) for spec in _untouched(plan, total, space, last))),
        alpha=tuple(alpha_notes(space, settings)),
        members=tuple(space.variant.members),
    )


def _confirm(
    study: Study,
    plan: Plan,
    space: Space,
    chosen: Mapping[str, Sequence[Record]] | None,
    rows: Mapping[int, Row],
    run: RunFolder | None,
) -> tuple[Job, ...]:
    """What a variant's confirmation lacks; ``chosen`` is None while the search goes on."""
    last = {row.record.pair: row for _, row in sorted(rows.items())}
    begun = [job for row in last.values() if run and (job := _again(space, row, run.trial(row.record.trial)))]
    seeds, name = study.search.confirm_seeds, space.variant.name
    if chosen is None:
        count = max(0, seeds * expected_settings(study)[name] - len(last))
        expected = enumerate(_like_the_search(plan, space, count))
        return (*begun, *(Job(_at(spec, place, "confirm")) for place, spec in expected))
    specs = {record.setting: space.variant.trial(record.values, Seed(study=0)) for record in chosen.get(name, ())}
    missing = ((setting, seed) for seed in range(seeds) for setting in specs if (setting, seed) not in last)
    return (*begun, *(Job(_at(specs[setting], seed, "confirm")) for setting, seed in missing))


def _like_the_search(plan: Plan, space: Space, count: int) -> Sequence[TrialSpec]:
    """So many trials of a setting that is not chosen yet, in the proportions of those it is chosen from."""
    if not isinstance(plan, GridPlan):
        return expected_draws(space.variant, count)
    settings = plan.settings(space)
    places = [place * len(settings) // count for place in range(count)]
    return [space.variant.trial(settings[place], Seed(study=0)) for place in places]


def _again(space: Space, row: Row, folder: TrialFolder) -> Job | None:
    """A trial that a resume takes up, or tries again; None for one that has ended."""
    spec = _at(space.variant.trial(row.record.values, Seed(study=0)), row.record.seed, row.record.stage)
    if row.state == "FAIL":
        return Job(spec)
    if row.state == "RUNNING" and folder.outcome() is None and folder.finished_attempt() is None:
        return Job(spec, _epochs_behind(folder))
    return None


def _untouched(plan: Plan, total: int, space: Space, last: Mapping[tuple[int, int], Row]) -> Sequence[TrialSpec]:
    """The pairs that no trial holds."""
    if not isinstance(plan, GridPlan):
        return expected_draws(space.variant, max(0, total - len(last)))
    specs = [space.variant.trial(values, Seed(study=0)) for values in plan.settings(space)]
    # As they are handed out: every setting at one seed, then at the next.
    pairs = ((seed, setting) for seed in range(plan.seeds) for setting in range(len(specs)))
    return [_at(specs[setting], seed) for seed, setting in pairs if (setting, seed) not in last]


def _references(study: Study, run: RunFolder | None, seeds: int) -> Iterator[Job]:
    counts: dict[Stage, int] = {"search": seeds, "confirm": TEST_REFERENCES if study.search.confirm else 0}
    for stage, count in counts.items():
        for seed in range(count):
            folder = run.reference(seed, stage) if run else None
            ended = folder and (folder.outcome() or folder.finished_attempt())
            if not ended or ended.state == "FAIL":  # which a resume tries again
                yield Job(reference_spec(study, seed, stage), _epochs_behind(folder) if folder else 0)


def _epochs_behind(folder: TrialFolder) -> int:
    """How many epochs of earlier attempts the next one need not train."""
    return sum(max(map(checkpoint_epoch, encoder.checkpoints()), default=0) for encoder in folder.encoders().values())
