"""The report's section that sets a run against the paper."""

from collections.abc import Mapping
from dataclasses import dataclass

from spreadtune.analysis.columns import Column, filled_columns
from spreadtune.analysis.frame import Frame
from spreadtune.analysis.labels import setting_labels
from spreadtune.analysis.paper import published
from spreadtune.analysis.paper.claims import Claim, claims
from spreadtune.analysis.paper.differences import differences
from spreadtune.analysis.paper.measured import Measured, best_of_methods, minus, paper_dataset, transfer
from spreadtune.analysis.paper.published import AUTOENCODERS, DATASETS, MEAN_GAIN, Method
from spreadtune.analysis.statistics import Interval
from spreadtune.search.results.choice import Setting

NOT_PUBLISHED = "not published"


@dataclass(frozen=True)
class AgainstPaper:
    """What the section shows.

    Attributes:
        notes: what was published, and how to read it, a sentence or two each.
        methods: the best setting of each method beside what was published of it.
        order: the paper's claims of order; empty where the run has no two methods of one.
        differences: in what the settings differ from the paper's.
        always: in what every study differs from it.
    """

    notes: list[str]
    methods: list[Column]
    order: list[Column]
    differences: list[str]
    always: tuple[str, ...]


def against_paper(frame: Frame) -> AgainstPaper | None:
    """The section; None on another data set than the paper's, and before one of its methods has finished."""
    dataset, best = paper_dataset(frame), best_of_methods(frame)
    if dataset is None or not best:
        return None
    return AgainstPaper(
        notes=_notes(dataset, best),
        methods=filled_columns([_method(frame, dataset, best, method) for method in best]),
        order=filled_columns([_claim(dataset, claim) for claim in claims(frame)]),
        differences=differences(dataset, {method: frame.specs[each] for method, each in best.items()}),
        always=published.always(dataset),
    )


def _method(frame: Frame, dataset: str, best: Mapping[Method, Setting], method: Method) -> dict[str, object]:
    measured = transfer(frame, best[method])
    theirs, gained = published.accuracy(dataset, method), minus(frame, best, method, Method.SUPCON)
    twice = minus(frame, best, method, Method.SUPCON_TWICE) if method is Method.THANOS else None
    known = f"{theirs:.1f}" if theirs is not None else NOT_PUBLISHED
    mean_gain = f"{MEAN_GAIN:+.1f} (mean)" if method is Method.THANOS else None
    return {
        "method": str(method),
        "setting": _label(frame, best[method]),
        "published, %": known if dataset in published.ACCURACIES else None,
        "measured, %": percent(measured.found),
        "seeds": measured.found.n,
        "images": measured.images,
        "gain, published": _published_gain(dataset, method, Method.SUPCON) or mean_gain,
        "gain, measured": _gain(gained, measured.images),
        "over SupCon twice": _gain(twice, measured.images),
    }


def _label(frame: Frame, setting: Setting) -> str:
    """``spread (alpha 0.62)``: without its loss, which the method says."""
    names = {variant: variant for variant in frame.variants}
    return setting_labels(frame.settings.loc[[setting]], frame.searched, names)[0].removeprefix("variant ")


def _claim(dataset: str, claim: Claim) -> dict[str, object]:
    return {
        "order": claim.words,
        "published": _published_gain(dataset, claim.better, claim.worse),
        "measured": points(claim.measured.found),
        "shared seeds": claim.measured.found.n,
        "images": claim.measured.images,
        "verdict": claim.verdict,
    }


def _published_gain(dataset: str, better: Method, worse: Method) -> str | None:
    gained = published.gain(dataset, better, worse)
    return None if gained is None or better is worse else f"{gained:+.1f}"


def _gain(measured: Measured | None, images: str) -> str | None:
    """In points; of which images where they are not those of its row."""
    if measured is None:
        return None
    return points(measured.found) + (f" on {measured.images}" if measured.images != images else "")


def percent(found: Interval) -> str:
    """``93.1 ± 0.4`` of a share."""
    return f"{100 * found.mean:.1f}{_half_width(found)}"


def points(found: Interval) -> str:
    """``+3.1 ± 0.4`` of a difference of shares; one that rounds to zero has a plus."""
    return f"{round(100 * found.mean, 1) + 0.0:+.1f}{_half_width(found)}"


def _half_width(found: Interval) -> str:
    return f" ± {100 * found.half_width:.1f}" if found.known else ""


def _notes(dataset: str, best: Mapping[Method, Setting]) -> list[str]:
    notes = [
        "Coarse-to-fine transfer as in Chen et al., Perfectly Balanced (ICML 2022): accuracy on the fine labels in per "
        f"cent, gains in points. Thanos gained {MEAN_GAIN} over SupCon, the mean of five data sets."
    ]
    if dataset not in published.ACCURACIES:
        notes.append(
            f"Nothing else that was published of {DATASETS[dataset]} is known here, so what is measured stands alone, "
            "and the order is that of the published accuracies on CIFAR-10."
        )
    if set(AUTOENCODERS) & set(best):
        notes.append(
            "What was published as SupCon + class-conditional autoencoder is, by the code's commands, cross-entropy + "
            "reconstruction. Whether SupCon was part of it is not known, so there are two readings of that row."
        )
    return notes
