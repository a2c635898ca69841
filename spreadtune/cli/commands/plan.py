"""``spreadtune run --plan``: what a run would be and cost, printed instead of started."""

import logging
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import nullcontext

from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.filesize import decimal
from rich.table import Table
from rich.text import Text

from spreadtune.cli.duration import as_clock
from spreadtune.cli.live.lines import counted, describe_slots
from spreadtune.cli.session import Request, checked_study, resumed
from spreadtune.run_folder import RunFolder
from spreadtune.runtime.before_start.data_sets import described_parts
from spreadtune.runtime.before_start.outlook import Outlook, has_gpu_for, look_ahead, measure_here
from spreadtune.runtime.cluster.machine import load
from spreadtune.runtime.cluster.resources import Slots
from spreadtune.search.plans.windows import AlphaNote
from spreadtune.search.plans.workload import Job, VariantLoad
from spreadtune.spec.trial import TrialSpec
from spreadtune.trial.shape import Pace, describe_shapes, shape_of

Row = tuple[str, str]
"""A word and what it says."""

PACE_COLUMNS = ("seconds of", "trials", "an epoch", "an evaluation", "final probes", "a checkpoint")


BUSY = 0.5
"""Of the CPUs: from here on what is timed is other people's work, too."""


def plan_run(request: Request, price_per_gpu_hour: float | None) -> int:
    """Print what the request would run and cost."""
    logging.basicConfig(format="warning    %(message)s")
    console = Console(highlight=False)
    study, run = checked_study(request, make_tables=False), None
    if request.resuming:
        chosen = resumed(study, request)
        study, run = chosen.study, chosen.run

    def measure(spec: TrialSpec, slots: Slots) -> Pace:
        with console.status("measuring how fast a trial is") if console.is_terminal else nullcontext():
            return measure_here(spec, slots)

    busy = load()
    outlook = look_ahead(
        study,
        run,
        storage=request.storage,
        address=request.address,
        price_per_gpu_hour=price_per_gpu_hour,
        measure=measure,
    )
    _show(outlook, run, [*_notes(outlook, request.address, busy)], console)
    return 0


def _show(outlook: Outlook, run: RunFolder | None, notes: list[str], console: Console) -> None:
    """Tables on a terminal, elsewhere lines whose columns are aligned."""
    _show_rows([*_what(outlook, run)], console)
    if outlook.paces:
        console.print()
        _show_paces(_pace_rows(outlook), console)
        console.print()
        _show_rows([*_how_much(outlook)], console)
        _show_rows([("note", note) for note in notes], console)


def _what(outlook: Outlook, run: RunFolder | None) -> Iterator[Row]:
    study, work = outlook.study, outlook.work
    yield "study", f"{study.name}: {' '.join(study.description.split())}"
    if run:
        yield "run", f"{run.label}, of which only what is missing is counted"
    for line in described_parts(study):
        yield "images", line
    for variant in work.variants:
        yield "variant", _variant(variant, study.search.seeds, resumed=run is not None)
        for note in variant.alpha:
            yield "alpha", _alpha(note)
    parts = [counted(len(work.trials), "trial")]
    parts += [f"{counted(len(work.references), 'reference')} (floors and ceiling)"] if work.references else []
    parts += [f"{counted(len(work.confirm), 'trial')} of confirmation on the test split"] if work.confirm else []
    taken = sum(len(job.taken) for job in work.jobs)
    shared = f"; {counted(taken, 'member')} taken from another trial that trains the same" if taken else ""
    yield "to run", f"{listed(parts)}, {counted(work.epochs, 'epoch')} in all{shared}"
    yield "slots", describe_slots(outlook.slots)


def _variant(variant: VariantLoad, seeds: int, *, resumed: bool) -> str:
    if variant.settings is None:
        trials = f"{counted(variant.total, 'trial')}, each with a setting that is drawn"
        if seeds > 1:
            trials += f", promising ones at up to {seeds} seeds"
    else:
        settings = f"{counted(variant.settings, 'setting')} x {counted(seeds, 'seed')}"
        trials = f"{settings}, {counted(variant.total, 'trial')}"
    members = f", each of members {listed(variant.members)}" if variant.members else ""
    return f"{variant.name}: {trials}{members}" + (f", {len(variant.jobs)} of them still to run" if resumed else "")


def _alpha(note: AlphaNote) -> str:
    """Where collapse ends, where class means vanish, and which settings lie where."""
    vanish = "" if note.alpha_m is None else f", class means vanish from {note.alpha_m:.3f}"
    batch = f"temperature {note.temperature:g}, {_of_each_class(note.class_counts)} in a batch"
    last = note.last_opening()
    collapse = f"{note.alpha_c:.3f}" + (f" (the last of them up to {last:.3f})" if last else "")
    window = f"{batch}: classes collapse up to {collapse}{vanish}; "
    if note.drawn:
        return window + "alpha is drawn from {:.3f} to {:.3f}".format(*note.drawn)
    above = "" if note.alpha_m is None else f", {note.above} above"
    place = "above" if note.alpha_m is None else "inside"
    return f"{window}{counted(note.below, 'setting')} below, {note.inside} {place}{above}"


