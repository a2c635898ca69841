"""What the spread loss does to free embeddings: where collapse ends, class means vanish, and how far classes spread.

The model: unit embeddings that move freely in enough dimensions, all views of an image tied to one point, classes of
n_1 ... n_C images in a batch. Minimizing (1 - alpha) supcon + alpha ccinfonce then has three regimes: up to
alpha_c every class is one point; from alpha_m on class means are zero, images of a class no closer than chance; in the
window between, spread grows with alpha. Classes of unequal size open one after the other: alpha_c is where the first
one does, and every class has a threshold and a spread of its own. Losses: Chen et al. 2022, arXiv 2204.07596.

Equal classes have closed forms (:mod:`~spreadtune.theory.balanced`); unequal ones the minimum of a convex function of
their means (:mod:`~spreadtune.theory.unequal`), which needs NumPy and SciPy.

Symbols: tau temperature; A the squared norm of a class mean; M_kl the inner product of two class means; w the cosine of
two images of a class.

The functions share their arguments::

    class_counts  images of each class in a batch, means over batches will do. Classes of one image or less have
                  nothing to spread and are left out where classes differ
    temperature   tau > 0
    pairs         who is compared with whom, as in spreadtune.objectives
    denominator   what a positive of the supervised term competes with
    views         V >= 2; thresholds depend on it with pairs "all" only
"""

from spreadtune.theory.collapse import class_thresholds, collapse_threshold, last_collapse_threshold
from spreadtune.theory.scheme import Denominator, Pairs, Scheme, SpreadLoss, equal, has_window
from spreadtune.theory.spread import class_spreads, predicted_spread
from spreadtune.theory.window import alpha_from_window, means_vanish_threshold

__all__ = [
    "Denominator",
    "Pairs",
    "Scheme",
    "SpreadLoss",
    "alpha_from_window",
    "class_spreads",
    "class_thresholds",
    "collapse_threshold",
    "equal",
    "has_window",
    "last_collapse_threshold",
    "means_vanish_threshold",
    "predicted_spread",
]
