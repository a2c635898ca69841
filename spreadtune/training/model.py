"""What is trained: encoder, head and objective (which holds a decoder or a classifier where it needs one)."""

import torch
from torch import Tensor, nn

from spreadtune.data.views import Views
from spreadtune.objectives.objective import Objective
from spreadtune.objectives.precision import at_least_float32
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
        """Features and embeddings of V views of B images, (V, B, D) and (V, B, E), float32 or better.

        Without a head they are one tensor.
        """
        count, size = views.inputs.shape[:2]
        with autocast(precision, views.inputs.device):
            features = at_least_float32(self.encoder(views.inputs.flatten(0, 1))).unflatten(0, (count, size))
            embeddings = at_least_float32(self.head(features))
        return features, embeddings


def gradient_norms(terms: dict[str, Tensor], features: Tensor, workers: Workers = ONE_WORKER) -> dict[str, Tensor]:
    """The norm of each unweighted term's gradient at the features h.

    Contrastive gradients scale with 1 / temperature, so this is what tells how hard the terms pull at one another.

    Args:
        terms: 0-d tensors by name; the graph behind them stays for the step that follows.
        features: h of this worker's images, (views, own, features); the norm is over the whole batch.
        workers: whose terms' mean is the term that is meant.
    """

    def gradient(term: Tensor) -> Tensor:
        if not term.requires_grad:  # a constant, which autograd refuses to differentiate
            return torch.zeros_like(features)
        return torch.autograd.grad(term, features, retain_graph=True, materialize_grads=True)[0]

    # A gradient here is the sum over the workers' terms, of which the mean is meant, and a part of the batch's.
    squares = {name: gradient(term).square().sum() for name, term in terms.items()}
    return {name: (workers.mean(square) / workers.count).sqrt() for name, square in squares.items()}
