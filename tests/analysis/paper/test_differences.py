"""In what settings differ from the paper's."""

from typing import Any

import pytest

from spreadtune.analysis.paper.differences import differences
from spreadtune.analysis.paper.published import DATASETS, Method, always, setting
from spreadtune.analysis.paper.traits import traits
from spreadtune.spec.trial import TrialSpec

WEIGHTS = {"cifar10": 16.0, "cifar100": 14.1, "cifar100u": 14.1, "mnist": 10.5, "tiny_imagenet": 19.6}
"""Weight 1 of normalized images, for pixels in [0, 1]."""


def spec(dataset: str, objective: Any, epochs: int = 600, **sections: Any) -> TrialSpec:
    """The paper's setting, but for ``sections``."""
    mnist = dataset == "mnist"
    return TrialSpec.model_validate(
        {
            "data": {
                "dataset": dataset,
                "augmentation": {"name": "simclr", "grayscale": 0.0 if mnist else 0.2},
                "batch_size": 128,
                **sections.get("data", {}),
            },
            "model": {
                "encoder": "resnet18" if mnist else {"name": "vit", "patch": 4, "depth": 7, "width": 256},
                "decoder": "conv",
                **sections.get("model", {}),
            },
            "objective": objective,
            "training": {
                "epochs": 200 if mnist else epochs,
                "learning_rate": 3.0e-4,
                **sections.get("training", {}),
            },
            "seed": {"study": 0},
            **({"members": sections["members"]} if "members" in sections else {}),
        }
    )


def methods(dataset: str) -> dict[Method, TrialSpec]:
    spread = {"name": "spread", "alpha": 0.5, "temperature": 0.5, "positive_logit_clamp": 1}
    autoencoder = {"name": "cross_entropy", "autoencoder_weight": WEIGHTS[dataset]}
    members = {"contrast": {"set": {"objective": spread}}, "autoencoder": {"set": {"objective": autoencoder}}}
    return {
        Method.SUPCON: spec(dataset, spread | {"alpha": 0.0}),
        Method.SPREAD: spec(dataset, spread),
        Method.AUTOENCODER: spec(dataset, autoencoder),
        Method.THANOS: spec(dataset, spread, members=members),
    }


@pytest.mark.parametrize("dataset", DATASETS)
def test_the_paper_s_own_setting_differs_in_nothing_but_what_always_does(dataset: str) -> None:
    assert differences(dataset, methods(dataset)) == []
    assert len(always(dataset)) >= 6


def test_without_the_clamp_of_the_code_that_is_said() -> None:
    free = spec("cifar10", {"name": "spread", "alpha": 0.5, "temperature": 0.5})
    assert differences("cifar10", {Method.SPREAD: free}) == ["positive logits clamped at: published 1, here none"]


@pytest.mark.parametrize("dataset", DATASETS)
def test_all_that_is_published_is_compared(dataset: str) -> None:
    compared = {name for each in methods(dataset).values() for one in each.encoders.values() for name in traits(one)}
    assert compared == set(setting(dataset))


def test_each_difference_is_a_line_with_both_values() -> None:
    other = spec(
        "cifar10",
        {"name": "spread", "alpha": 0.62, "temperature": 0.1, "pairs": "all"},
        epochs=12,
        data={"train_size": 5000, "size": 16, "augmentation": {"name": "simclr", "flip": 0.0}, "views": 3},
        model={"encoder": {"name": "convnet", "width": 32, "stride": 2}, "head": "mlp"},
        training={"learning_rate": 3.0e-3, "warmup": 0.1},
    )
    assert differences("cifar10", {Method.SPREAD: other}) == [
        "training images: published all but validation, here 5000",
        "size of images: published as they are, here resized to 16",
        "augmentation: published simclr, here simclr (flip 0)",
        "views: published 2, here 3",
        "encoder: published 7-layer transformer on 4x4 patches, width 256, here convnet (width 32, stride 2)",
        "head: published none, here mlp",
        "temperature: published 0.5, here 0.1",
        "alpha: published 0.5, here 0.62",
        "pairs: published cross_view, here all",
        "positive logits clamped at: published 1, here none",
        "epochs: published 600, here 12",
        "learning rate: published 0.0003, here 0.003",
        "warm-up: published none, here 10% of the epochs",
    ]


def test_a_value_that_only_some_methods_have_names_them() -> None:
    trained = methods("cifar10")
    trained[Method.SUPCON] = spec("cifar10", {"name": "spread", "temperature": 0.1, "positive_logit_clamp": 1})
    weak = {"name": "cross_entropy", "autoencoder_weight": 1.0}
    trained[Method.AUTOENCODER] = spec("cifar10", weak, model={"decoder_condition": "class"})
    assert differences("cifar10", trained) == [
        "temperature: published 0.5, here 0.1 (SupCon); 0.5 (SupCon + class-conditional InfoNCE, Thanos)",
        "decoder sees: published h alone, here h and the class (autoencoder with cross-entropy); h alone (Thanos)",
        "autoencoder weight: published 16, here 1 (autoencoder with cross-entropy); 16 (Thanos)",
    ]


def test_superclasses_of_one_s_own_are_told() -> None:
    data = {"dataset": {"name": "tiny_imagenet", "superclasses": "a.csv"}}
    own = spec("tiny_imagenet", {"name": "spread", "positive_logit_clamp": 1}, data=data)
    assert differences("tiny_imagenet", {Method.SUPCON: own}) == ["superclasses: published the paper's, here a.csv"]
