"""What a study found, in a few lines of plain text: the terminal prints them and the report opens with them."""

from collections.abc import Mapping
from typing import Any

import pandas as pd

from spreadtune.analysis.baseline_words import baseline_lines
from spreadtune.analysis.chosen import bounds_line, broken_bounds, front_line, labels_line, opening
from spreadtune.analysis.clamped import clamped_line
from spreadtune.analysis.classes import unequal_classes
from spreadtune.analysis.confirmation import confirmation
from spreadtune.analysis.confirmation_words import confirmation_lines
from spreadtune.analysis.frame import ALPHA, Frame
from spreadtune.analysis.paper.claims import order_line
from spreadtune.analysis.references import Part, ceiling_line, reference_means
from spreadtune.analysis.setting import label_of, seeds_of, value_of
from spreadtune.analysis.statistics import LEAST_REPETITIONS
from spreadtune.analysis.variants import contrast_lines
from spreadtune.analysis.words import count, in_words, measured
from spreadtune.search.results.choice import Setting
from spreadtune.search.results.selection import SETTING
from spreadtune.spec.metrics import METRICS

SMOKE_CAUTION = "This was the profile smoke, which shows that everything works: these numbers mean nothing."

_FRESH_SEEDS = "Fresh seeds are the better answer: --resume --confirm 5."


def answer(frame: Frame) -> list[str]:
    """The answer, a sentence or two a line; "+-" is always the half-width of a 95% interval over seeds."""
    best = frame.best
    if best is None:
        return [f"No answer yet: no trial has finished with a {in_words(frame.metric)}.", _counts(frame)]
    confirmed = confirmation(frame)
    lines = [
        broken_bounds(frame) if confirmed else "",
        *(confirmation_lines(confirmed, frame.metric) if confirmed else ()),
        _scale(frame, "test.") if confirmed else "",
        _best(frame, best, "Chosen by the search on validation images" if confirmed else "Best setting"),
        bounds_line(frame, best),
        front_line(frame, best),
        *baseline_lines(frame, best),
        *contrast_lines(frame),
        order_line(frame),
        _spread(frame, best),
        _pair_schemes(frame),
        clamped_line(frame.specs),
        _scale(frame, ""),
        _counts(frame),
        labels_line(frame, best),
        _early_stopping(frame),
        "" if confirmed else _reservations(frame, best),
    ]
    return [line for line in lines if line]


def caution(manifest: Mapping[str, Any]) -> str:
    """What to know before any number of the run; empty where there is nothing. By convention the profile ``smoke``
    only shows that everything works."""
    return SMOKE_CAUTION if manifest.get("profile") == "smoke" else ""


def _best(frame: Frame, best: Setting, what: str) -> str:
    n = seeds_of(frame, best)
    seeds = f"{count(n, 'seed')}{', 95% interval' if n >= LEAST_REPETITIONS else ': too few for an interval'}"
    value = value_of(frame, best, frame.metric)
    equal = len(frame.choice.ties) - 1
    tie = (
        f" {count(equal, 'other setting')} {'ties' if equal == 1 else 'tie'} with it; the first was taken."
        if equal
        else ""
    )
    return (
        f"{opening(frame, what)} {label_of(frame, best)}. Its {in_words(frame.metric)} is {value} "
        f"({seeds if n > 1 else 'one seed: no interval'}).{tie}"
    )


def _spread(frame: Frame, best: Setting) -> str:
    row = frame.means.loc[[best]].iloc[0]
    parts = []
    if pd.notna(row.get("metric.spread")):
        parts.append(f"Spread there: {row['metric.spread']:.3f} on validation images")
        if pd.notna(row.get("metric.train_spread")):
            parts.append(f"{row['metric.train_spread']:.3f} on training images")
        if pd.notna(row.get("theory.spread")):
            parts.append(f"{row['theory.spread']:.3f} predicted")
    spread = ", ".join(parts) + "." if parts else ""
    low, high, alpha = row.get("theory.alpha_c"), row.get("theory.alpha_m"), row[ALPHA]
    if pd.isna(low) or pd.isna(high) or pd.isna(alpha):
        return spread
    place = "below" if alpha <= low else "above" if alpha >= high else "inside"
    window = f"Its alpha {alpha:.3g} lies {place} the predicted window ({low:.3f}, {high:.3f})"
    if place == "inside":
        window += f", {(alpha - low) / (high - low):.0%} of the way"
    recorded = frame.schemes.get(row["scheme"])
    classes = unequal_classes(frame, recorded, alpha) if recorded else ""
    return f"{spread} {window}. {classes}".strip()


def _pair_schemes(frame: Frame) -> str:
    """Named in every report: at one temperature alpha_c differs between schemes by a factor of ten."""
    schemes = sorted({(scheme.pairs, scheme.denominator) for scheme in frame.schemes})
    named = " and ".join(f"pairs {pairs} with denominator {denominator}" for pairs, denominator in schemes)
    return f"Losses and window are those of {named}; other schemes have other thresholds." if named else ""


def _scale(frame: Frame, part: Part) -> str:
    """Floors and ceiling."""
    table = reference_means(frame, frame.metric, part=part)
    if table.empty:
        return ""
    values = (f"{row['reference']} {measured(row['mean'], row['half_width'])}" for _, row in table.iterrows())
    line = f"For scale, on {'test' if part else 'validation'} images: {', '.join(values)}."
    return f"{line} {ceiling_line(frame, frame.metric, part=part)}".rstrip()


def _counts(frame: Frame) -> str:
    search = frame.progress.search
    counts = [f"{search.complete} finished", f"{search.pruned - search.diverged} stopped early"]
    counts += [f"{search.diverged} diverged"] if search.diverged else []
    counts += [f"{search.failed} failed"]
    counts += [f"{search.running} unfinished"] if search.running else []
    lost = frame.progress.references.failed
    note = f" The floors and ceiling of {count(lost, 'seed')} failed and are missing." if lost else ""
    return f"Trials: {', '.join(counts)}.{note}"


def _early_stopping(frame: Frame) -> str:
    """What decided which trials were not finished; a stopped trial is nowhere compared with finished ones."""
    watched = frame.stand_in
    if watched is None:
        return ""
    if METRICS[watched].needs_groups:
        labels = "needs true groups, an oracle"
    else:
        labels = "needs the subclasses too" if METRICS[watched].needs_subclasses else "needs no subclasses"
    looked = f"Early stopping looked at the {in_words(watched)} during training, which {labels}"
    return f"{looked}; means are over finished trials."


def _reservations(frame: Frame, best: Setting) -> str:
    """What the numbers do not say: the best of many settings is partly the luckiest, stopped ones among the many."""
    n, start = seeds_of(frame, best), "These are validation numbers"
    tried = len(frame.trials.loc[frame.trials["state"].isin(["COMPLETE", "PRUNED"]), SETTING].drop_duplicates())
    if tried == 1:
        return f"{start}, not confirmed on test."
    if n >= LEAST_REPETITIONS:
        luck = f"the interval does not account for having chosen the best of {tried} settings"
        return f"{start}, not confirmed on test; {luck}. {_FRESH_SEEDS}"
    seeds = "one seed" if n == 1 else f"{n} seeds"
    luck = f"the best of {tried} settings tends to look better than it is"
    return f"{start} of {seeds}, not confirmed on test; {luck}. {_FRESH_SEEDS}"
