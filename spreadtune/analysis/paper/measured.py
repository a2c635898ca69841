"""What a run measured of the paper's methods: the best setting of each, and one minus another."""

from collections.abc import Mapping
from dataclasses import dataclass

from spreadtune.analysis.by_seed import by_seed, paired_settings
from spreadtune.analysis.frame import Frame
from spreadtune.analysis.paper.methods import paper_method
from spreadtune.analysis.paper.published import DATASETS, Method
from spreadtune.analysis.statistics import Interval, interval
from spreadtune.search.results.choice import Setting

TRANSFER = "transfer_accuracy"


@dataclass(frozen=True)
class Measured:
    """A transfer accuracy, or a difference of two over shared seeds; ``images`` says of which part: test where it was
    confirmed, else validation."""

    found: Interval
    images: str


def paper_dataset(frame: Frame) -> str | None:
    """The data set of the study's file where it is one of the paper's."""
    name = frame.ceiling.data.dataset.name
    return name if name in DATASETS else None


def best_of_methods(frame: Frame) -> dict[Method, Setting]:
    """The setting that the report's rule would choose of each method on that data set, in the paper's order; those
    whose transfer accuracy was measured. Empty where none of them is the paper's own, as SupCon twice is not."""
    dataset = paper_dataset(frame)
    settings: dict[Method, list[Setting]] = {}
    for setting in frame.means.index if dataset else ():
        method = paper_method(frame.specs[setting])
        there = frame.specs[setting].data.dataset.name == dataset
        if method and there and len(by_seed(frame.finished, setting, f"metric.{TRANSFER}")):
            settings.setdefault(method, []).append(setting)
    best = {method: frame.choice.among(settings[method]).best for method in Method if method in settings}
    found = {method: each.key for method, each in best.items() if each}
    return found if set(found) - {Method.SUPCON_TWICE} else {}


def transfer(frame: Frame, setting: Setting) -> Measured:
    """A setting's transfer accuracy."""
    test = by_seed(frame.tested, setting, f"test.{TRANSFER}")
    if len(test):
        return Measured(interval(test), "test")
    return Measured(interval(by_seed(frame.finished, setting, f"metric.{TRANSFER}")), "validation")


def minus(frame: Frame, best: Mapping[Method, Setting], one: Method, other: Method) -> Measured | None:
    """One method's transfer accuracy minus another's; None where either was not measured, or at no shared seed."""
    if one not in best or other not in best or one is other:
        return None
    for trials, part, images in ((frame.tested, "test", "test"), (frame.finished, "metric", "validation")):
        found = paired_settings(trials, best[one], best[other], f"{part}.{TRANSFER}").difference
        if found.n:
            return Measured(found, images)
    return None
