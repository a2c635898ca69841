"""What is trained: encoder, head and objective (which holds a decoder or a classifier where it needs one)."""

import torch
from torch import Tensor, nn

from spreadtune.data.views import Views
from spreadtune.objectives.objective import Batch, Objective
from spreadtune.training.precision import Precision, autocast


class Model(nn.Module):
    """Encoder f, head g and objective: h = f(x), z = g(h) / |g(h)|."""

    def __init__(self, encoder: nn.Module, head: nn.Module, objective: Objective) -> None:
        super().__init__()
        self.encoder = encoder
        self.head = head
        self.objective = objective

    def represent(self, views: Views, classes: Tensor, precision: Precision) -> Batch:
        """Features and embeddings, float32, of a batch of views (views, batch, channels, height, width)."""
        count, size = views.inputs.shape[:2]
        with autocast(precision, views.inputs.device):
            features = self.encoder(views.inputs.flatten(0, 1)).float().unflatten(0, (count, size))
            embeddings = self.head(features).float()
        return Batch(features, embeddings, classes, inputs=views.inputs, targets=views.targets)


def gradient_norms(terms: dict[str, Tensor], features: Tensor) -> dict[str, Tensor]:
    """The norm of each unweighted term's gradient at the features h.

    Contrastive gradients scale with 1 / temperature, so this is what tells how hard the terms pull at one another.

    Args:
        terms: 0-d tensors by name; the graph behind them stays for the step that follows.
        features: h, (views, batch, features).
    """

    def gradient(term: Tensor) -> Tensor:
        if not term.requires_grad:  # a constant, which autograd refuses to differentiate
            return torch.zeros_like(features)
        return torch.autograd.grad(term, features, retain_graph=True, materialize_grads=True)[0]

    return {name: gradient(term).norm() for name, term in terms.items()}
