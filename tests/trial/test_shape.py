"""Which trials are equally fast."""

import pytest

from spreadtune.trial.shape import describe_shapes, shape_of
from tests.small_trial import AUTOENCODER, small_trial

PLAIN = shape_of(small_trial())


@pytest.mark.parametrize(
    "changes",
    [
        {"objective.alpha": 0.0},
        {"objective.temperature": 0.1},
        {"training.learning_rate": 1.0, "training.warmup_epochs": 1, "training.weight_decay": 0.0},
        {"training.epochs": 40, "evaluation.knn_every": 7, "training.checkpoint_every": 3},
        {"data.augmentation": {"name": "grey", "noise": 0.5, "rotation": 3}},
        {"model.decoder": "conv"},  # which no weight uses
        {"seed.index": 3},
        {"resources.cpus_per_worker": 2},
    ],
    ids=str,
)
def test_what_takes_no_time_is_no_part_of_a_shape(changes: dict[str, object]) -> None:
    assert shape_of(small_trial(changes)) == PLAIN


@pytest.mark.parametrize(
    "changes",
    [
        {"data.batch_size": 16},
        {"data.train_size": 90},
        {"data.augmentation": "none"},
        {"data.augmentation": {"name": "grey", "noise": 0}},
        {"model.encoder": {"name": "convnet", "width": 8}},
        {"model.head": "mlp"},
        {"objective.pairs": "all"},
        {"training.compile": True},
        AUTOENCODER,
    ],
    ids=str,
)
def test_what_takes_time_is(changes: dict[str, object]) -> None:
    assert shape_of(small_trial(changes)) != PLAIN


def test_weights_that_are_not_zero_are_alike() -> None:
    assert shape_of(small_trial(AUTOENCODER)) == shape_of(
        small_trial({**AUTOENCODER, "objective.autoencoder_weight": 9.0})
    )


def test_own_parts_keep_their_arguments() -> None:
    shapes = {
        shape_of(small_trial({"data.augmentation": {"name": "mine:views", "seconds": seconds, "list": [1, 2]}}))
        for seconds in (0.1, 0.2)
    }
    assert len(shapes) == 2


def test_shapes_are_described_by_what_tells_them_apart() -> None:
    assert describe_shapes([PLAIN]) == {PLAIN: ""}
    small, whole = shape_of(small_trial({"data.batch_size": 16})), shape_of(small_trial(AUTOENCODER))
    assert list(describe_shapes([PLAIN, small]).values()) == ["data.batch_size 32", "data.batch_size 16"]
    assert list(describe_shapes([PLAIN, whole]).values()) == [
        "objective.autoencoder_weight 0",
        "objective.autoencoder_weight above 0",
    ]
    # A convnet has no depth. Widths, embeddings and patches differ as well, but the name says all that they do.
    vit = shape_of(small_trial({"model.encoder": {"name": "vit", "width": 8}}))
    deep = shape_of(small_trial({"model.encoder": {"name": "vit", "width": 8, "depth": 2}}))
    assert list(describe_shapes([PLAIN, vit, deep]).values()) == [
        "model.encoder.name convnet",
        "model.encoder.name vit, model.encoder.depth 7",
        "model.encoder.name vit, model.encoder.depth 2",
    ]
