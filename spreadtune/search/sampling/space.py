"""A variant's space as Optuna sees it: domains become distributions, a window becomes a position."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from optuna.distributions import (
    BaseDistribution,
    CategoricalDistribution,
    FloatDistribution,
    IntDistribution,
)

from spreadtune.search.sampling.settings import Value
from spreadtune.spec.data import DataConfig
from spreadtune.spec.domain import Choice, Domain, Grid, Int, LogUniform, Uniform, Window
from spreadtune.spec.seed import Seed
from spreadtune.spec.study import Variant
from spreadtune.theory import alpha_from_window
from spreadtune.trial.prediction import theory_of

ALPHA = "objective.alpha"

ClassCounts = Callable[[DataConfig], Sequence[float]]
"""Images per class in an average batch."""


@dataclass(frozen=True)
class Parameter:
    """One searched path.

    Attributes:
        path: where the value goes in the trial's file.
        name: what Optuna calls it; the path, but for a window ``objective.alpha.position``.
        distribution: what Optuna draws from.
    """

    path: str
    name: str
    distribution: BaseDistribution

    @classmethod
    def of(cls, path: str, domain: Domain) -> "Parameter":
        name = f"{path}.position" if isinstance(domain, Window) else path
        return cls(path, name, distribution(domain))


class Space:
    """The parameters of one variant, in the order in which they are drawn."""

    def __init__(self, variant: Variant, class_counts: ClassCounts) -> None:
        self.variant = variant
        self.parameters = tuple(Parameter.of(path, variant.space[path]) for path in variant.draw_order())
        self._class_counts = class_counts

    def resolve(self, params: Mapping[str, Value]) -> dict[str, Value]:
        """What Optuna's parameters mean for the trial's file: values by path.

        alpha = alpha_c + u (alpha_m - alpha_c) for a position u in the window, which follows from everything else that
        was drawn (temperature, pair scheme, batch).
        """
        values = {p.path: params[p.name] for p in self.parameters if p.name in params and p.name == p.path}
        for parameter in self.parameters:
            if parameter.name in params and parameter.name != parameter.path:
                values[parameter.path] = self._alpha(parameter.path, float(params[parameter.name]), values)
        return values

    def theory(self, values: Mapping[str, Value]) -> dict[str, float]:
        """What theory says of a setting before it is trained: from expected, not from realized class counts."""
        spec = self.variant.trial(values, Seed(study=0))
        return theory_of(spec, self._class_counts(spec.data))

    def class_counts(self, values: Mapping[str, Value]) -> Sequence[float]:
        """The images of each class in an average batch of a setting."""
        return self._class_counts(self.variant.trial(values, Seed(study=0)).data)

    def _alpha(self, path: str, position: float, values: Mapping[str, Value]) -> float:
        # Seed and alpha do not enter the thresholds; any valid ones make a trial to read the rest from.
        spec = self.variant.trial({**values, path: 0.0}, Seed(study=0)).encoder_at(path)
        loss = spec.objective.spread_loss(spec.data.views)
        assert loss is not None, "a window is refused where there is no theory"
        return alpha_from_window(position, self._class_counts(spec.data), **loss.scheme.arguments)


def distribution(domain: Domain) -> BaseDistribution:
    """The Optuna distribution of a domain; a window's is that of its position."""
    match domain:
        case Uniform(uniform=(low, high)) | Window(window=(low, high)):
            return FloatDistribution(low, high)
        case LogUniform(log_uniform=(low, high)):
            return FloatDistribution(low, high, log=True)
        case Int(int=(low, high)):
            return IntDistribution(low, high)
        case Choice(choice=values) | Grid(grid=values):
            return CategoricalDistribution(values)
    raise AssertionError(f"unknown domain {domain!r}")


def only_value(distribution: BaseDistribution) -> Value:
    """The value of a distribution that has only one; samplers are not asked for it."""
    assert distribution.single()
    if isinstance(distribution, CategoricalDistribution):
        return distribution.choices[0]  # type: ignore[return-value]  # the study file knows no null among choices
    assert isinstance(distribution, FloatDistribution | IntDistribution)
    return distribution.low
