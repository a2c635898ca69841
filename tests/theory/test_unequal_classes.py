"""Unequal classes: stored optima, the losses themselves minimized over free embeddings, and the bounds of both."""

from collections.abc import Sequence
from itertools import pairwise
from typing import Any

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from spreadtune.objectives import spread_loss
from spreadtune.theory import (
    alpha_from_window,
    class_spreads,
    class_thresholds,
    collapse_threshold,
    equal,
    last_collapse_threshold,
    means_vanish_threshold,
    predicted_spread,
)

unequal_counts = st.lists(st.integers(2, 60), min_size=2, max_size=4).filter(lambda counts: not equal(counts))
temperatures = st.floats(0.1, 2)


@pytest.mark.parametrize(
    ("counts", "opens", "spreads"),
    [
        ([20, 108], 0.317, {0.38: [0.0, 0.132], 0.52: [0.0, 0.434], 0.60: [0.0, 0.633]}),
        ([6, 26], 0.157, {0.35: [0.0, 0.405], 0.73: [0.744, 0.987]}),
        ([154, 102], 0.550, {0.58: [0.115, 0.0]}),
    ],
)
def test_optimized_free_embeddings(counts: list[int], opens: float, spreads: dict[float, list[float]]) -> None:
    """Minima of the loss over free embeddings at temperature 0.5, found by Adam beforehand."""
    assert collapse_threshold(counts, 0.5) == pytest.approx(opens, abs=1e-3)
    for alpha, expected in spreads.items():
        assert class_spreads(alpha, counts, 0.5) == pytest.approx(expected, abs=1e-3)
        assert predicted_spread(alpha, counts, 0.5) == pytest.approx(sum(expected) / 2, abs=1e-3)


def optimized(counts: Sequence[int], alpha: float, temperature: float) -> list[float]:
    """Spread of each class where the loss itself is minimal over every coordinate of tied images."""
    labels = torch.repeat_interleave(torch.arange(len(counts)), torch.tensor(counts))
    generator = torch.Generator().manual_seed(0)
    corners = torch.eye(len(counts), sum(counts), dtype=torch.float64)
    noise = torch.randn(sum(counts), sum(counts), dtype=torch.float64, generator=generator)
    points = (corners[labels] + 0.03 * noise).requires_grad_()
    optimizer = torch.optim.LBFGS([points], max_iter=600, tolerance_grad=1e-10, line_search_fn="strong_wolfe")

    def closure() -> torch.Tensor:
        optimizer.zero_grad()
        loss = spread_loss(points.expand(2, -1, -1), labels, alpha=alpha, temperature=temperature)
        loss.backward()
        return loss

    optimizer.step(closure)  # type: ignore[no-untyped-call]
    z = torch.nn.functional.normalize(points.detach(), dim=-1)
    return [1 - float((z[labels == y].sum(0).square().sum() - n) / (n * (n - 1))) for y, n in enumerate(counts)]


@pytest.mark.parametrize("counts", [(3, 7), (2, 3, 6), (2, 4, 4, 5)])
@pytest.mark.parametrize("temperature", [0.5, 1.0])
@pytest.mark.parametrize("position", [-0.3, 0.1, 0.4, 0.8, 1.2])
def test_free_embeddings_find_the_predicted_spreads(
    counts: tuple[int, ...], temperature: float, position: float
) -> None:
    alpha_c, alpha_m = collapse_threshold(counts, temperature), means_vanish_threshold(counts, temperature)
    alpha = min(max(alpha_c + position * (alpha_m - alpha_c), 0.0), 1.0)
    assert class_spreads(alpha, counts, temperature) == pytest.approx(optimized(counts, alpha, temperature), abs=5e-3)


def test_the_formula_for_two_classes() -> None:
    """r_k = q_k - (c/2) (q_k + q_l n_l / n_k) with c = -1, for the class that opens first."""
    n, e = (20, 108), torch.tensor(1.0, dtype=torch.float64).exp().item()
    q = [n[1 - k] * e**-2 / (e**2 + n[1 - k] * e**-2) for k in (0, 1)]
    r = [q[k] + 0.5 * (q[k] + q[1 - k] * n[1 - k] / n[k]) for k in (0, 1)]
    assert collapse_threshold(n, 0.5) == pytest.approx(min(value / (1 + value) for value in r))


@pytest.mark.parametrize("pairs", ["cross_view", "all"])
@pytest.mark.parametrize("denominator", ["negatives", "all"])
@pytest.mark.parametrize(("counts", "views"), [((3, 9), 2), ((2, 4, 5), 3)])
def test_collapse_turns_unstable_at_the_first_threshold(
    pairs: Any, denominator: Any, counts: tuple[int, ...], views: int
) -> None:
    """The smallest eigenvalue of the loss's Hessian across classes, at collapse: positive below, negative above."""
    scheme = {"pairs": pairs, "denominator": denominator}
    labels = torch.repeat_interleave(torch.arange(len(counts)), torch.tensor(counts))
    means = collapsed_means(counts, scheme)

    def rise(alpha: float, of_class: int) -> float:
        """Two images of a class step apart, and every mean is free to follow."""
        means_, step = means.clone(), torch.zeros(sum(counts), 1, dtype=torch.float64)
        first = int((labels == of_class).nonzero()[0])
        step[first], step[first + 1] = 0.02, -0.02
        return minimal(alpha, means_, step) - minimal(alpha, means_, torch.zeros_like(step))

    def minimal(alpha: float, start: torch.Tensor, step: torch.Tensor) -> float:
        free = start.clone().requires_grad_()
        optimizer = torch.optim.LBFGS([free], max_iter=300, tolerance_grad=1e-12, line_search_fn="strong_wolfe")

        def closure() -> torch.Tensor:
            optimizer.zero_grad()
            points = torch.cat([torch.nn.functional.normalize(free, dim=-1)[labels], step], dim=1)
            loss = spread_loss(
                points.expand(views, -1, -1),
                labels,
                temperature=0.5,
                alpha=alpha,
                **scheme,  # type: ignore[arg-type]
            )
            loss.backward()
            return loss

        optimizer.step(closure)  # type: ignore[no-untyped-call]
        return float(closure().detach())

    threshold = collapse_threshold(counts, 0.5, views=views, **scheme)  # type: ignore[arg-type]
    classes = range(len(counts))
    assert min(rise(threshold * 0.98, of_class) for of_class in classes) > 0
    assert min(rise(min(threshold * 1.02, 1.0), of_class) for of_class in classes) < 0


