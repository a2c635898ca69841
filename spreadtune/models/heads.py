"""The head between the encoder's embeddings h and what the contrastive terms normalize to z."""

from typing import Literal

from torch import nn


def build_head(kind: Literal["none", "linear", "mlp"], embedding_dim: int, head_dim: int) -> nn.Module:
    """A map from h (N, embedding_dim) to (N, head_dim); ``none`` hands h on as it is.

    ``mlp`` is the projection head of SimCLR (Chen et al. 2020, arXiv 2002.05709): linear, ReLU, linear, the
    hidden layer as wide as h.
    """
    if kind == "none":
        return nn.Identity()
    if kind == "linear":
        return nn.Linear(embedding_dim, head_dim)
    return nn.Sequential(
        nn.Linear(embedding_dim, embedding_dim), nn.ReLU(inplace=True), nn.Linear(embedding_dim, head_dim)
    )
