"""A chart in characters: a marker for each setting's mean, a bar over its seeds, round numbers beside both axes."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from rich.text import Text

from spreadtune.cli.live.chart import Chart, Point
from spreadtune.cli.live.glyphs import BRAILLE_DOTS, Glyphs
from spreadtune.cli.live.scale import Scale, label, ticks_around, ticks_inside

LEAST_WIDTH, MOST_WIDTH = 24, 100
LEAST_ROWS, MOST_ROWS = 4, 14
LINES_AROUND = 3
"""What is plotted, the axis below, its numbers."""

COLORS = ("cyan", "magenta", "yellow", "blue", "green")

Cell = tuple[int, int]
"""Row from below, column."""


@dataclass(frozen=True)
class Mark:
    """What stands in a cell."""

    character: str
    style: str = ""


def plot(chart: Chart, points: Sequence[Point], width: int, height: int, glyphs: Glyphs) -> list[Text]:
    """At most ``height`` lines, the first of which may be wider than ``width``; none without room or points."""
    rows = min(height - LINES_AROUND, MOST_ROWS)
    if not points or rows < LEAST_ROWS or width < LEAST_WIDTH:
        return []
    lowest, highest = min(point.lowest for point in points), max(point.highest for point in points)
    heights = ticks_around(lowest, highest, most=max(3, rows // 2 + 1))
    margin = max(len(label(tick)) for tick in heights) + 1
    low, high = _ends(chart, points)
    x = Scale(low, high, min(width, MOST_WIDTH) - margin - 1, chart.logarithmic)
    y = Scale(float(heights[0]), float(heights[-1]), rows)
    dense = len(points) > x.cells and len(chart.series) == 1 and glyphs.dots
    marks = _dots(points, x, y) if dense else _markers(points, x, y, glyphs)
    places = ticks_inside(low, high, most=max(3, x.cells // 12), logarithmic=chart.logarithmic)
    return [
        _title(chart, width, glyphs, dense=dense),
        *_body(marks, {y.cell(float(tick)): label(tick) for tick in heights}, x, y, margin, glyphs),
        *_floor({x.cell(float(tick)): label(tick) for tick in places}, x, margin, glyphs),
    ]


def _ends(chart: Chart, points: Sequence[Point]) -> tuple[float, float]:
    """What the study file gives, wider where a point lies beyond; of a window what its trials were given."""
    given = chart.ends or ()
    low, high = min([*given, *(p.x for p in points)]), max([*given, *(p.x for p in points)])
    if chart.ends:
        return low, high
    around = ticks_around(low, high, most=5)
    return float(around[0]), float(around[-1])


def _markers(points: Sequence[Point], x: Scale, y: Scale, glyphs: Glyphs) -> dict[Cell, Mark]:
    """Bars over the seeds first, so that they hide no mean."""
    marks: dict[Cell, Mark] = {}
    for point in points:
        column, bottom, top = _cell(x, point.x), _cell(y, point.lowest), _cell(y, point.highest)
        marks |= {(row, column): Mark(glyphs.bar, "dim") for row in range(bottom, top + 1) if top > bottom}
    for point in points:
        marks[_cell(y, point.mean), _cell(x, point.x)] = Mark(glyphs.markers[point.series], COLORS[point.series])
    return marks


def _dots(points: Sequence[Point], x: Scale, y: Scale) -> dict[Cell, Mark]:
    """More points than columns: dots of braille, two beside and four above one another in a cell."""
    fine_x, fine_y = Scale(x.low, x.high, 2 * x.cells, x.logarithmic), Scale(y.low, y.high, 4 * y.cells)
    raised: dict[Cell, int] = {}
    for point in points:
        column, row = _cell(fine_x, point.x), _cell(fine_y, point.mean)
        cell = row // 4, column // 2
        raised[cell] = raised.get(cell, 0) | BRAILLE_DOTS[column % 2][row % 4]
    return {cell: Mark(chr(0x2800 + dots), COLORS[0]) for cell, dots in raised.items()}


def _cell(scale: Scale, value: float) -> int:
    cell = scale.cell(value)
    assert cell is not None, "the axes hold every point"
    return cell


def _title(chart: Chart, width: int, glyphs: Glyphs, *, dense: bool) -> Text:
    """What is plotted, and which marker is which series."""
    against = f"against {chart.path.rpartition('.')[2]}"
    title = Text()
    for name, marker, color in zip(chart.series, glyphs.markers, COLORS, strict=False):
        if name:
            title.append(f"   {marker} ", style=color).append(name)
    if not dense and len(chart.series) == 1:
        title.append(f"   {glyphs.markers[0]} ", style=COLORS[0]).append("mean").append(f" {glyphs.bar} ", style="dim")
        title.append("seeds")
    whole = Text(f"{chart.metric} {against}").append(title)
    return whole if whole.cell_len <= width else Text(against).append(title)


def _body(
    marks: Mapping[Cell, Mark], ticks: Mapping[int | None, str], x: Scale, y: Scale, margin: int, glyphs: Glyphs
) -> Iterator[Text]:
    for row in reversed(range(y.cells)):
        wall = glyphs.wall_tick if row in ticks else glyphs.wall
        line = Text(f"{ticks.get(row, ''):>{margin - 1}} {wall}", style="")
        for column in range(x.cells):
            mark = marks.get((row, column), Mark(" "))
            line.append(mark.character, style=mark.style)
        line.rstrip()
        yield line


def _floor(ticks: Mapping[int | None, str], x: Scale, margin: int, glyphs: Glyphs) -> Iterator[Text]:
    """The axis below, and its numbers centered under their ticks as far as they have room."""
    floor = "".join(glyphs.floor_tick if column in ticks else glyphs.floor for column in range(x.cells))
    numbers = ""
    for column, text in sorted((column, text) for column, text in ticks.items() if column is not None):
        start = min(max(column - len(text) // 2, 0), x.cells - len(text))
        if not numbers or start > len(numbers):
            numbers = f"{numbers:{start}}{text}"
    yield Text(f"{' ' * margin}{glyphs.corner}{floor}")
    yield Text(f"{' ' * (margin + 1)}{numbers}")