def collapsed_means(counts: tuple[int, ...], scheme: dict[str, str]) -> torch.Tensor:
    """A simplex, tilted a little so that unequal classes find their own angles."""
    classes = len(counts)
    tilt = torch.randn(classes, classes, generator=torch.Generator().manual_seed(1), dtype=torch.float64)
    return torch.eye(classes, dtype=torch.float64) - 1 / classes + 0.01 * tilt


@given(counts=unequal_counts, temperature=temperatures)
@settings(max_examples=6, deadline=None)
def test_thresholds_are_ordered(counts: list[int], temperature: float) -> None:
    first, last = collapse_threshold(counts, temperature), last_collapse_threshold(counts, temperature)
    assert 0 <= first <= last + 1e-4 <= means_vanish_threshold(counts, temperature) + 2e-4 <= 1 + 2e-4


@given(counts=unequal_counts, temperature=temperatures)
@settings(max_examples=4, deadline=None)
def test_each_class_opens_at_its_threshold(counts: list[int], temperature: float) -> None:
    thresholds = class_thresholds(counts, temperature)
    assert min(thresholds) == pytest.approx(collapse_threshold(counts, temperature), abs=1e-4)  # type: ignore[type-var]
    for k, threshold in enumerate(thresholds):
        assert threshold is not None
        below, above = max(threshold - 3e-4, 0.0), min(threshold + 3e-4, 1.0)
        assert class_spreads(below, counts, temperature)[k] == 0
        assert class_spreads(above, counts, temperature)[k] or threshold > 1 - 1e-3


@given(counts=unequal_counts, temperature=temperatures)
@settings(max_examples=20, deadline=None)
def test_spread_grows_from_collapse_to_its_maximum(counts: list[int], temperature: float) -> None:
    alphas = [0.0, *(alpha_from_window(at, counts, temperature) for at in (0, 0.3, 0.6, 1)), 1.0]
    spreads = [predicted_spread(alpha, counts, temperature) for alpha in alphas]
    assert all(less <= more + 1e-6 for less, more in pairwise(spreads))
    assert spreads[0] == spreads[1] == 0
    assert class_spreads(1.0, counts, temperature) == pytest.approx([n / (n - 1) for n in counts])


@given(
    classes=st.integers(2, 5), n=st.integers(2, 60), temperature=temperatures,
    pairs=st.sampled_from(["cross_view", "all"]), denominator=st.sampled_from(["negatives", "all"]),
    views=st.integers(2, 3),
)  # fmt: skip
@settings(max_examples=20, deadline=None)
def test_nearly_equal_classes_agree_with_equal_ones(
    classes: int, n: int, temperature: float, pairs: Any, denominator: Any, views: int
) -> None:
    """Taking a difference of 2 % for none moves thresholds by a hundredth at most."""
    nearly = [n * (1 + 0.021 * k / (classes - 1)) for k in range(classes)]
    scheme = {"pairs": pairs, "denominator": denominator, "views": views}
    assert not equal(nearly)
    one, other = (collapse_threshold(counts, temperature, **scheme) for counts in ([n] * classes, nearly))
    assert one == pytest.approx(other, abs=0.01)


def test_the_order_of_classes_is_no_matter() -> None:
    spreads = class_spreads(0.52, [20, 108, 40], 0.5)
    assert class_spreads(0.52, [40, 20, 108], 0.5) == pytest.approx([spreads[2], spreads[0], spreads[1]], abs=1e-5)


def test_a_class_of_one_image_is_left_out() -> None:
    assert class_spreads(0.52, [20, 1, 108], 0.5) == pytest.approx([0.0, None, 0.434], abs=1e-3)
    assert class_thresholds([20, 0.4, 108], 0.5)[1] is None
    assert collapse_threshold([20, 0.4, 108], 0.5) == collapse_threshold([20, 108], 0.5)
    assert means_vanish_threshold([64, 0.4, 64], 0.5) == means_vanish_threshold([64, 64], 0.5)
    with pytest.raises(ValueError, match="one image of a class cannot spread, and 1 of the classes have more"):
        collapse_threshold([20, 1], 0.5)


@pytest.mark.parametrize("temperature", [0.02, 0.05])
def test_low_temperature_stays_finite(temperature: float) -> None:
    assert 0 <= collapse_threshold([20, 108], temperature) < 1e-12
    assert means_vanish_threshold([20, 108], temperature) == pytest.approx(1.0)
    assert all(0 < spread < 1 for spread in class_spreads(0.5, [20, 108], temperature))  # type: ignore[operator]


def test_many_classes() -> None:
    counts = [5 + 2 * k for k in range(12)]
    spreads = class_spreads(alpha_from_window(0.5, counts, 0.5), counts, 0.5)
    assert all(0 <= spread < n / (n - 1) for spread, n in zip(spreads, counts, strict=True))  # type: ignore[operator]
