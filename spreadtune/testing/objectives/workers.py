"""Claims about workers that share a batch, checked in one process."""

import torch
from torch import Tensor

from spreadtune.testing.objectives.batches import on_worker
from spreadtune.testing.objectives.tried import TriedObjective


class WorkerClaims(TriedObjective):
    """Several workers have the loss and the gradient of one process on the whole batch.

    Each worker has the rows of all images, gathered, and the pixels of its own. What is minimized is the mean of their
    losses, and a row's gradient is that of the mean: gathering hands back what every worker's loss has of it.
    """

    def test_the_mean_over_workers_is_the_loss_of_one_process(self) -> None:
        for count in (2, 3):
            for batch in self.batches():
                shared = [self.loss(on_worker(batch, rank, count)).terms for rank in range(count)]
                for name, expected in self.loss(batch).terms.items():
                    broken = (
                        f"over {count} workers the mean of the term {name} is not what one process has; a mean over a "
                        "worker's own images (inputs, targets, part) is to be multiplied by batch.own_weight"
                    )
                    self._claim_mean([terms[name] for terms in shared], expected, broken)

    def test_the_gathered_gradient_is_that_of_one_process(self) -> None:
        for count in (2, 3):
            for batch in self.batches():
                shared = [self.loss(on_worker(batch, rank, count)).gradients for rank in range(count)]
                for name, expected in self.loss(batch).gradients.items():
                    broken = f"over {count} workers the gradient of the loss at {name} is not that of one process"
                    self._claim_mean([gradients[name] for gradients in shared], expected, broken)

    def _claim_mean(self, found: list[Tensor], expected: Tensor, broken: str) -> None:
        longest = float(expected.abs().max())
        self.claim_close(torch.stack(found).mean(0), expected, broken, rtol=1e-4, atol=1e-5 * max(1e-2, longest))
