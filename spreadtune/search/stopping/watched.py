"""What stands for the optimized metric while a trial trains."""

from spreadtune.run_folder.retention import Watched
from spreadtune.spec.metrics import METRICS
from spreadtune.spec.search import SearchConfig


def watched(search: SearchConfig) -> Watched | None:
    """The metric of ``evaluation.knn_every`` by which an epoch is the best; None where there is none."""
    stand_in = METRICS[search.metric].stand_in
    return Watched(stand_in, search.selection.goal.direction) if stand_in else None
