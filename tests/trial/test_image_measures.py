"""Which class computes which metric."""

from collections import Counter

from spreadtune.evaluation.group_measures import GroupMeasures
from spreadtune.evaluation.measures import Measures, TrainMeasures
from spreadtune.evaluation.other_measures import OtherMeasures
from spreadtune.evaluation.subclass_measures import SubclassMeasures
from spreadtune.spec.metrics import METRICS
from spreadtune.trial.gradient_measures import GradientMeasures
from spreadtune.trial.image_measures import ImageMeasures


def test_every_metric_is_computed_once_and_nothing_is_computed_that_has_no_record() -> None:
    computing = {
        "kept apart": (Measures, SubclassMeasures, GroupMeasures, ImageMeasures, OtherMeasures),
        "train": (TrainMeasures, GradientMeasures),
    }
    methods = Counter(
        (name, part)
        for part, classes in computing.items()
        for each in classes
        for name in vars(each)
        if not name.startswith("_")
    )
    assert methods == Counter((metric.name, metric.part) for metric in METRICS.values())
