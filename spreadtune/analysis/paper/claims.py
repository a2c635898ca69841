"""The order in which the paper has its methods, and whether a run has it too."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from spreadtune.analysis.frame import Frame
from spreadtune.analysis.paper.measured import Measured, best_of_methods, minus
from spreadtune.analysis.paper.published import ORDER, Method
from spreadtune.analysis.statistics import Interval

Verdict = Literal["held", "not held", "open"]


@dataclass(frozen=True)
class Claim:
    """That one method is better than another, and by how much it was here."""

    better: Method
    worse: Method
    measured: Measured

    @property
    def words(self) -> str:
        return f"{self.better} > {self.worse}"

    @property
    def verdict(self) -> Verdict:
        return verdict(self.measured.found)


def verdict(difference: Interval) -> Verdict:
    """Held where the whole interval lies above 0, not held where it lies below; open where it includes 0, or where
    there are too few seeds for one."""
    if not difference.excludes_zero:
        return "open"
    return "held" if difference.mean > 0 else "not held"


def claims(frame: Frame) -> list[Claim]:
    """Those of which the run has both methods."""
    best = best_of_methods(frame)
    measured = [(better, worse, minus(frame, best, better, worse)) for better, worse in ORDER]
    return [Claim(better, worse, found) for better, worse, found in measured if found]


def order_line(frame: Frame) -> str:
    """``The paper's order of methods: of 2 comparisons 1 held, 1 did not (Thanos > SupCon); test images.``; nothing
    where there is none."""
    found = _as_commanded(claims(frame))
    if not found:
        return ""
    images = " and ".join(sorted({each.measured.images for each in found}))
    noun = "comparison" if len(found) == 1 else "comparisons"
    return f"The paper's order of methods: of {len(found)} {noun} {', '.join(_counts(found))}; {images} images."


def _as_commanded(found: Sequence[Claim]) -> list[Claim]:
    """Where a run has both readings of the autoencoder's row, that of the code's commands: the row counts once."""
    has = {method for each in found for method in (each.better, each.worse)}
    left_out = Method.SUPCON_AUTOENCODER if Method.AUTOENCODER in has else None
    return [each for each in found if left_out not in (each.better, each.worse)]


def _counts(found: Sequence[Claim]) -> Iterator[str]:
    by_verdict = {name: [each for each in found if each.verdict == name] for name in ("held", "not held", "open")}
    yield f"{len(by_verdict['held']) or 'none'} held"
    if lost := by_verdict["not held"]:
        yield f"{len(lost)} did not ({', '.join(each.words for each in lost)})"
    if undecided := len(by_verdict["open"]):
        yield f"{undecided} {'is' if undecided == 1 else 'are'} open"
