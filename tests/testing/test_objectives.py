"""Every claim about objectives fails for an objective that breaks it, and says of which and what."""

import math

import pytest
import torch
import torch.nn.functional as F
from torch import Tensor, nn

from spreadtune.objectives import Batch, Objective, unit_rows
from spreadtune.testing import ObjectiveContract
from tests.testing.failing import claims, failures


class Sound(Objective):
    """Rows towards a learned point, images of a class together: nothing in it is broken, and each of what follows is it
    but for one line."""

    def __init__(self, embedding_dim: int, class_count: int) -> None:
        super().__init__({"point": 1.0, "class": 0.5})
        self.point = nn.Parameter(torch.randn(embedding_dim))

    def rows(self, batch: Batch) -> Tensor:
        return unit_rows(batch.features)

    def of_class(self, batch: Batch) -> Tensor:
        z = unit_rows(batch.embeddings).flatten(0, 1)
        same = batch.classes.repeat(len(batch.embeddings))
        return ((z @ z.mT) * (same[:, None] == same)).mean()

    def forward(self, batch: Batch) -> dict[str, Tensor]:
        return {"point": (self.rows(batch) - self.point).square().mean(), "class": self.of_class(batch)}


class MissingWeight(Sound):
    def forward(self, batch: Batch) -> dict[str, Tensor]:
        return super().forward(batch) | {"extra": batch.features.mean()}


class NoScalar(Sound):
    def of_class(self, batch: Batch) -> Tensor:
        return super().of_class(batch).expand(2)


class HalfPrecision(Sound):
    def of_class(self, batch: Batch) -> Tensor:
        return super().of_class(batch).bfloat16()


class OtherTotal(Sound):
    def total(self, terms: dict[str, Tensor]) -> Tensor:
        return torch.stack(list(terms.values())).sum()


class FirstImageLeads(Sound):
    def of_class(self, batch: Batch) -> Tensor:
        return super().of_class(batch) + unit_rows(batch.embeddings)[0, 0].sum()


class BlindAndSilent(Sound):
    def of_class(self, batch: Batch) -> Tensor:
        return batch.embeddings.square().mean()


class SeesWhatItDenies(Sound):
    uses_labels = False


class ForgetsItsPoint(Sound):
    def __init__(self, embedding_dim: int, class_count: int) -> None:
        super().__init__(embedding_dim, class_count)
        del self.point
        self.register_buffer("point", torch.randn(embedding_dim), persistent=False)


class KeepsItsWeights(Sound):
    def __init__(self, embedding_dim: int, class_count: int) -> None:
        super().__init__(embedding_dim, class_count)
        self.register_buffer("class_weight", self.weights["class"], persistent=True)


class OwnRandomness(Sound):
    def __init__(self, embedding_dim: int, class_count: int) -> None:
        super().__init__(embedding_dim, class_count)
        nn.init.normal_(self.point, generator=torch.Generator().manual_seed(torch.seed()))


class Constant(Sound):
    def of_class(self, batch: Batch) -> Tensor:
        return super().of_class(batch).detach()


class OfNothingThatWasEncoded(Sound):
    def of_class(self, batch: Batch) -> Tensor:
        return self.point.sum() * batch.classes.float().var()


class UnusedParameter(Sound):
    def __init__(self, embedding_dim: int, class_count: int) -> None:
        super().__init__(embedding_dim, class_count)
        self.unused = nn.Parameter(torch.ones(3))


class HalfDetached(Sound):
    def of_class(self, batch: Batch) -> Tensor:
        z = unit_rows(batch.embeddings).flatten(0, 1)
        return (z @ z.detach().mT).square().mean() + 0 * super().of_class(batch)


class NoNegatives(Sound):
    """The log of a mean over pairs of different classes, of which a batch may have none."""

    def of_class(self, batch: Batch) -> Tensor:
        z = unit_rows(batch.embeddings)[0]
        apart = batch.classes[:, None] != batch.classes
        return ((z @ z.mT).exp() * apart).sum().log()


class LogOfDistances(Sound):
    def of_class(self, batch: Batch) -> Tensor:
        z = batch.embeddings
        return (z[0] - z[1]).norm(dim=-1).log().mean() + 0 * super().of_class(batch)


class PlainMeanOfPixels(Sound):
    def of_class(self, batch: Batch) -> Tensor:
        own = unit_rows(batch.embeddings)[:, batch.part]
        return super().of_class(batch) + (own.mean(-1) - batch.targets.mean((2, 3, 4))).square().mean()


class DetachedOthers(Sound):
    """The classic mistake: the rows of other workers are constants."""

    def of_class(self, batch: Batch) -> Tensor:
        own = torch.zeros(len(batch.classes), 1)
        own[batch.part] = 1
        rows = own * batch.embeddings + (1 - own) * batch.embeddings.detach()
        changed = Batch(batch.features, rows, batch.classes, batch.inputs, batch.targets)
        return super().of_class(changed)


