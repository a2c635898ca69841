"""Two trials are one setting when their resolved files without the seed are equal."""

from typing import Any

from spreadtune.search.sampling.settings import setting_key
from spreadtune.spec.seed import Seed


def test_the_seed_does_not_matter_and_everything_else_does(lab: Any) -> None:
    [variant] = lab.study().variants()
    key = setting_key(variant.trial({"objective.alpha": 0.5}, Seed(study=0, index=0)))
    assert key == setting_key(variant.trial({"objective.alpha": 0.5}, Seed(study=3, index=4)))
    assert key != setting_key(variant.trial({"objective.alpha": 0.6}, Seed(study=0)))
    assert key != setting_key(variant.trial({"objective.alpha": 0.5, "model.head": "mlp"}, Seed(study=0)))


def test_a_value_equal_to_the_files_own_is_the_same_setting(lab: Any) -> None:
    [variant] = lab.study().variants()
    own = setting_key(variant.trial({}, Seed(study=0)))
    assert own == setting_key(variant.trial({"objective.alpha": 0.7, "training.epochs": 10}, Seed(study=0)))
