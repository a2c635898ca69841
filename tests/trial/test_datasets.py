from typing import Any

import pytest

from spreadtune.trial.datasets import dataset_of, forget_datasets
from tests.small_trial import small_trial

SHADES = {"name": "tests.own_parts:shades", "per_class": [30, 30]}


@pytest.mark.parametrize(
    "changes", [{"data.batch_size": 16}, {"data.augmentation": "none"}, {"data.views": 3}, {"seed": {"study": 5}}]
)
def test_trials_of_one_data_set_share_it(changes: dict[str, Any]) -> None:
    assert dataset_of(small_trial().data) is dataset_of(small_trial(changes).data)


@pytest.mark.parametrize(
    "changes", [{"data.train_size": 101}, {"data.size": 7}, {"data.dataset": {**SHADES, "subclasses": 2}}]
)
def test_other_images_are_another(changes: dict[str, Any]) -> None:
    one = {"data.dataset": SHADES, "data.train_size": None} if "data.dataset" in changes else {}
    other = one | changes
    assert dataset_of(small_trial(one).data) is not dataset_of(small_trial(other).data)
    assert dataset_of(small_trial(one).data) is dataset_of(small_trial(one).data)


def test_a_new_run_reads_data_sets_anew() -> None:
    before = dataset_of(small_trial().data)
    forget_datasets()
    assert dataset_of(small_trial().data) is not before
