"""Variants set against the ones that the study names: the best setting of each, paired at shared seeds."""

from dataclasses import dataclass

import pandas as pd

from spreadtune.analysis.by_seed import paired_settings
from spreadtune.analysis.columns import Column, difference_text, filled_columns
from spreadtune.analysis.frame import Frame
from spreadtune.analysis.paired import Paired, holm
from spreadtune.analysis.setting import label_of
from spreadtune.analysis.words import count, in_words, p_value, signed
from spreadtune.search.results.choice import Setting

CLASS = "class_accuracy"

LEVEL = 0.05

MOST_TOLD = 4
"""So many differences have a line each in the answer; of more, one line tells which are beyond chance, seed by seed."""


@dataclass(frozen=True)
class Contrast:
    """One variant minus the one that it is set against.

    Attributes:
        variant, other: their names.
        best, others: the best setting of each.
        found: of the metric that chooses, on validation images, over the seeds that both have.
        adjusted: its p after Holm's correction for all contrasts of the run.
        cost: likewise of class accuracy.
        test: of the metric that chooses, on test images, where both are confirmed.
    """

    variant: str
    other: str
    best: Setting
    others: Setting
    found: Paired
    adjusted: float
    cost: Paired
    test: Paired


def contrasts(frame: Frame) -> list[Contrast]:
    """Those that the study asks for and both sides of which have a finished trial, in the order of the file."""
    named = [(name, other) for name, config in frame.study.search.variants.items() for other in config.others]
    best = {variant: each.key for variant, each in frame.choice.of_variants.items()}
    asked = [(name, other) for name, other in named if name in best and other in best]
    chosen_by = f"metric.{frame.metric}"
    found = [paired_settings(frame.finished, best[name], best[other], chosen_by) for name, other in asked]
    adjusted = holm([each.p for each in found])
    return [
        Contrast(
            variant=name,
            other=other,
            best=best[name],
            others=best[other],
            found=found[place],
            adjusted=adjusted[place],
            cost=paired_settings(frame.finished, best[name], best[other], f"metric.{CLASS}"),
            test=paired_settings(frame.tested, best[name], best[other], f"test.{frame.metric}"),
        )
        for place, (name, other) in enumerate(asked)
    ]


def contrast_lines(frame: Frame) -> list[str]:
    """A sentence each: ``thanos minus supcon_x2: +0.012 +- 0.009 transfer accuracy (5 shared seeds), p = 0.02``; one
    about all of many."""
    found = contrasts(frame)
    if len(found) > MOST_TOLD:
        return [_all_in_one(frame, found)]
    made = sum(not pd.isna(each.found.p) for each in found)
    holms = f" after Holm's correction for {made} of these" if made > 1 else ""
    lines = []
    for each in found:
        difference, n = each.found.difference, each.found.difference.n
        told = f", p {p_value(each.adjusted)}{holms}" if not pd.isna(each.adjusted) else ""
        seeds = count(n, "shared seed") if n else "they share no seed"
        value = f"{signed(difference.mean, difference.half_width)} " if n else "no difference in "
        lines.append(f"{each.variant} minus {each.other}: {value}{in_words(frame.metric)} ({seeds}){told}.")
    return lines


def _all_in_one(frame: Frame, found: list[Contrast]) -> str:
    apart = [each for each in found if each.found.difference.excludes_zero]
    named = ", ".join(f"{each.variant} minus {each.other} {_in_words(each)}" for each in apart)
    excludes = f"the interval of {len(apart)} excludes 0: {named}" if apart else "no interval excludes 0"
    sure = sum(each.adjusted < LEVEL for each in found)
    return (
        f"Variant against variant: of {len(found)} paired differences in {in_words(frame.metric)} {excludes}; after "
        f"Holm's correction p is below {LEVEL} for {sure or 'none'} of them."
    )


def _in_words(each: Contrast) -> str:
    return signed(each.found.difference.mean, each.found.difference.half_width)


def contrast_columns(frame: Frame) -> list[Column]:
    """The table of all of them; nothing where the study asks for none."""
    found = contrasts(frame)
    if not found:
        return []
    rows = [
        {
            "variant − other": f"{each.variant} − {each.other}",
            "settings": " − ".join(dict.fromkeys(_values(frame, each))),
            "shared seeds": each.found.difference.n,
            in_words(frame.metric): _shown(each.found),
            "d_z": each.found.effect_size,
            "p": each.found.p,
            "p, Holm": each.adjusted,
            "class accuracy": _shown(each.cost),
            f"{in_words(frame.metric)}, test": _shown(each.test),
        }
        for each in found
    ]
    return filled_columns(rows)


def _values(frame: Frame, each: Contrast) -> list[str]:
    return [label_of(frame, each.best), label_of(frame, each.others)]


def _shown(found: Paired) -> str | None:
    difference = found.difference
    return difference_text(difference) if difference.n else None
