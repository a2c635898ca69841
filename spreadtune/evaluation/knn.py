"""Weighted nearest-neighbor classification on the sphere (Wu et al., CVPR 2018, arXiv 1805.01978).

    label(q) = argmax_c sum_{i in N_k(q), y_i = c} exp(cos(q, z_i) / temperature)

The search needs no labels, so one search answers for classes and subclasses.
"""

from dataclasses import dataclass

import torch
from torch import Tensor

from spreadtune.objectives.unit_rows import unit_rows

_SIMILARITIES_AT_ONCE = 2**24  # 128 MiB of sort keys


@dataclass(frozen=True)
class Neighbors:
    """The k nearest rows of a bank for each query, nearest first.

    Attributes:
        indices: (Q, k) rows of the bank.
        similarities: (Q, k) their cosine with the query, float32.
    """

    indices: Tensor
    similarities: Tensor

    def vote(self, bank_labels: Tensor, *, temperature: float = 0.1) -> Tensor:
        """(Q,) labels by the weighted vote; of labels with equal votes the smallest."""
        labels, targets = bank_labels.unique(return_inverse=True)
        similarities = self.similarities.double()
        # a factor common to a query's votes changes nothing, and without it small temperatures would overflow
        weights = ((similarities - similarities[:, :1]) / temperature).exp()
        votes = weights.new_zeros(len(weights), len(labels))
        for neighbor, weight in zip(targets[self.indices].T, weights.T, strict=True):
            # one neighbor at a time: sums in a fixed order are reproducible on every device
            votes.scatter_add_(1, neighbor[:, None], weight[:, None])
        winners: Tensor = labels[votes.argmax(dim=1)]
        return winners

    def accuracy(self, bank_labels: Tensor, query_labels: Tensor) -> float:
        """Share of queries whose vote gives their label. ``bank_labels`` (N,), ``query_labels`` (Q,)."""
        return float((self.vote(bank_labels) == query_labels).double().mean())


def nearest_neighbors(bank: Tensor, queries: Tensor, *, k: int = 20) -> Neighbors:
    """The k rows of the bank with the largest cosine, for each query.

    Rows with equal cosine, as collapsed embeddings have, are taken in the order of the bank. A bank of fewer than k
    rows gives them all.

    Args:
        bank: (N, D) embeddings, normalized here.
        queries: (Q, D) embeddings, normalized here.
        k: number of neighbors, at least 1.
    """
    bank, queries = unit_rows(bank.float()), unit_rows(queries.float())
    chunks = queries.split(max(1, _SIMILARITIES_AT_ONCE // len(bank)))
    keys = torch.cat([_sort_keys(chunk @ bank.T).topk(min(k, len(bank)), dim=1).values for chunk in chunks])
    indices = len(bank) - 1 - (keys & 0xFFFFFFFF)
    return Neighbors(indices, (bank[indices] * queries[:, None]).sum(dim=2))


def _sort_keys(similarities: Tensor) -> Tensor:
    """int64 keys in the order of (similarity, -column): unique, so ``topk``, which promises none, has one order.

    The bits of a float32, read as an integer, keep the order of positive numbers and reverse that of negative ones;
    flipping all but the sign bit of the latter puts them right. Below them go the 32 bits of the column.
    """
    bits = (similarities + 0.0).view(torch.int32)  # + 0.0 makes the one zero of -0.0 and 0.0
    ordered = torch.where(bits < 0, bits ^ 0x7FFFFFFF, bits).long()
    columns = torch.arange(similarities.shape[1] - 1, -1, -1, device=similarities.device)
    return (ordered << 32) | columns
