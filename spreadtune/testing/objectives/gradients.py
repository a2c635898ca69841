"""Claims about the gradient of an objective."""

import torch
from torch import Tensor

from spreadtune.objectives import Batch
from spreadtune.testing.objectives.batches import CLASS_COUNT, batch_of, with_rows
from spreadtune.testing.objectives.loss import rows_of, with_leaves
from spreadtune.testing.objectives.tried import TriedObjective

STEPS = (1e-1, 1e-2, 1e-3)
DIRECTIONS = 4


class GradientClaims(TriedObjective):
    """What is claimed of gradients, at ordinary rows and at those that break careless formulas."""

    def test_every_term_pulls_at_what_the_encoder_gave(self) -> None:
        for batch in map(with_leaves, self.batches()):
            for name, term in self.objective()(batch).items():
                self.claim(term.requires_grad, f"the term {name} has no gradient")
                rows = list(rows_of(batch).values())
                found = torch.autograd.grad(term, rows, retain_graph=True, materialize_grads=True)
                self.claim(all(map(_finite, found)), f"the gradient of the term {name} is not finite")
                broken = f"the term {name} depends neither on the features nor on the embeddings"
                self.claim(any(gradient.any() for gradient in found), broken)

    def test_the_gradient_reaches_every_parameter(self) -> None:
        objective = self.objective()
        terms = objective(with_leaves(batch_of(self.views[0], self.embedding_dim)))
        torch.stack(list(terms.values())).sum().backward()
        for name, parameter in objective.named_parameters():
            reached = parameter.grad is not None and bool(parameter.grad.any())
            self.claim(reached or not parameter.requires_grad, f"the parameter {name} gets no gradient from any term")

    def test_the_gradient_is_the_derivative(self) -> None:
        """Central differences along a few directions; of several steps the best counts, for values are float32."""
        for batch in self.batches() if not self.stops_gradients else ():
            gradients = self.loss(batch).gradients
            for name in rows_of(batch):
                gradient, random = gradients[name], torch.Generator().manual_seed(1)
                length = float(gradient.norm())
                for _ in range(DIRECTIONS):
                    direction = torch.randn(gradient.shape, generator=random)
                    direction /= direction.norm()
                    slope = float((gradient * direction).sum())
                    error = min(abs(self._slope(batch, name, direction, step) - slope) for step in STEPS)
                    broken = (
                        f"the gradient of the loss at the {name}, {length:.2g} long, is not its derivative: along some "
                        f"direction they differ by {error:.2g}; where something is held constant on purpose, write "
                        "stops_gradients = True"
                    )
                    self.claim(error <= 5e-3 * length + 1e-4, broken)

    def test_any_mix_of_classes_gives_finite_numbers(self) -> None:
        """A shuffled batch may have one class only, or one image of a class."""
        for classes in ((0, 0, 0, 0), (2, 0, 1), (0, 0, 0, 1), (0, 1), (1, 1)):
            for views in self.views:
                batch = batch_of(views, self.embedding_dim, classes=classes)
                self._claim_finite(batch, f"for {views} views of images of the classes {classes}")

    def test_collapsed_and_dead_rows_give_finite_numbers(self) -> None:
        """Classes collapse in training, which is what studies are about, and a dead image has a row of zeros."""
        for views in self.views:
            batch = batch_of(views, self.embedding_dim)
            points = torch.eye(CLASS_COUNT, self.embedding_dim)
            dead = batch.features.clone()
            dead[0, 0] = 0
            for rows, where in (
                (torch.ones_like(dead), "where all images are one point"),
                (points[batch.classes].repeat(views, 1, 1), "where every class is one point"),
                (dead, "where one row is zero"),
                (torch.zeros_like(dead), "where all rows are zero"),
            ):
                self._claim_finite(with_rows(batch, rows), where)

    def _slope(self, batch: Batch, name: str, direction: Tensor, step: float) -> float:
        """The central difference quotient of the loss along a direction of the features or the embeddings."""

        def at(distance: float) -> float:
            rows = rows_of(batch)
            rows[name] = rows[name] + distance * direction
            return float(self.loss(with_rows(batch, **rows)).total)

        return (at(step) - at(-step)) / (2 * step)

    def _claim_finite(self, batch: Batch, where: str) -> None:
        loss = self.loss(batch)
        for name, term in loss.terms.items():
            self.claim(_finite(term), f"{where}, the term {name} is {float(term)}")
        for name, gradient in loss.gradients.items():
            self.claim(_finite(gradient), f"{where}, the gradient of the loss at {name} is not finite")


def _finite(values: Tensor) -> bool:
    return bool(values.isfinite().all())
