"""Did a search find a good setting? Judged by seeds that it never saw."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from spreadtune.simulation.recorded import Recorded, Setting


@dataclass(frozen=True)
class Judge:
    """The means of all settings over the judging seeds.

    A chosen setting is a success when its mean lies within one standard error of the best setting's mean. That is the
    error of a mean over the n judging seeds, its variance pooled over settings: sqrt(mean_s(var_s) / n), var_s with
    n - 1 in the denominator. A setting with a diverged trial is no success and enters neither.

    Attributes:
        means: by setting, without those that diverged.
        standard_error: of a mean, pooled.
        sign: 1 where more is better, -1 where less is.
    """

    means: Mapping[Setting, float]
    standard_error: float
    sign: int

    @classmethod
    def of(cls, recorded: Recorded, seeds: Sequence[int]) -> "Judge":
        """Judge by these seeds, two or more."""
        values = {
            setting: [
                trial.value for trial in (recorded.trial(setting, seed) for seed in seeds) if trial.value is not None
            ]
            for setting in recorded.settings()
        }
        whole = {setting: found for setting, found in values.items() if len(found) == len(seeds)}
        variance = np.mean([np.var(found, ddof=1) for found in whole.values()])
        return cls(
            means={setting: float(np.mean(found)) for setting, found in whole.items()},
            standard_error=float(np.sqrt(variance / len(seeds))),
            sign=1 if recorded.study.search.selection.goal.direction == "maximize" else -1,
        )

    @property
    def best(self) -> float:
        """The best setting's mean."""
        return max(self.means.values(), key=lambda mean: self.sign * mean)

    @property
    def successes(self) -> list[Setting]:
        """The settings that count as success."""
        return [setting for setting in self.means if self.success(setting)]

    def regret(self, setting: Setting) -> float:
        """How far the setting's mean is behind the best one's, in units of the metric; NaN where it diverged."""
        return self.sign * (self.best - self.means.get(setting, float("nan")))

    def success(self, setting: Setting | None) -> bool:
        """Whether the choice of this setting is a success; that of none is not."""
        return setting is not None and self.regret(setting) <= self.standard_error
