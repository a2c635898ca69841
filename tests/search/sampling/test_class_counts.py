"""Class counts by data configuration."""

from collections.abc import Sequence
from typing import Any

import pytest

from spreadtune.search.sampling.class_counts import BatchClassCounts
from spreadtune.trial import datasets


class OneToThree:
    """A data set with a quarter of its images in the first class."""

    def mean_batch_class_counts(self, batch_size: int, batches: str) -> Sequence[float]:
        return [batch_size / 2] * 2 if batches == "balanced" else [batch_size / 4, batch_size * 3 / 4]


def test_each_configuration_is_loaded_once(lab: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    loaded = []

    def load(config: Any) -> OneToThree:
        loaded.append(config)
        return OneToThree()

    monkeypatch.setattr(datasets, "dataset_of", load)
    counts, config = BatchClassCounts(), lab.study().data
    assert list(counts(config)) == list(counts(config)) == [32, 96]
    assert list(counts(config.model_copy(update={"batches": "balanced"}))) == [64, 64]
    assert len(loaded) == 2
    assert list(counts(config.model_copy(update={"views": 3, "placement": "host"}))) == [32, 96]
    assert len(loaded) == 2, "the counts do not depend on views"
    assert list(counts(config.model_copy(update={"batch_size": 8}))) == [2, 6]
    counts(config.model_copy(update={"train_size": 100}))
    assert len(loaded) == 4
