"""Several goals at once: what no other beats in all of them, and how much of the plane that covers."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from spreadtune.spec.goal import Goal

Points = NDArray[np.float64]


def losses(values: Points, goals: Sequence[Goal]) -> Points:
    """Values (N, D), a column a goal, with the signs with which less is better."""
    signed: Points = values * np.array([goal.loss(1.0) for goal in goals])
    return signed


def on_front(points: Points) -> NDArray[np.bool_]:
    """Which of N points (N, D), less being better, are on the Pareto front: (N,).

    A point is dominated by one that is nowhere worse and somewhere better. Equal points do not dominate each other; one
    with NaN is on no front and dominates nothing.
    """
    no_worse = (points[:, None] <= points[None]).all(axis=2)
    dominates = no_worse & (points[:, None] < points[None]).any(axis=2)
    front: NDArray[np.bool_] = np.logical_not(dominates.any(axis=0) | np.isnan(points).any(axis=1))
    return front


def hypervolume(points: Points, reference: Points) -> float:
    """The volume of what points (N, D), less being better, dominate up to a reference point (D,).

    Exact: sliced along the last goal between neighboring points, each slice a hypervolume of one goal less. A point
    that is beyond the reference point in some goal covers nothing.

    Source: Zitzler and Thiele, PPSN 1998 (the measure).
    """
    inside = points[(points < reference).all(axis=1)]
    if len(inside) == 0:
        return 0.0
    if len(reference) == 1:
        return float(reference[0] - inside.min())
    inside = inside[np.argsort(inside[:, -1], kind="stable")]
    heights = np.diff(np.append(inside[:, -1], reference[-1]))
    slices = (hypervolume(inside[: count + 1, :-1], reference[:-1]) for count in np.flatnonzero(heights))
    return float(np.dot(heights[np.flatnonzero(heights)], list(slices)))
