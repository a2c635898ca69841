"""Claims about the terms of an objective."""

import torch

from spreadtune.testing.objectives.batches import batch_of, in_order
from spreadtune.testing.objectives.tried import TriedObjective

OTHER_CLASSES = (2, 0, 1, 0, 2, 1, 1, 0, 2, 0, 1)


class TermClaims(TriedObjective):
    """What is claimed of the terms themselves."""

    def test_its_terms_are_scalars_with_a_weight_each(self) -> None:
        for batch in self.batches():
            objective = self.objective()
            terms, weights = objective(batch), objective.weights
            broken = f"forward gives the terms {sorted(terms)}, and there are weights for {sorted(weights)}"
            self.claim(bool(terms) and terms.keys() == weights.keys(), broken)
            for name, term in terms.items():
                self.claim(term.ndim == 0, f"the term {name} has shape {tuple(term.shape)}; it has to be a scalar")
                broken = f"the term {name} is {term.dtype} for float32 features; it has to be float32 or better"
                self.claim(term.dtype in (torch.float32, torch.float64), broken)
                self.claim(term.isfinite(), f"the term {name} is {term.item()}")

    def test_the_loss_is_the_weighted_sum_of_its_terms(self) -> None:
        for batch in self.batches():
            objective = self.objective()
            terms = objective(batch)
            expected = sum((weight * terms[name]).item() for name, weight in objective.weights.items())
            found = objective.total(terms).item()
            broken = f"total(terms) is {found:.6g}, the sum of weight times term {expected:.6g}"
            self.claim(abs(found - expected) <= 1e-5 * max(1.0, abs(expected)), broken)

    def test_the_order_of_images_does_not_matter(self) -> None:
        for batch in self.batches():
            order = torch.randperm(len(batch.classes), generator=torch.Generator().manual_seed(2))
            found, expected = self.loss(in_order(batch, order)).terms, self.loss(batch).terms
            for name, term in expected.items():
                broken = f"the term {name} changes with the order of the images"
                self.claim_close(found[name], term, broken, rtol=1e-4, atol=1e-5)

    def test_it_looks_at_classes_where_it_says_so(self) -> None:
        """A ceiling is trained with subclasses as classes, and by SupCon where an objective does not see them."""
        sees = self.objective().uses_labels
        declared = getattr(self.config, "uses_labels", sees) if self.part else sees
        self.claim(declared == sees, f"its config says uses_labels = {declared}, the objective {sees}")
        one = self.loss(batch_of(self.views[0], self.embedding_dim)).terms
        other = self.loss(batch_of(self.views[0], self.embedding_dim, classes=OTHER_CLASSES)).terms
        changed = any(not torch.allclose(one[name], other[name], rtol=1e-5) for name in one)
        self.claim(changed or not sees, "other classes change nothing; write uses_labels = False")
        self.claim(sees or not changed, "it says uses_labels = False, and changes with the classes")

    def test_a_saved_state_gives_the_same_terms(self) -> None:
        """Weights come from the study, so a checkpoint does not hold them."""
        batch = batch_of(self.views[0], self.embedding_dim)
        trained, fresh = self.objective(seed=0), self.objective(seed=1)
        held = sorted(name for name in trained.weights if f"{name}_weight" in trained.state_dict())
        self.claim(not held, f"its state_dict holds the weights of {held}; leave them to Objective.__init__")
        fresh.load_state_dict(trained.state_dict())
        expected = trained(batch)
        for name, term in fresh(batch).items():
            broken = f"its state_dict does not hold all of it: loaded into another instance the term {name} is another"
            self.claim_close(term, expected[name], broken, rtol=0, atol=0)

    def test_the_seed_decides_the_initialization(self) -> None:
        one, same = self.objective(seed=5).state_dict(), self.objective(seed=5).state_dict()
        for name, value in one.items():
            broken = f"{name} differs under one seed: weights have to be drawn from torch's default generator"
            self.claim(torch.equal(value, same[name]), broken)