def _of_each_class(counts: Sequence[float]) -> str:
    """``32 images of each class``, ``20.1 to 108 images of a class``: what differs in three digits is told apart."""
    low, high = f"{min(counts):.3g}", f"{max(counts):.3g}"
    return f"{low} images of each class" if low == high else f"{low} to {high} images of a class"


def listed(parts: Sequence[str]) -> str:
    """``a, b and c``."""
    return " and ".join(filter(None, (", ".join(parts[:-1]), parts[-1])))


def _pace_rows(outlook: Outlook) -> list[tuple[str, ...]]:
    """The columns of :data:`PACE_COLUMNS`, a shape a row."""
    counts = Counter(shape_of(encoder.spec) for job in outlook.work.jobs for encoder in job.encoders)
    return [
        (
            name or "a trial",
            str(counts[shape]),
            *(f"{seconds:.3g}" for seconds in (pace.epoch, pace.evaluation, pace.end, pace.checkpoint)),
        )
        for (shape, name), pace in zip(
            describe_shapes(list(outlook.paces)).items(), outlook.paces.values(), strict=True
        )
    ]


def _how_much(outlook: Outlook) -> Iterator[Row]:
    cost = outlook.cost
    yield "time", f"{as_clock(cost.wall_seconds)} with these slots, {as_clock(cost.seconds)} one trial after another"
    yield "CPU-hours", f"{cost.cpu_hours:.2f}"
    yield "GPU-hours", f"{cost.gpu_hours:.2f}"
    if cost.price is not None:
        yield "price", f"{cost.price:.2f}"
    yield "disk", f"{decimal(cost.checkpoint_bytes)} of checkpoints"


def _notes(outlook: Outlook, address: str, busy: float) -> Iterator[str]:
    """What the numbers leave out, and where they come from."""
    slots, search = outlook.slots, outlook.study.search
    if search.early_stopping.name != "none":
        yield f"an upper bound: {search.early_stopping.name} stops trials early, and here all run to their last epoch"
    if outlook.study.training.time_limit is not None:
        yield "an upper bound: training.time_limit ends trials early, and here all run to their last epoch"
    if search.sampler in ("tpe", "gp", "nsga2") and any(_differ(variant.jobs) for variant in outlook.work.variants):
        yield f"kinds of trials in the proportions of uniform draws; {search.sampler} may prefer some"
    where = "on this machine" if address == "local" else f"on this machine, not on the cluster at {address}"
    yield f"seconds were measured {where}, one trial alone; side by side trials may slow one another down"
    if busy > BUSY:
        yield f"this machine was busy before that, with {busy:.1f} processes for each CPU, so they may be much too long"
    if slots.gpus and not has_gpu_for(slots):
        yield "this machine has no GPU, so its CPU was measured, which says little of trials on GPUs"
    if slots.workers > 1:
        yield (
            f"{slots.workers} workers are taken to be {slots.workers} times as fast; their talk, and some 20 s in "
            "which each trial's group starts, come on top"
        )
    floors = ", the floors' probes (raw pixels, untrained encoder)" if outlook.work.references else ""
    yield f"not counted: starting Ray and its workers, reading the data{floors}"


def _differ(jobs: Sequence[Job]) -> bool:
    kinds = {tuple((shape_of(each.spec), each.spec.training.epochs) for each in job.encoders) for job in jobs}
    return len(kinds) > 1


def _show_rows(rows: list[Row], console: Console) -> None:
    if console.is_terminal:
        table = Table.grid(padding=(0, 2))
        for word, text in rows:
            table.add_row(Text(word, style="bold"), Text(text))
        console.print(table)
        return
    for word, text in rows:
        console.print(f"{word:10} {text}", markup=False, soft_wrap=True)


def _show_paces(rows: list[tuple[str, ...]], console: Console) -> None:
    if console.is_terminal:
        table = Table(box=SIMPLE_HEAD)
        for index, column in enumerate(PACE_COLUMNS):
            table.add_column(column, justify="right" if index else "left")
        for row in rows:
            table.add_row(*map(Text, row))
        console.print(table)
        return
    lines = [PACE_COLUMNS, *rows]
    widths = [max(map(len, column)) for column in zip(*lines, strict=True)]
    for first, *others in lines:
        cells = [f"{first:{widths[0]}}", *(f"{cell:>{width}}" for cell, width in zip(others, widths[1:], strict=True))]
        console.print("  ".join(cells), markup=False, soft_wrap=True)
