"""The characters of the live view, for terminals that show Unicode and for those that do not."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Glyphs:
    """Characters, each one cell wide.

    Attributes:
        markers: one for each series of a plot.
        bar: from the lowest to the highest of a setting's seeds.
        wall, wall_tick, corner, floor, floor_tick: the axes.
        done, to_do: the bar of a run.
        dots: whether there is braille.
        cut: what stands for the rest of a line.
    """

    markers: str
    bar: str
    wall: str
    wall_tick: str
    corner: str
    floor: str
    floor_tick: str
    done: str
    to_do: str
    dots: bool
    cut: str


UNICODE = Glyphs("●▲■◆▼", "╎", "│", "┤", "└", "─", "┬", "━", "╌", dots=True, cut="…")
ASCII = Glyphs("ox#*@", ":", "|", "+", "+", "-", "+", "=", "-", dots=False, cut="~")

BRAILLE_DOTS = ((0x40, 0x04, 0x02, 0x01), (0x80, 0x20, 0x10, 0x08))
"""The bit of each dot above U+2800: by column, then by row from below."""
