"""What the lines of a run say."""

from collections.abc import Sequence

from spreadtune.run_folder import Outcome
from spreadtune.runtime.cluster.resources import Slots
from spreadtune.search.assignment import Assignment
from spreadtune.search.results.progress import Counts, Progress
from spreadtune.spec.quantities import size_text


def counted(number: int, thing: str) -> str:
    """``1 trial``, ``3 trials``."""
    return f"{number} {thing}" if number == 1 else f"{number} {thing}s"


def describe_slots(slots: Slots) -> str:
    """How many trials side by side, and what each has."""
    each = f"{slots.cpus} CPU and " + (f"{slots.gpus:g} GPU" if slots.gpus else "no GPU")
    if slots.memory:
        each += f", up to {size_text(slots.memory)}"
    if slots.workers > 1:
        each = f"{slots.workers} workers of {each}"
    return f"{slots.count} side by side, each with {each}"


def what_is_left(progress: Progress) -> str:
    """``24 trials and 3 references (floors and ceiling)``, and of a run that is taken up ``5 of 24 trials``."""
    return _described(
        progress,
        _left(progress.trials, "trial"),
        _left(progress.references, "reference"),
    )


def all_of(progress: Progress) -> str:
    """``24 trials and 3 references (floors and ceiling)``, whatever has ended of them."""
    return _described(
        progress, counted(progress.trials.total, "trial"), counted(progress.references.total, "reference")
    )


def _described(progress: Progress, trials: str, references: str) -> str:
    confirmed = progress.confirmation.total
    parts = [f"{trials}, {confirmed} of them a confirmation," if confirmed else trials]
    if progress.references.total:
        parts.append(f"{references} (floors and ceiling)")
    return " and ".join(parts)


def name_of(assignment: Assignment) -> str:
    """``trial 7 (alpha 0.56, seed 1)``."""
    return f"{assignment.kind} {assignment.number} ({assignment.label})"


def how_far(progress: Progress) -> str:
    """``5/27``: trials and references that have ended."""
    return f"{progress.whole.ended}/{progress.whole.total}"


def told(outcome: Outcome, metrics: Sequence[str]) -> str:
    """How a trial or reference ended: its numbers, or the reason why it has none."""
    if outcome.state == "PRUNED":
        return str(outcome.reason)
    if outcome.state == "FAIL":
        return f"failed{f' after epoch {outcome.epoch}' if outcome.epoch else ''}: {outcome.reason}"
    measured = (name for metric in metrics for name in (metric, f"test.{metric}"))
    names = dict.fromkeys((*measured, "spread", *(f"ceiling.{metric}" for metric in metrics)))
    numbers = [f"{name} {outcome.metrics[name]:.3f}" for name in names if name in outcome.metrics]
    seconds = outcome.details.get("seconds")
    return (", ".join(numbers) or "measured") + (f" ({seconds:.1f} s)" if seconds is not None else "")


def _left(counts: Counts, thing: str) -> str:
    whole = counted(counts.total, thing)
    return f"{counts.missing} of {whole}" if counts.ended else whole
