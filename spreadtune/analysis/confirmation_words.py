"""A confirmation in sentences."""

import math

from spreadtune.analysis.confirmation import Against, Confirmation, Confirmed
from spreadtune.analysis.statistics import LEAST_REPETITIONS, interval
from spreadtune.analysis.words import count, in_words, measured, p_value, signed


def confirmation_lines(found: Confirmation, metric: str) -> list[str]:
    """The result first, then how sure it is, how much worse it is than the search made it look, and what was seen."""
    lines = [_result(found, metric), _without_baseline(found)]
    lines += [_comparison(each, len(found.against)) for each in found.against]
    return [*lines, _optimism(found.chosen), _openings(found)]


def _result(found: Confirmation, metric: str) -> str:
    chosen = found.chosen
    line = f"{_subject(chosen)}: {_on_test(chosen)} {in_words(metric)}"
    if found.others:
        other = found.others[0]
        line += f" against {_on_test(other)} for {other.name}"
    counts = sorted({len(each.test) for each in (chosen, *found.others[:1])})
    seeds = count(counts[0], "seed") if len(counts) == 1 else f"{counts[0]} to {counts[1]} seeds"
    few = ", too few for an interval" if counts[-1] < LEAST_REPETITIONS else ""
    return f"{line}, {seeds}{few}, test."


def _subject(chosen: Confirmed) -> str:
    """``thanos (alpha 0.62)``; the values alone where there is one variant."""
    alone = chosen.variant == "main" or chosen.name == chosen.values
    return chosen.values if alone else f"{chosen.name} ({chosen.values})"


def _without_baseline(found: Confirmation) -> str:
    if found.baseline or found.chosen.supcon:
        return ""
    return "There is no SupCon baseline among what was confirmed: nothing there has alpha 0 and no reconstruction term."


def _on_test(each: Confirmed) -> str:
    found = interval(each.test)
    return measured(found.mean, found.half_width)


def _comparison(each: Against, comparisons: int) -> str:
    found, name = each.found.difference, each.other.name
    if found.n == 0:
        return f"On test it shares no seed with {name}, so there is no paired difference."
    if not found.known:
        return f"Paired with {name} on test the difference is {signed(found.mean)} ({count(found.n, 'shared seed')})."
    holm = f" after Holm's correction for {comparisons} comparisons" if comparisons > 1 else ""
    return (
        f"Paired with {name} on test the difference is {signed(found.mean, found.half_width)} "
        f"({count(found.n, 'shared seed')}); effect size d_z {_size(each.found.effect_size)}, "
        f"p {p_value(each.adjusted)}{holm}."
    )


def _size(value: float) -> str:
    return f"{value:.1f}" if math.isfinite(value) else ("infinite" if value > 0 else "minus infinite")


def _optimism(chosen: Confirmed) -> str:
    """Both parts add up to the search's mean minus the mean on test."""
    whole = float(chosen.searched.mean() - chosen.test.mean())
    gap = signed(chosen.gap.mean, chosen.gap.half_width)
    return (
        f"Optimism of the search's number for it, {chosen.searched.mean():.3f} "
        f"({count(len(chosen.searched), 'seed')}): {signed(whole)}, of which {gap} is validation minus test of "
        f"the same encoders and {signed(chosen.luck)} the luck by which it was chosen (the search minus fresh seeds, "
        "both on validation)."
    )


def _openings(found: Confirmation) -> str:
    if not found.former:
        return f"This run opened the test split once, after its search, for {count(len(found.openings), 'setting')}."
    earlier = len(found.former)
    return (
        f"This run opened the test split more than once: {count(earlier, 'former best setting')} had been confirmed "
        "before another was chosen, so these numbers are not the first that were seen."
    )
