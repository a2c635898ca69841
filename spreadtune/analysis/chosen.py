"""How the best setting came to be chosen: on a front, under bounds, by which labels, and what else would have been."""

from collections.abc import Iterable

from spreadtune.analysis.frame import ALPHA, Frame
from spreadtune.analysis.front import front_points
from spreadtune.analysis.setting import label_of, value_of
from spreadtune.analysis.words import count, in_words
from spreadtune.search.results.choice import Setting
from spreadtune.spec.goal import Bound, Goal, Selection
from spreadtune.spec.metrics import need_groups, need_subclasses

TRANSFER = Goal("transfer_accuracy", "maximize")


def opening(frame: Frame, what: str) -> str:
    """What the best setting is, ``Best setting:``, or that no setting keeps the bounds."""
    broken = broken_bounds(frame)
    return f"{broken} The one that breaks least:" if broken else f"{what}:"


def broken_bounds(frame: Frame) -> str:
    """``No finished setting keeps spread < 0.1.``; empty where the best one keeps the bounds."""
    best = frame.choice.best
    if best is None or best.feasible:
        return ""
    lucky = any(found.feasible for found in frame.choice.settings)  # they keep them, and do not come first
    return f"No finished setting{' with several seeds' if lucky else ''} keeps {_bounds(frame)}."


def front_line(frame: Frame, best: Setting) -> str:
    """Of several optimized metrics: how many settings are on the front, and which of them is called the best."""
    table = front_points(frame)
    if table.empty:
        return ""
    front = table[table["front"]]
    optimized = " and ".join(in_words(goal.metric) for goal in frame.objectives)
    ranges = ", ".join(
        f"{in_words(goal.metric)} {front[goal.metric].min():.3f} to {front[goal.metric].max():.3f}"
        for goal in frame.objectives
    )
    among = "on it" if best in set(zip(front["variant"], front["setting"], strict=True)) else "not on it"
    return (
        f"Pareto front of {optimized}: {len(front)} of {count(len(table), 'setting')}"
        f"{f' ({ranges})' if len(front) else ''}. The best setting is {among}, chosen by the "
        f"{_superlative(frame.selection.goal)}."
    )


def bounds_line(frame: Frame, best: Setting) -> str:
    """How the best setting stands to the bounds, how many keep them, and what would be chosen without them."""
    if not frame.selection.bounds:
        return ""
    bounded = dict.fromkeys(bound.metric for bound in frame.selection.bounds)
    stands = ", ".join(f"{in_words(metric)} {value_of(frame, best, metric)}" for metric in bounded)
    kept = sum(found.feasible for found in frame.choice.settings)
    line = f"Asked was {_bounds(frame)}: this setting has {stands}; {kept} of {count(len(frame.means), 'setting')} "
    line += "keeps it." if kept == 1 else "keep it."
    free = frame.choice_by(Selection(frame.selection.goal)).best
    if free is None or free.key == best:
        return f"{line} Without that the choice would be the same."
    return f"{line} Without that the choice would be {_with_value(frame, free.key, frame.metric)}."


def labels_line(frame: Frame, best: Setting) -> str:
    """Whether more than the class was known to what chose, and what the class alone would have chosen."""
    if more := _more_than_classes(frame.selection.metrics):
        return _more_chose(frame, best, more)
    if not frame.column(TRANSFER.metric):
        return ""
    steered = need_subclasses(goal.metric for goal in frame.objectives)
    chosen = f"Coarse labels alone chose this setting: {in_words(frame.metric)} needs no subclasses"
    if steered:
        chosen += f" (what was tried was searched for by {in_words(steered[0])}, which does)"
    other = frame.choice_by(Selection(TRANSFER, frame.selection.bounds)).best
    if other is None or other.key == best:
        return f"{chosen}. The highest transfer accuracy would have chosen the same."
    there, here = (value_of(frame, setting, TRANSFER.metric) for setting in (other.key, best))
    return (
        f"{chosen}. The highest transfer accuracy would have chosen {label_of(frame, other.key)}: "
        f"{there} there, {here} here."
    )


def coarse_choices(frame: Frame) -> list[Setting]:
    """What coarse labels alone would have chosen among: the highest class accuracy inside the predicted window.

    Class accuracies are coarse, so several may have it; the first would be taken.
    """
    means = frame.means.reindex(columns=[ALPHA, "theory.alpha_c", "theory.alpha_m"])
    inside = (means[ALPHA] > means["theory.alpha_c"]) & (means[ALPHA] < means["theory.alpha_m"])
    bounds = tuple(bound for bound in frame.selection.bounds if not _more_than_classes([bound.metric]))
    choice = frame.choice_by(Selection(Goal("class_accuracy", "maximize"), bounds))
    return [found.key for found in choice.among(means.index[inside]).ties]


def _more_than_classes(metrics: Iterable[str]) -> str:
    """What is said of a choice by metrics that need more than the class of validation images; empty of others."""
    names = list(metrics)
    if grouped := need_groups(names):
        return f"True groups chose this setting, an oracle: {in_words(grouped[0])} needs those of validation images."
    if fine := need_subclasses(names):
        return f"Fine labels chose this setting: {in_words(fine[0])} needs the subclasses."
    return ""


def _more_chose(frame: Frame, best: Setting, chosen: str) -> str:
    if frame.means["theory.alpha_c"].isna().all():
        return chosen  # without a window there is no such rule
    coarse = coarse_choices(frame)
    rule = "Coarse labels alone (highest class accuracy inside the predicted window)"
    if not coarse:
        return f"{chosen} {rule} would have chosen nothing: no finished setting lies inside."
    if len(coarse) > 1:
        values = frame.means.loc[coarse][f"metric.{frame.metric}"].astype(float)
        tied = f"{rule} leave {len(coarse)} settings that tie, with {values.min():.3f} to {values.max():.3f}"
        return f"{chosen} {tied}; this one is {'' if best in coarse else 'not '}among them."
    if coarse[0] == best:
        return f"{chosen} {rule} would have chosen the same."
    return f"{chosen} {rule} would have chosen {_with_value(frame, coarse[0], frame.metric)}."


def _with_value(frame: Frame, setting: Setting, metric: str) -> str:
    return f"{label_of(frame, setting)}: {value_of(frame, setting, metric)}"


def _bounds(frame: Frame) -> str:
    return " and ".join(_bound(bound) for bound in frame.selection.bounds)


def _bound(bound: Bound) -> str:
    return f"{in_words(bound.metric)} {bound.text}"


def _superlative(goal: Goal) -> str:
    return f"{'highest' if goal.direction == 'maximize' else 'lowest'} {in_words(goal.metric)}"
