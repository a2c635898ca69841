"""What stands for the optimized metric while a trial trains, and at whose epochs it is looked at."""

from collections.abc import Mapping
from dataclasses import dataclass

from spreadtune.run_folder.retention import Watched
from spreadtune.run_folder.trial import WHOLE
from spreadtune.spec.metrics import METRICS
from spreadtune.spec.search import NoStopping, SearchConfig
from spreadtune.spec.trial import TrialSpec


def watched(search: SearchConfig) -> Watched | None:
    """The metric of ``evaluation.knn_every`` by which an epoch is the best; None where there is none."""
    stand_in = METRICS[search.metric].stand_in
    return Watched(stand_in, search.selection.goal.direction) if stand_in else None


@dataclass(frozen=True)
class Deciding:
    """What decides on a trial's early stop.

    Attributes:
        member: at whose epochs it is looked; ``""`` of a trial without members.
        metric: what of a line of the trial's history; None where nothing is looked at.
        last: the member's last epoch; None where others are trained after it, so that it is worth a stop too.
    """

    member: str
    metric: str | None
    last: int | None

    @classmethod
    def of(cls, search: SearchConfig, spec: TrialSpec) -> "Deciding":
        named = None if isinstance(search.early_stopping, NoStopping) else search.early_stopping.member
        member, metric = spec.watched(named), search.stand_in
        own = bool(spec.members) and named not in (None, WHOLE)
        return cls(
            member=member,
            metric=f"{member}.{metric}" if metric and own else metric,
            last=spec.encoders[member].training.epochs if member == list(spec.encoders)[-1] else None,
        )

    @staticmethod
    def takes_members(search: SearchConfig) -> bool:
        """Whether trials may take members from one another.

        Not where early stopping looks at all members together while the last one trains: taken, it has nothing to show.
        """
        return isinstance(search.early_stopping, NoStopping) or search.early_stopping.member != WHOLE

    def epoch(self, epoch: int, metrics: Mapping[str, float]) -> int:
        """Of a trial's epoch the one of the member: what rungs are counted in."""
        return int(metrics.get(f"{self.member}.epoch", epoch)) if self.member else epoch