BROKEN = [
    (MissingWeight, "its_terms_are_scalars_with_a_weight_each", r"\['class', 'extra', 'point'\].*\['class', 'point'\]"),
    (NoScalar, "its_terms_are_scalars_with_a_weight_each", r"the term class has shape \(2,\)"),
    (HalfPrecision, "its_terms_are_scalars_with_a_weight_each", "the term class is torch.bfloat16"),
    (OtherTotal, "the_loss_is_the_weighted_sum_of_its_terms", "the sum of weight times term"),
    (FirstImageLeads, "the_order_of_images_does_not_matter", "class changes with the order"),
    (BlindAndSilent, "it_looks_at_classes_where_it_says_so", "write uses_labels = False"),
    (SeesWhatItDenies, "it_looks_at_classes_where_it_says_so", "changes with the classes"),
    (ForgetsItsPoint, "a_saved_state_gives_the_same_terms", "the term point is another"),
    (KeepsItsWeights, "a_saved_state_gives_the_same_terms", r"weights of \['class'\]"),
    (OwnRandomness, "the_seed_decides_the_initialization", "point differs under one seed"),
    (Constant, "every_term_pulls_at_what_the_encoder_gave", "the term class has no gradient"),
    (OfNothingThatWasEncoded, "every_term_pulls_at_what_the_encoder_gave", "class depends neither"),
    (UnusedParameter, "the_gradient_reaches_every_parameter", "the parameter unused"),
    (HalfDetached, "the_gradient_is_the_derivative", "stops_gradients = True"),
    (NoNegatives, "any_mix_of_classes_gives_finite_numbers", r"2 views of images of the classes \(0, 0, 0, 0\)"),
    (LogOfDistances, "collapsed_and_dead_rows_give_finite_numbers", "all images are one point, the term class"),
    (PlainMeanOfPixels, "the_mean_over_workers_is_the_loss_of_one_process", "multiplied by batch.own_weight"),
    (DetachedOthers, "the_gathered_gradient_is_that_of_one_process", "gradient of the loss at"),
]


def contract_of(kind: type[Objective], **attributes: object) -> ObjectiveContract:
    """A contract as a user writes it, but for the place where the class lies."""
    given = {"build": lambda self: kind(self.embedding_dim, 3), **attributes}
    return type(f"Test{kind.__name__}", (ObjectiveContract,), given)()


def test_a_sound_objective_keeps_all_of_it():
    assert failures(contract_of(Sound)) == {}


@pytest.mark.parametrize(("kind", "claim", "message"), BROKEN, ids=[kind.__name__ for kind, *_ in BROKEN])
def test_a_broken_one_is_told(kind, claim, message):
    contract = contract_of(kind)
    with pytest.raises(AssertionError, match=message) as failure:
        getattr(contract, f"test_{claim}")()
    assert str(failure.value).startswith(f"objective Test{kind.__name__}: ")


def test_every_claim_can_fail():
    assert {f"test_{claim}" for _, claim, _ in BROKEN} == claims(ObjectiveContract)


def test_what_is_held_constant_on_purpose_may_be():
    assert "test_the_gradient_is_the_derivative" not in failures(contract_of(HalfDetached, stops_gradients=True))


class TwoViewsAlone(Sound):
    def of_class(self, batch: Batch) -> Tensor:
        one, other = batch.embeddings
        return F.mse_loss(one, other) + super().of_class(batch)


def test_one_that_takes_two_views_only_is_tried_on_two():
    assert failures(contract_of(TwoViewsAlone, views=(2,))) == {}


class OnFeaturesOfTheWidth(Sound):
    def rows(self, batch: Batch) -> Tensor:
        return unit_rows(batch.embeddings)


def test_one_that_takes_no_head_is_tried_without():
    assert failures(contract_of(OnFeaturesOfTheWidth, takes_heads=False)) == {}
    with pytest.raises(RuntimeError, match="size"):
        failures(contract_of(OnFeaturesOfTheWidth))


@pytest.mark.parametrize(
    ("part", "message"),
    [
        ("spred", r"objective spred: part: unknown objective 'spred', did you mean spread\?"),
        ({"name": "spread", "alpha": 2}, r"objective spread \(alpha 2\): part.alpha: 2.* is above 1"),
        ("tests.own_parts:Absent", "objective tests.own_parts:Absent: objective: .* cannot be imported"),
        ("tests.own_parts:not_an_objective", "is built as str, which is no spreadtune.objectives.Objective"),
    ],
)
def test_a_part_that_cannot_be_built_is_told(part, message):
    contract = type("TestIt", (ObjectiveContract,), {"part": part})()
    with pytest.raises(AssertionError, match=message):
        contract.test_its_terms_are_scalars_with_a_weight_each()


def test_a_declaration_that_differs_from_the_config_is_told(monkeypatch):
    monkeypatch.setattr("spreadtune.objectives.infonce.InfoNCEObjective.uses_labels", True)
    contract = type("TestIt", (ObjectiveContract,), {"part": "infonce"})()
    with pytest.raises(AssertionError, match="config says uses_labels = False, the objective True"):
        contract.test_it_looks_at_classes_where_it_says_so()


def test_numbers_do_not_depend_on_what_was_drawn_before():
    contract = contract_of(Sound)
    losses = []
    for seed in (0, 1):
        torch.manual_seed(seed)
        losses.append(contract.loss(next(iter(contract.batches()))).total.item())
    assert losses[0] == losses[1]
    assert math.isfinite(losses[0])
