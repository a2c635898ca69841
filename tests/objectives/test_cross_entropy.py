import math
from dataclasses import replace

import pytest
import torch

from spreadtune.objectives.cross_entropy import build
from spreadtune.spec.objective import CrossEntropyObjective as CrossEntropyConfig


def test_is_the_mean_over_views_and_images(batch):
    objective = build(CrossEntropyConfig(), embedding_dim=5, class_count=3)
    log_probabilities = (batch.features @ objective.classifier.weight.T + objective.classifier.bias).log_softmax(-1)
    chosen = [log_probabilities[view, image, batch.classes[image]] for view in range(2) for image in range(4)]
    terms = objective(batch)
    torch.testing.assert_close(terms["cross_entropy"], -torch.stack(chosen).mean())
    torch.testing.assert_close(objective.total(terms), terms["cross_entropy"])


def test_reads_features_not_embeddings(batch):
    objective = build(CrossEntropyConfig(), embedding_dim=5, class_count=3)
    other_head = replace(batch, embeddings=torch.zeros(2, 4, 7))
    assert torch.equal(objective(other_head)["cross_entropy"], objective(batch)["cross_entropy"])


def test_knowing_nothing_costs_the_log_of_the_classes(batch):
    objective = build(CrossEntropyConfig(), embedding_dim=5, class_count=3)
    torch.nn.init.zeros_(objective.classifier.weight)
    torch.nn.init.zeros_(objective.classifier.bias)
    assert objective(batch)["cross_entropy"].item() == pytest.approx(math.log(3))


def test_loss_is_float32_under_autocast(batch):
    objective = build(CrossEntropyConfig(), embedding_dim=5, class_count=3)
    with torch.autocast("cpu", torch.bfloat16):
        assert objective(batch)["cross_entropy"].dtype == torch.float32
