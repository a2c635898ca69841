"""What is measured. A metric is one record here and one method that is called like it.

The method computes it: :mod:`spreadtune.evaluation.measures`, inside classes
:mod:`~spreadtune.evaluation.subclass_measures`, beside groups :mod:`~spreadtune.evaluation.group_measures`, on another
data set :mod:`~spreadtune.evaluation.other_measures`; what takes the model and images,
:mod:`spreadtune.trial.image_measures` and :mod:`~spreadtune.trial.gradient_measures`. All else is made from the
records: columns, tables, figures, exports, comparisons, what goals, bounds and early stopping may name, and the
documentation's table of metrics.
"""

from collections.abc import Iterable, Mapping
from types import MappingProxyType

from spreadtune.spec.metric import Figure
from spreadtune.spec.metric import Metric as Metric


def _gradient_norm(term: str, words: str) -> Metric:
    return Metric(
        f"{term}_gradient_norm",
        f"gradient of {words}",
        f"norm of the gradient of the unweighted term `{term}` at h, mean over 2 training batches, in evaluation mode",
        better="minimize",
        part="train",
        needs_term=term,
        per_encoder=True,
    )


def _few_shot(shots: int) -> Metric:
    return Metric(
        f"transfer_accuracy_{shots}_shot",
        f"{shots}-shot transfer accuracy",
        f"`transfer_accuracy` of probes that see {shots} of each subclass, mean over draws",
        needs_subclasses=True,
    )


_RECORDS = (
    Metric(
        "transfer_accuracy",
        "transfer accuracy",
        "a linear probe on h, asked for the subclass",
        needs_subclasses=True,
        stand_in="knn_transfer_accuracy",
        shown="tables",
        drawn="accuracy",
    ),
    Metric(
        "class_accuracy",
        "class accuracy",
        "a linear probe on h, asked for the class",
        stand_in="knn_class_accuracy",
        shown="tables",
        drawn="accuracy",
    ),
    Metric(
        "worst_group_accuracy",
        "worst-group accuracy",
        "`class_accuracy` of the group where it is lowest",
        needs_groups=True,
        stand_in="knn_worst_group_accuracy",
        shown="tables",
        drawn="accuracy",
    ),
    Metric(
        "mean_group_accuracy",
        "mean group accuracy",
        "mean over groups of their `class_accuracy`, all weighing alike",
        needs_groups=True,
        shown="trials",
    ),
    Metric(
        "weighted_group_accuracy",
        "weighted group accuracy",
        "the same, groups weighing as in the training images",
        needs_groups=True,
    ),
    Metric(
        "knn_transfer_accuracy",
        "kNN transfer accuracy",
        "20 nearest neighbors on z, asked for the subclass",
        needs_subclasses=True,
        stand_in="knn_transfer_accuracy",
        shown="trials",
        drawn="epochs",
    ),
    Metric(
        "knn_class_accuracy",
        "kNN class accuracy",
        "20 nearest neighbors on z, asked for the class",
        stand_in="knn_class_accuracy",
        shown="trials",
        drawn="epochs",
    ),
    Metric(
        "knn_worst_group_accuracy",
        "kNN worst-group accuracy",
        "`knn_class_accuracy` of the group where it is lowest",
        needs_groups=True,
        stand_in="knn_worst_group_accuracy",
    ),
    Metric(
        "spread",
        "spread",
        "mean over classes of the mean of 1 - cosine over pairs in a class, on z; 0 is collapse",
        stand_in="spread",
        per_encoder=True,
        shown="tables",
        drawn="spread",
    ),
    Metric(
        "train_spread",
        "train spread",
        "`spread` of the training images",
        part="train",
        stand_in="spread",
        per_encoder=True,
        shown="tables",
        drawn="spread",
    ),
    Metric(
        "collapse",
        "collapse",
        "1 - variance within classes / variance of all, on z; 1 where every class is a point",
        better="minimize",
        per_encoder=True,
        shown="tables",
    ),
    Metric(
        "reconstruction_error",
        "reconstruction error",
        "squared error of the decoder's pixels on clean images; where there is a decoder",
        better="minimize",
        per_encoder=True,
        shown="tables",
    ),
    Metric(
        "transfer_accuracy_z",
        "transfer accuracy on z",
        "`transfer_accuracy` of a probe on z",
        needs_subclasses=True,
        per_encoder=True,
    ),
    _few_shot(1),
    _few_shot(5),
    _few_shot(10),
    Metric(
        "alignment",
        "alignment",
        "mean squared distance of two views of an image, on z",
        better="minimize",
        per_encoder=True,
    ),
    Metric(
        "uniformity",
        "uniformity",
        "log of the mean of exp(-2 squared distance) over pairs of images, on z",
        better="minimize",
        per_encoder=True,
    ),
    Metric(
        "class_uniformity",
        "class uniformity",
        "mean over classes of the `uniformity` of the class's images; 0 is collapse, -8 the least there is",
        better="minimize",
        per_encoder=True,
    ),
    Metric(
        "tolerance",
        "tolerance",
        "mean cosine over all pairs inside classes, on z; 1 is collapse",
        better="minimize",
        per_encoder=True,
    ),
    Metric(
        "class_separation",
        "class separation",
        "1 - `spread` / the mean of 1 - cosine over all pairs, on z; 1 is collapse, classes drawn by lot have 0",
        better="minimize",
        per_encoder=True,
    ),
    Metric(
        "nc1",
        "NC1",
        "tr(S_W pinv(S_B)) / number of classes, on z; 0 is collapse, without upper bound",
        per_encoder=True,
    ),
    Metric(
        "nc2",
        "NC2",
        "how far the means of classes are from the corners of a simplex, on z; 0 is a simplex, 1.41 the most",
        better="minimize",
        fewest_classes=3,
        per_encoder=True,
    ),
    Metric(
        "cdnv",
        "CDNV",
        "mean over pairs of classes of their variance / the squared distance of their means, on z; 0 is collapse",
        per_encoder=True,
    ),
    Metric(
        "effective_rank",
        "effective rank",
        "exp of the entropy of the singular values of centered z; from 1 to the width of z",
        per_encoder=True,
    ),
    Metric(
        "rankme",
        "RankMe",
        "exp of the entropy of the singular values of h as it is; from 1 to the width of h",
        per_encoder=True,
    ),
    Metric(
        "subclass_share",
        "subclass share",
        "variance between subclasses inside their class / variance within classes, on z; from 0 to 1, where every "
        "subclass is a point",
        needs_subclasses=True,
        shown="trials",
        per_encoder=True,
    ),
    Metric(
        "subclass_ari",
        "subclass ARI",
        "adjusted Rand index of subclasses and k-means clusters in each class, as many as it has subclasses, mean over "
        "classes, on z of at most 4,000 images; 1 is the most, by lot it is 0",
        needs_subclasses=True,
        per_encoder=True,
    ),
    Metric(
        "subclass_nmi",
        "subclass NMI",
        "normalized mutual information of the same; from 0 to 1",
        needs_subclasses=True,
        per_encoder=True,
    ),
    Metric(
        "subclass_nmi_chance",
        "subclass NMI by lot",
        "expected `subclass_nmi` of subclasses that are dealt out by lot inside each class",
        better="minimize",
        needs_subclasses=True,
        per_encoder=True,
    ),
    Metric(
        "subclass_silhouette",
        "subclass silhouette",
        "silhouette of the subclasses in each class by cosine distance, mean over classes, on z of at most 4,000 "
        "images; from -1 to 1, about 0 where subclasses lie on one another",
        needs_subclasses=True,
        per_encoder=True,
    ),
    Metric(
        "group_ari",
        "group ARI",
        "adjusted Rand index of groups and clusters that were found without them (k-means on training z, 2 to 10 in "
        "each class by silhouette), mean over classes; 1 is the most, by lot it is 0",
        needs_groups=True,
        shown="trials",
        per_encoder=True,
    ),
    Metric(
        "worst_group_f1",
        "F1 of the worst group",
        "of the group of `worst_group_accuracy` and the cluster that is most like it",
        needs_groups=True,
        shown="trials",
        per_encoder=True,
    ),
    Metric(
        "worst_group_precision",
        "precision of the worst group",
        "share of that cluster's images that are of that group",
        needs_groups=True,
        per_encoder=True,
    ),
    Metric(
        "worst_group_recall",
        "recall of the worst group",
        "share of that group's images that are in that cluster",
        needs_groups=True,
        per_encoder=True,
    ),
    Metric(
        "transfer_accuracy_chance",
        "transfer accuracy by lot",
        "expected `transfer_accuracy` of the same predictions when subclasses are dealt out by lot inside each class",
        better="minimize",
        needs_subclasses=True,
    ),
    Metric(
        "transfer_p_value",
        "p-value of transfer",
        "share of 999 such deals, and of the truth, that are predicted as well as the truth: is the subclass read "
        "from h beyond what the class tells? from 0.001 to 1",
        better="minimize",
        needs_subclasses=True,
    ),
    _gradient_norm("supcon", "SupCon"),
    _gradient_norm("ccinfonce", "class-conditional InfoNCE"),
    Metric(
        "transfer_to_accuracy",
        "accuracy on the other data set",
        "a linear probe on the frozen encoder's h of the data set `evaluation.transfer_to`, asked for its finest "
        "labels",
        shown="trials",
        needs_other=True,
    ),
    Metric(
        "transfer_to_class_accuracy",
        "class accuracy on the other data set",
        "likewise, asked for its classes, where it has subclasses",
        needs_other=True,
    ),
)

