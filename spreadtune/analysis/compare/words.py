"""What a comparison says in sentences, and what its runs are called in figures."""

from collections.abc import Sequence

import pandas as pd

from spreadtune.analysis.compare.baseline import baseline_line
from spreadtune.analysis.compare.compared_run import ComparedRun
from spreadtune.analysis.compare.compatible import pairs_up, reservations
from spreadtune.analysis.compare.difference import Difference, difference
from spreadtune.analysis.compare.differences import values_that_differ
from spreadtune.analysis.statistics import interval
from spreadtune.analysis.words import count, in_words, measured

_LONGEST = 40  # characters of a name in a legend


def answer(sides: Sequence[ComparedRun], differing: pd.DataFrame, pairs: pd.DataFrame) -> list[str]:
    """The comparison, a sentence or two a line; the first is about the best settings."""
    return [
        *(_best_against(sides[0], side) for side in sides[1:]),
        baseline_line(sides),
        *(_equal_settings(sides[0], side, pairs[pairs["run"] == side.letter]) for side in sides[1:]),
        _what_differs(differing),
        *reservations(sides),
        "These are validation numbers; each best setting was chosen by them, which flatters it.",
    ]


def names(sides: Sequence[ComparedRun], differing: pd.DataFrame) -> dict[str, str]:
    """By letter, with the one value that tells the runs apart where there is one: ``B: temperature 0.2``."""
    own = values_that_differ(differing)
    own = own[~own["what"].str.startswith("search.")]
    if len(own) == 1:
        path, *values = own.iloc[0]
        told = {side.letter: f"{in_words(path)} {value}" for side, value in zip(sides, values, strict=True)}
    else:
        studies = {side.letter: side.tables.run.name for side in sides}
        told = studies if len(set(studies.values())) > 1 else {}
    if any(len(words) > _LONGEST for words in told.values()):
        told = {}
    return {side.letter: f"{side.letter}: {told[side.letter]}" if told else side.letter for side in sides}


def in_words_difference(found: Difference) -> str:
    """``+0.011 +- 0.004 (3 shared seeds); the interval excludes 0``."""
    if not found.known:
        return f"{found.mean:+.3f} ({found.repetitions}: no interval)"
    return f"{found.mean:+.3f} +- {found.half_width:.3f} ({found.repetitions}); the interval {found.verdict}"


def best_difference(first: ComparedRun, other: ComparedRun) -> Difference:
    """The other's best setting minus the first's, in the optimized metric."""
    metric = first.frame.metric
    values = [side.by_seed(side.best, metric) for side in (other, first)]
    return difference(*values, paired=pairs_up(first, other))


def best_value(side: ComparedRun) -> str:
    """``0.981 +- 0.006`` of its best setting."""
    found = interval(side.by_seed(side.best, side.frame.metric))
    return measured(found.mean, found.half_width)


def _best_against(first: ComparedRun, other: ComparedRun) -> str:
    told = in_words_difference(best_difference(first, other))
    best = ", ".join(f"{side.letter} {best_value(side)} ({side.label(side.best)})" for side in (first, other))
    metric = in_words(first.frame.metric)
    return f"Best setting of each by {metric}: {best}. {other.letter} minus {first.letter} is {told}."


def _equal_settings(first: ComparedRun, other: ComparedRun, rows: pd.DataFrame) -> str:
    varied = list(dict.fromkeys(in_words(path) for path in [*first.varying, *other.varying]))
    if rows.empty:
        paths = ", ".join(varied)
        return f"No setting of {other.letter} equals one of {first.letter} in all that either varies ({paths})."
    known = rows[rows["half_width"].notna()]
    above, below = ((known["interval"] == "excludes 0") & (sign * known["difference"] > 0) for sign in (1, -1))
    far = rows.iloc[int(rows["difference"].abs().argmax())]
    method = "paired" if (rows["method"] == "paired").all() else "unpaired"
    verdict = (
        f"in {above.sum()} {other.letter} is above and in {below.sum()} below with an interval that excludes 0"
        if len(known)
        else "there are too few seeds for intervals"
    )
    size = f"{rows['difference'].mean():+.3f} on average and {far['difference']:+.3f} at most, at {far['settings']}"
    return (
        f"At {count(len(rows), 'equal setting')} ({method}) {other.letter} minus {first.letter} is {size}; {verdict}."
    )


def _what_differs(differing: pd.DataFrame) -> str:
    paths = list(values_that_differ(differing)["what"])
    if not paths:
        return "The study files are the same."
    shown = ", ".join(paths[:4]) + (f" and {len(paths) - 4} more" if len(paths) > 4 else "")
    return f"The study files differ in {count(len(paths), 'value')}: {shown}."
