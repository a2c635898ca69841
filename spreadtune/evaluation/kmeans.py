"""How k-means is run here."""

import warnings
from collections.abc import Iterator
from contextlib import contextmanager

from sklearn.exceptions import ConvergenceWarning
from threadpoolctl import threadpool_limits


@contextmanager
def steady() -> Iterator[None]:
    """On one thread: sums in a fixed order are the same again, and a trial takes no more CPUs than it was given; and
    without the warning of fewer distinct points than clusters, as a collapsed class has."""
    with threadpool_limits(1), warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)
        yield