METRICS: Mapping[str, Metric] = MappingProxyType({metric.name: metric for metric in _RECORDS})
"""All of them by name, in the order of columns and tables."""


def stood_for() -> list[str]:
    """The metrics for which something stands during training, so that early stopping may look at them."""
    return [metric.name for metric in METRICS.values() if metric.stand_in]


def during_training() -> list[Metric]:
    """What is measured every ``evaluation.knn_every`` epochs: what stands for some metric."""
    stand_ins = {metric.stand_in for metric in METRICS.values()}
    return [metric for metric in METRICS.values() if metric.name in stand_ins]


def drawn_in(figure: Figure) -> list[Metric]:
    """The metrics that a figure draws, the first one where there is room for one."""
    return [metric for metric in METRICS.values() if metric.drawn == figure]


def shown_beside(asked: Iterable[str], *, trials: bool = False) -> list[str]:
    """The metrics of a table for people: those that a study asks for, then those that are shown there always."""
    always = ("tables", "trials") if trials else ("tables",)
    return list(dict.fromkeys([*asked, *(metric.name for metric in METRICS.values() if metric.shown in always)]))


def need_groups(metrics: Iterable[str]) -> list[str]:
    """Those of some metrics that have seen groups."""
    return [name for name in metrics if METRICS[name].needs_groups]


def need_subclasses(metrics: Iterable[str]) -> list[str]:
    """Those of some metrics that have seen fine labels."""
    return [name for name in metrics if METRICS[name].needs_subclasses]


def measurable(*, has_subclasses: bool, per_encoder: bool = True) -> list[Metric]:
    """The metrics that a data set's hierarchy allows; without those that each encoder has by itself where several are
    one. Those of groups are measured where images have some."""
    return [
        metric
        for metric in METRICS.values()
        if (has_subclasses or not metric.needs_subclasses) and (per_encoder or not metric.per_encoder)
    ]
