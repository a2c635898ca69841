"""What is trained: encoder, head and objective (which holds a decoder or a classifier where it needs one)."""

import torch
from torch import Tensor, nn

from spreadtune.data.views import Views
from spreadtune.objectives.objective import Objective
from spreadtune.training.precision import Precision, autocast
from spreadtune.training.workers import ONE_WORKER, Workers


class Model(nn.Module):
    """Encoder f, head g and objective: h = f(x), z = g(h) / |g(h)|."""

    def __init__(self, encoder: nn.Module, head: nn.Module, objective: Objective) -> None:
        super().__init__()
        self.encoder = encoder
        self.head = head
        self.objective = objective

    def represent(self, views: Views, precision: Precision) -> tuple[Tensor, Tensor]:
        """Features and embeddings, float32, of V views of B images: (V, B, D) and (V, B, E); one tensor without a head."""
        count, size = views.inputs.shape[:2]
        with autocast(precision, views.inputs.device):
            features = self.encoder(views.inputs.flatten(0, 1)).float().unflatten(0, (count, size))
            embeddings = self.head(features).float()
        return features, embeddings


def gradient_norms(terms: dict[str, Tensor], features: Tensor, workers: Workers = ONE_WORKER) -> dict[str, Tensor]:
    """The norm of each unweighted term's gradient at the features h.

    Contrastive gradients scale with 1 / temperature, so this is what tells how hard the terms pull at one another.

    Args:
        terms: 0-d tensors by name; the graph behind them stays for the step that follows.
        features: h of the whole batch, (views, batch, features).
        workers: whose terms' mean is the term that is meant.
    """

    def gradient(term: Tensor) -> Tensor:
        if not term.requires_grad:  # a constant, which autograd refuses to differentiate
            return torch.zeros_like(features)
        return torch.autograd.grad(term, features, retain_graph=True, materialize_grads=True)[0]

    return {name: workers.mean(gradient(term)).norm() for name, term in terms.items()}
