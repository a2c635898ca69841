"""The live view of a run: how far it is, what is in training, what is best so far, and a plot where there is room."""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from rich.console import Console, ConsoleOptions, RenderResult
from rich.text import Text

from spreadtune.analysis.statistics import interval
from spreadtune.analysis.words import measured
from spreadtune.cli.duration import as_clock
from spreadtune.cli.live.chart import Chart
from spreadtune.cli.live.glyphs import ASCII, UNICODE, Glyphs
from spreadtune.cli.live.lines import counted
from spreadtune.cli.live.plot import LEAST_ROWS, LINES_AROUND, plot
from spreadtune.search.results.choice import SettingResults
from spreadtune.search.results.progress import Progress

LINES_ABOVE = 6
"""Left to the lines that scroll by above the view."""

MOST_LISTED = 4
"""Jobs in training that are listed where a plot wants the room."""

LEAST_NAME = 24

WAITING = "waiting for a slot"
"""The step of a job whose worker was lost."""

BAR = 24


@dataclass(frozen=True)
class InTraining:
    """A trial or reference that a slot works on.

    Attributes:
        name: for people.
        step: ``epoch 3 of 10``, a phase or :data:`WAITING`.
        epoch: the last one that was reported; 0 before the first.
        proxy: the last value of what stands for the optimized metric during training, with its name.
        resumed: whether it was begun before.
    """

    name: str
    step: str
    epoch: int = 0
    proxy: str = ""
    resumed: bool = False

    @property
    def reached(self) -> str:
        """``after epoch 3``, as far as this process has seen."""
        if self.epoch:
            return f"after epoch {self.epoch}"
        return "before another epoch" if self.resumed else "before its first epoch"


@dataclass(frozen=True)
class View:
    """A run at one moment; a renderable of rich that fits itself into the terminal.

    Attributes:
        run: its label.
        metric: what is optimized.
        chart: what is plotted, if anything can be.
        slots: how many trials run side by side; 0 while there is no cluster.
        progress: the counts, once there is a cluster.
        in_training: what the slots work on.
        began: when the run began, on ``clock``.
        ends: when it will end, on ``clock``; None while nobody knows.
        clock: seconds.
    """

    run: str
    metric: str
    chart: Chart | None
    slots: int = 0
    progress: Progress | None = None
    in_training: tuple[InTraining, ...] = ()
    began: float = 0.0
    ends: float | None = None
    clock: Callable[[], float] = time.monotonic

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        glyphs = ASCII if options.ascii_only else UNICODE
        for line in self.lines(options.max_width, max(1, console.height - LINES_ABOVE), glyphs):
            if line.cell_len > options.max_width:
                line.truncate(options.max_width - 1)
                line.append(glyphs.cut)
            yield line

    def lines(self, width: int, height: int, glyphs: Glyphs) -> list[Text]:
        """The view in at most ``height`` lines: the plot gives way first, then the list of what is in training."""
        if self.progress is None:
            return [self._title(), Text(f"starting Ray   {self._elapsed()}")][:height]
        head = [self._title(), *self._how_far(self.progress, glyphs), *self._best(self.progress, width)]
        listed = self._listed(min(MOST_LISTED, height - len(head)), width, glyphs)
        room = height - len(head) - len(listed)
        drawn, by_number = [], sorted(self.progress.choice.settings, key=lambda found: found.key)
        if self.chart and room >= LEAST_ROWS + LINES_AROUND:
            drawn = plot(self.chart, self.chart.points(by_number), width, room, glyphs)
        if not drawn:
            listed = self._listed(height - len(head), width, glyphs)
        return [*head, *listed, *drawn][:height]

    def _title(self) -> Text:
        title = Text(self.run, style="bold")
        return title.append(f"   {counted(self.slots, 'slot')}", style="not bold") if self.slots else title

    def _how_far(self, progress: Progress, glyphs: Glyphs) -> list[Text]:
        """A bar with times, then the counts; what is zero is left out but for what runs and what is finished."""
        whole, trials, references = progress.whole, progress.trials, progress.references
        filled = BAR * whole.ended // whole.total if whole.total else BAR
        bar = Text(glyphs.done * filled, style="green").append(glyphs.to_do * (BAR - filled), style="dim")
        left = "" if self.ends is None else f"   ETA {as_clock(max(0.0, self.ends - self.clock()))}"
        bar.append(f" {whole.ended} of {whole.total}   {self._elapsed()}{left}", style="default")
        waiting = sum(job.step == WAITING for job in self.in_training)
        counts = [
            Text(f"{len(self.in_training) - waiting} running"),
            Text(f"{waiting} waiting") if waiting else None,
            Text(f"{trials.complete} finished"),
            Text(f"{trials.pruned} pruned") if trials.pruned else None,
            Text(f"{trials.failed} failed", style="red") if trials.failed else None,
            Text(f"references {references.ended} of {references.total}") if references.total else None,
        ]
        return [bar, Text("   ").join(count for count in counts if count)]

    def _best(self, progress: Progress, width: int) -> list[Text]:
        if progress.best is None:
            return []
        found = Text(spread_over_seeds(progress.best), style="bold green")
        found.append(f" at {progress.best.label}" if progress.best.label else "", style="not bold default")
        if not progress.best.feasible:
            found.append(" (bounds not kept)", style="yellow")
        line = Text(f"best {self.metric} ").append(found)
        return [line if line.cell_len <= width else Text("best ").append(found)]

    def _listed(self, most: int, width: int, glyphs: Glyphs) -> list[Text]:
        """What is in training, a line each; the last line counts those that have none."""
        if most < 1:
            return []
        shown = self.in_training if len(self.in_training) <= most else self.in_training[: most - 1]
        lines = [Text(f"  {line}") for line in _aligned(shown, width - 2, glyphs.cut)]
        hidden = len(self.in_training) - len(shown)
        return [*lines, Text(f"  and {hidden} more", style="dim")] if hidden else lines

    def _elapsed(self) -> str:
        return f"{as_clock(self.clock() - self.began)} so far"


def spread_over_seeds(found: SettingResults) -> str:
    """``0.982 +- 0.004 (3 seeds)``: mean and half-width of the interval, where there are enough seeds for one."""
    over = interval(found.results)
    return f"{measured(over.mean, over.half_width)} ({counted(over.n, 'seed')})"


def _aligned(jobs: Sequence[InTraining], width: int, cut: str) -> list[str]:
    """In columns. Where they have no room names are cut, for a step says more, and before that proxies are left out."""
    longest = {part: max((len(getattr(job, part)) for job in jobs), default=0) for part in ("name", "step", "proxy")}
    room = width - longest["step"] - longest["proxy"] - 6
    if room < min(longest["name"], LEAST_NAME):
        jobs, room = [replace(job, proxy="") for job in jobs], width - longest["step"] - 3
    room = max(1, min(room, longest["name"]))
    names = [job.name if len(job.name) <= room else job.name[: room - 1] + cut for job in jobs]
    return [
        f"{name:{room}}   {job.step:{longest['step']}}   {job.proxy}".rstrip()
        for name, job in zip(names, jobs, strict=True)
    ]
