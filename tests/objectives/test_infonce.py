import math

import pytest
import torch

from spreadtune.objectives import infonce_loss
from spreadtune.objectives.infonce import build
from spreadtune.spec.objective import InfoNCEObjective as InfoNCEConfig


def test_identical_views_of_orthogonal_images():
    """Each row has one candidate at cosine 1 and 2 B - 2 at cosine 0."""
    embeddings = torch.eye(5, dtype=torch.float64).expand(2, -1, -1)
    loss = infonce_loss(embeddings, temperature=0.25)
    assert loss.item() == pytest.approx(math.log(math.exp(4) + 8) - 4)


def test_objective(batch):
    objective = build(InfoNCEConfig(temperature=0.2), embedding_dim=5, class_count=3)
    terms = objective(batch)
    assert list(terms) == ["infonce"]
    torch.testing.assert_close(terms["infonce"], infonce_loss(batch.embeddings, temperature=0.2))
    torch.testing.assert_close(objective.total(terms), terms["infonce"])
