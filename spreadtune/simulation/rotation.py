"""Which recorded seeds are searched and which judge, changed about: one division of them is one draw of luck."""

import random
from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Rotation:
    """A division of a table's seeds: what ``searching`` chose, ``judging`` judges."""

    searching: tuple[int, ...]
    judging: tuple[int, ...]


def rotations(seeds: Sequence[int], count: int, *, seed: int = 0) -> list[Rotation]:
    """So many divisions of the seeds into halves, drawn at random.

    Each division is followed by its mirror image, so among an even number every seed searches as often as it judges
    (of an odd number of seeds one judges in both).

    Args:
        seeds: of the table, four or more: two to search and two to judge.
        count: how many divisions, the first so many of an endless sequence.
        seed: of the sequence.

    Raises:
        ValueError: fewer than four seeds.
    """
    if len(seeds) < 4:
        raise ValueError(f"{len(seeds)} seeds are too few: two or more are searched and two or more judge")
    draw, half, found = random.Random(seed), len(seeds) // 2, list[Rotation]()
    while len(found) < count:
        order = draw.sample(list(seeds), len(seeds))
        one, other = tuple(order[:half]), tuple(order[-half:])
        found += [Rotation(one, tuple(order[half:])), Rotation(other, tuple(order[:-half]))]
    return found[:count]
