"""Where the alphas of a study lie in the window that theory predicts, before anything is trained."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from spreadtune.search.sampling.settings import Value
from spreadtune.search.sampling.space import ALPHA, Space
from spreadtune.spec.domain import Domain, Window
from spreadtune.spec.members import plain_path
from spreadtune.spec.seed import Seed
from spreadtune.spec.variant import WINDOW_NEEDS
from spreadtune.theory import equal, last_collapse_threshold


@dataclass(frozen=True)
class AlphaNote:
    """One window, and how many settings lie where.

    Attributes:
        temperature: the window is that of this temperature,
        class_counts: and of so many images of each class in an average batch.
        alpha_c: up to here every class collapses.
        alpha_m: from here on class means vanish; None where the scheme of pairs has no formula for it.
        below, inside, above: settings of a grid up to alpha_c, between, and from alpha_m on.
        drawn: the ends between which a search draws alpha instead; None for a grid.
    """

    temperature: float
    class_counts: tuple[float, ...]
    alpha_c: float
    alpha_m: float | None
    below: int = 0
    inside: int = 0
    above: int = 0
    drawn: tuple[float, float] | None = None

    def last_opening(self) -> float | None:
        """From which alpha on no class is collapsed; None where classes are equal or the scheme has no window."""
        if self.alpha_m is None or equal(self.class_counts):
            return None
        return last_collapse_threshold(self.class_counts, self.temperature)


def alpha_notes(space: Space, settings: Sequence[Mapping[str, Value]] | None) -> list[AlphaNote]:
    """The windows of a variant in the order of its settings; none where the objective is not the spread loss.

    Args:
        space: of the variant.
        settings: of a grid, all of them. None for a search that draws them: then its windows at the ends of what is
            drawn, if alpha is.
    """
    notes: dict[AlphaNote, list[int]] = {}  # by window: settings below, inside and above it
    for values in _drawn(space) if settings is None else settings:
        spec = space.variant.trial(values, Seed(study=0))
        loss, theory = spec.main_encoder.objective.spread_loss(spec.data.views), space.theory(values)
        if loss is None or "alpha_c" not in theory:
            continue
        window = AlphaNote(
            loss.scheme.temperature, tuple(space.class_counts(values)), theory["alpha_c"], theory.get("alpha_m")
        )
        notes.setdefault(window, [0, 0, 0])[_place(loss.alpha, window)] += 1
    if settings is not None:
        return [replace(window, below=low, inside=mid, above=high) for window, (low, mid, high) in notes.items()]
    alphas = (domain for path, domain in space.variant.space.items() if plain_path(path) == ALPHA)
    domain = next(alphas, None)
    return [replace(window, drawn=_ends(domain, window)) for window in notes] if domain else []


def _place(alpha: float, window: AlphaNote) -> int:
    """0 below the window, 1 inside, 2 above."""
    if alpha <= window.alpha_c:
        return 0
    return 1 if window.alpha_m is None or alpha < window.alpha_m else 2


def _drawn(space: Space) -> Iterator[dict[str, Any]]:
    """Settings at the ends of everything that moves the window."""
    domains = space.variant.space
    return space.variant.settings(
        {
            path: domains[path].corners()
            if plain_path(path) in (*WINDOW_NEEDS, "data.views")
            else domains[path].corners()[-1:]
            for path in domains
        }
    )


def _ends(domain: Domain, window: AlphaNote) -> tuple[float, float]:
    """Between which alphas the search draws."""
    if isinstance(domain, Window):
        assert window.alpha_m is not None, "a window is refused where it has no formula"
        low, high = (window.alpha_c + at * (window.alpha_m - window.alpha_c) for at in domain.window)
        return low, high
    corners = [float(corner) for corner in domain.corners()]
    return min(corners), max(corners)
