"""The axes of figures: what they are called and how they are scaled."""

from spreadtune.analysis.frame import ALPHA, Frame
from spreadtune.analysis.words import in_words
from spreadtune.spec.domain import Domain


def x_title(frame: Frame) -> str:
    """The main parameter in words, for an axis."""
    return "alpha, weight of class-conditional InfoNCE" if frame.x == ALPHA else in_words(frame.x)


def axis_type(frame: Frame, path: str) -> str | None:
    """``log`` where the study searches ``path`` on a logarithmic scale; else None: Plotly's own choice.

    Alpha is never logarithmic, nor is a path that is zero or below in some setting, which would have no place.
    """
    if path == ALPHA or not any(_logarithmic(domain) for domain in frame.domains.get(path, [])):
        return None
    return "log" if (frame.settings[path].dropna() > 0).all() else None


def _logarithmic(domain: Domain) -> bool:
    """Of listed values: are they positive numbers over more than a factor of 8?"""
    if domain.kind not in ("grid", "choice"):
        return domain.kind == "log_uniform"
    values = [value for value in domain.corners() if not isinstance(value, bool | str)]
    return len(values) == len(domain.corners()) and min(values) > 0 and max(values) > 8 * min(values)
