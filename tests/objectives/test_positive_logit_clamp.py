"""The clamp of the published code, against a slow transcription and stored numbers."""

import math

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from spreadtune.objectives import spread_loss, supcon_loss
from tests.objectives.test_golden import B

SCHEMES = [(pairs, denominator) for pairs in ("cross_view", "all") for denominator in ("negatives", "all")]


def one_comparison(anchors, candidates, labels, clamp, denominator, *, same=False):
    """The clamped supervised term in loops, temperature 0.5; ``same``: anchors are no candidates of their own."""
    losses = []
    for i, anchor in enumerate(anchors):
        others = [j for j in range(len(candidates)) if not (same and i == j)]
        s = {j: float(anchor @ candidates[j]) / 0.5 for j in others}
        positives = [s[j] for j in others if labels[j] == labels[i]]
        negatives = sum(math.exp(s[j]) for j in others if labels[j] != labels[i])
        everything = negatives + sum(map(math.exp, positives))
        below = [math.exp(p) + negatives if denominator == "negatives" else everything for p in positives]
        terms = [math.log(total) - min(p, clamp) for p, total in zip(positives, below, strict=True)]
        losses.append(sum(terms) / len(terms))
    return sum(losses) / len(losses)


def transcription(z, labels, clamp, pairs, denominator):
    """All comparisons of a scheme, of unit rows (views, batch, dim)."""
    views = range(len(z))
    if pairs == "all":
        return one_comparison(z.flatten(0, 1), z.flatten(0, 1), labels.repeat(len(z)), clamp, denominator, same=True)
    found = [one_comparison(z[a], z[b], labels, clamp, denominator) for a in views for b in views if a != b]
    return sum(found) / len(found)


@pytest.mark.parametrize(("pairs", "denominator"), SCHEMES)
@pytest.mark.parametrize("views", [2, 3])
def test_against_the_transcription(pairs, denominator, views):
    raw = torch.randn(views, 5, 4, dtype=torch.float64, generator=torch.Generator().manual_seed(0))
    z, labels = torch.nn.functional.normalize(raw, dim=-1), torch.tensor([0, 1, 0, 2, 1])
    scheme = {"temperature": 0.5, "pairs": pairs, "denominator": denominator}
    for clamp in (0.3, 1.0, 4.0):
        loss = supcon_loss(raw, labels, **scheme, positive_logit_clamp=clamp)
        assert loss.item() == pytest.approx(transcription(z, labels, clamp, pairs, denominator), rel=1e-12)


@pytest.mark.parametrize(("clamp", "expected"), [(1.0, 0.697380), (math.inf, 0.162041)])
def test_one_direction_is_what_the_published_code_gives(clamp, expected):
    z, labels = B
    assert one_comparison(z[1], z[0], labels, clamp, "negatives") == pytest.approx(expected, abs=1e-6)


@given(clamp=st.floats(0.01, 3), temperature=st.floats(0.05, 2))
def test_it_only_adds_and_beyond_every_logit_does_nothing(clamp, temperature):
    plain, clamped, beyond = (
        supcon_loss(*B, temperature=temperature, positive_logit_clamp=c) for c in (None, clamp, 1 / temperature + 1e-9)
    )
    assert clamped >= plain
    assert torch.equal(beyond, plain)


def test_only_the_supervised_term_is_clamped():
    def added(loss, **values):
        return (
            loss(*B, temperature=0.5, positive_logit_clamp=1.0, **values) - loss(*B, temperature=0.5, **values)
        ).item()

    assert added(spread_loss, alpha=0.25) == pytest.approx(0.75 * added(supcon_loss), rel=1e-12)
    assert added(spread_loss, alpha=1.0) == 0
