"""Equal settings of two runs, and how far what they reached differs."""

from collections.abc import Sequence

import pandas as pd

from spreadtune.analysis.compare.compared_run import ComparedRun
from spreadtune.analysis.compare.compatible import pairs_up
from spreadtune.analysis.compare.difference import difference
from spreadtune.analysis.words import values_in_words
from spreadtune.search.results.choice import Setting

COLUMNS = ["run", "settings", "first", "other", "difference", "half_width", "method", "n_first", "n_other", "interval"]


def pairs(sides: Sequence[ComparedRun]) -> pd.DataFrame:
    """The first run's settings beside the equal ones of each other run, which minus the first is ``difference``.

    Returns:
        Columns run (the other's letter), settings (in words, by what varies in either), first and other (means),
        difference, half_width (NaN where there are too few seeds), method (paired, unpaired), n_first, n_other (seeds),
        interval (excludes 0, includes 0, no interval).
    """
    first, metric = sides[0], sides[0].frame.metric
    rows = []
    for side in sides[1:]:
        varied = list(dict.fromkeys([*first.varying, *side.varying]))
        for here, there in equal_settings(first, side):
            values = [each.by_seed(key, metric) for each, key in ((first, here), (side, there))]
            found = difference(values[1], values[0], paired=pairs_up(first, side))
            own = first.values[here]
            words = values_in_words((path, own[path]) for path in varied if own.get(path) is not None)
            means = [float(each.mean()) for each in values]
            rows.append(
                [side.letter, words or "the one setting", *means, found.mean, found.half_width, found.method,
                 found.n[1], found.n[0], found.verdict]
            )  # fmt: skip
    return pd.DataFrame(rows, columns=COLUMNS)


def equal_settings(first: ComparedRun, second: ComparedRun) -> list[tuple[Setting, Setting]]:
    """Settings that agree in every value that varies inside either run.

    What is constant in each run and differs between them is what the comparison is about, so it may differ.
    """
    varied = list(dict.fromkeys([*first.varying, *second.varying]))

    def by_values(side: ComparedRun) -> dict[str, Setting]:
        found: dict[str, Setting] = {}
        for key, values in side.values.items():
            found.setdefault(repr([values.get(path) for path in varied]), key)
        return found

    here, there = by_values(first), by_values(second)
    return [(here[values], there[values]) for values in here if values in there]
