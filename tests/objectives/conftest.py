import pytest
import torch

from spreadtune.objectives import Batch


@pytest.fixture
def batch() -> Batch:
    """2 views of 4 images of 1x2x3 pixels, 5 features, no head, classes 0 0 1 2."""
    generator = torch.Generator().manual_seed(0)
    features = torch.randn(2, 4, 5, generator=generator)
    targets = torch.rand(2, 4, 1, 2, 3, generator=generator)
    return Batch(
        features=features,
        embeddings=features,
        classes=torch.tensor([0, 0, 1, 2]),
        inputs=targets + 0.1,
        targets=targets,
    )
