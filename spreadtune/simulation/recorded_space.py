"""The space of a recorded table: a place on each axis of recorded values."""

from collections.abc import Mapping

from optuna.distributions import CategoricalDistribution, IntDistribution

from spreadtune.search.sampling.class_counts import BatchClassCounts
from spreadtune.search.sampling.settings import Value
from spreadtune.search.sampling.space import Parameter, Space
from spreadtune.simulation.recorded import Recorded


class RecordedSpace(Space):
    """What a simulated search draws from.

    A numeric path is an axis of its recorded values in their order, of which a place is drawn: samplers that know of
    order know it here too, and every draw is a setting that was recorded. Texts are categories.

    Args:
        recorded: the table.
    """

    def __init__(self, recorded: Recorded) -> None:
        super().__init__(recorded.variant, BatchClassCounts())
        self._axes = {path: recorded.values(path) for path in recorded.paths}
        self.parameters = tuple(_parameter(path, values) for path, values in self._axes.items())

    def resolve(self, params: Mapping[str, Value]) -> dict[str, Value]:
        return {
            each.path: params[each.name] if each.name == each.path else self._axes[each.path][int(params[each.name])]
            for each in self.parameters
            if each.name in params
        }


def _parameter(path: str, values: list[Value]) -> Parameter:
    if any(isinstance(value, str) for value in values):
        return Parameter(path, path, CategoricalDistribution(values))
    return Parameter(path, f"{path}.place", IntDistribution(0, len(values) - 1))
