"""The names of what is measured: the columns ``metric.NAME`` of every table, and what ``optimize`` may ask for."""

from collections.abc import Mapping
from types import MappingProxyType

from spreadtune.spec.goal import Direction

METRICS = (
    "spread",
    "train_spread",
    "alignment",
    "uniformity",
    "class_accuracy",
    "transfer_accuracy",
    "transfer_accuracy_z",
    "transfer_accuracy_1_shot",
    "transfer_accuracy_5_shot",
    "transfer_accuracy_10_shot",
    "knn_class_accuracy",
    "knn_transfer_accuracy",
    "reconstruction_error",
)

_OF_SUBCLASSES = frozenset(
    (
        "transfer_accuracy",
        "transfer_accuracy_z",
        "transfer_accuracy_1_shot",
        "transfer_accuracy_5_shot",
        "transfer_accuracy_10_shot",
        "knn_transfer_accuracy",
    )
)


def needs_subclasses(metric: str) -> bool:
    """Whether a metric is computed from subclass labels, whatever its name is."""
    return metric in _OF_SUBCLASSES


SUBCLASS_METRICS = frozenset(filter(needs_subclasses, METRICS))
"""Metrics that use the fine labels: a selection by one of them has seen what coarse training must not."""

PROXY: Mapping[str, str] = MappingProxyType(
    {
        "spread": "spread",
        "train_spread": "spread",
        "class_accuracy": "knn_class_accuracy",
        "transfer_accuracy": "knn_transfer_accuracy",
        "knn_class_accuracy": "knn_class_accuracy",
        "knn_transfer_accuracy": "knn_transfer_accuracy",
    }
)
"""Optimized metric -> the metric of ``evaluation.knn_every`` that early stopping looks at; others have none."""

BETTER: Mapping[str, Direction] = MappingProxyType(
    {
        name: "minimize" if name in ("alignment", "uniformity", "reconstruction_error") else "maximize"
        for name in METRICS
    }
)
"""Where nothing else is said: losses (alignment and uniformity among them) are minimized, all else is maximized."""
