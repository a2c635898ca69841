"""Equal classes: stored numbers, plain transcriptions, the losses themselves."""

import math

import pytest
import torch
from hypothesis import example, given, settings
from hypothesis import strategies as st

from spreadtune.objectives import spread_loss
from spreadtune.theory import (
    alpha_from_window,
    collapse_threshold,
    has_window,
    means_vanish_threshold,
    predicted_spread,
)

class_numbers = st.integers(2, 50)
class_sizes = st.integers(2, 512)
temperatures = st.floats(0.05, 5)
shares = st.floats(0, 1)


@pytest.mark.parametrize(
    ("classes", "n", "temperature", "alpha_c", "alpha_m"),
    [
        (2, 64, 0.5, 0.5191, 0.6848),
        (2, 16, 0.5, 0.3119, 0.7336),
        (2, 64, 0.1, 0.0000, 0.9987),
        (20, 25, 0.5, 0.5085, 0.5737),
        (20, 25, 0.1, 0.0131, 0.9993),
        (10, 50, 0.5, 0.5213, 0.5570),
        (4, 8, 1.0, 0.5352, 0.6193),
    ],
)
def test_window(classes, n, temperature, alpha_c, alpha_m):
    assert collapse_threshold([n] * classes, temperature) == pytest.approx(alpha_c, abs=1e-4)
    assert means_vanish_threshold([n] * classes, temperature) == pytest.approx(alpha_m, abs=1e-4)


@pytest.mark.parametrize(
    ("n", "pairs", "denominator", "alpha_c"),
    [
        (6, "cross_view", "negatives", 0.1653),
        (64, "all", "negatives", 0.5827),
        (64, "cross_view", "all", 0.0347),
        (64, "all", "all", 0.0349),
    ],
)
def test_collapse_threshold_of_every_scheme(n, pairs, denominator, alpha_c):
    threshold = collapse_threshold([n, n], 0.5, pairs=pairs, denominator=denominator)
    assert threshold == pytest.approx(alpha_c, abs=1e-4)


@pytest.mark.parametrize(
    ("classes", "n", "temperature", "curve"),
    [
        (2, 64, 0.5, {0.515: 0.0, 0.525: 0.0130, 0.569: 0.1245, 0.665: 0.6956, 0.68: 0.9342, 0.705: 1.0159}),
        (20, 25, 0.5, {0.50: 0.0, 0.52: 0.334, 0.55: 0.816, 0.58: 1.042}),
        (20, 25, 0.1, {0.01: 0.0, 0.02: 0.040, 0.1: 0.190, 0.3: 0.301, 0.5: 0.367, 0.8: 0.479}),
    ],
)
def test_predicted_spread(classes, n, temperature, curve):
    predicted = {alpha: predicted_spread(alpha, [n] * classes, temperature) for alpha in curve}
    assert predicted == pytest.approx(curve, abs=1e-3)


@given(classes=class_numbers, n=st.integers(2, 64), temperature=st.floats(0.2, 2))
def test_means_vanish_threshold_is_the_plain_closed_form(classes, n, temperature):
    c, m, w = -1 / (classes - 1), (classes - 1) * n, -1 / (n - 1)
    at_one, at_w = math.exp(1 / temperature), math.exp(w / temperature)
    q0, q1 = m / (at_one + m), m / (at_w + m)
    p0 = at_one / (at_one + (n - 1) * at_w)
    r = (q1 - c * (q0 + (n - 1) * q1) / n) * (n - 1) / (n * (1 - p0))
    assert means_vanish_threshold([n] * classes, temperature) == pytest.approx(r / (1 + r), rel=1e-9)


@given(classes=class_numbers, n=class_sizes, temperature=st.floats(0.1, 5), alpha=shares)
def test_no_other_point_of_the_family_is_better(classes, n, temperature, alpha):
    c, m = -1 / (classes - 1), (classes - 1) * n

    def loss(A: float) -> float:
        w = A - (1 - A) / (n - 1)
        supcon = math.log1p(m * math.exp((A * c - 1) / temperature)) / n
        supcon += (n - 1) * math.log1p(m * math.exp((A * c - w) / temperature)) / n
        return (1 - alpha) * supcon + alpha * math.log1p((n - 1) * math.exp((w - 1) / temperature))

    best = loss(1 - predicted_spread(alpha, [n] * classes, temperature) * (n - 1) / n)
    assert best <= min(loss(i / 50) for i in range(51)) + 1e-12


@given(classes=class_numbers, n=class_sizes, temperature=temperatures)
def test_window_is_ordered(classes, n, temperature):
    alpha_c = collapse_threshold([n] * classes, temperature)
    alpha_m = means_vanish_threshold([n] * classes, temperature)
    assert 0 <= alpha_c <= alpha_m <= 1


@given(
    counts=st.lists(st.floats(1, 100, exclude_min=True), min_size=2, max_size=6),
    temperature=st.floats(0.001, 5),
    pairs=st.sampled_from(["cross_view", "all"]),
    denominator=st.sampled_from(["negatives", "all"]),
    views=st.integers(2, 4),
)
@settings(max_examples=40, deadline=None)
def test_every_collapse_threshold_is_a_share(counts, temperature, pairs, denominator, views):
    assert 0 <= collapse_threshold(counts, temperature, pairs=pairs, denominator=denominator, views=views) <= 1


@given(
    classes=class_numbers,
    n=class_sizes,
    temperature=st.floats(0.001, 5),
    alphas=st.tuples(shares, shares).map(sorted),
)
def test_spread_grows_with_alpha_within_its_bounds(classes, n, temperature, alphas):
    less, more = (predicted_spread(alpha, [n] * classes, temperature) for alpha in alphas)
    assert 0 <= less <= more <= n / (n - 1)


@given(classes=class_numbers, n=class_sizes, temperature=temperatures)
@example(classes=26, n=3, temperature=0.05)
def test_spread_opens_at_alpha_c_and_is_full_at_alpha_m(classes, n, temperature):
    counts = [n] * classes
    alpha_c, alpha_m = collapse_threshold(counts, temperature), means_vanish_threshold(counts, temperature)
    assert predicted_spread(alpha_c * (1 - 1e-9), counts, temperature) == 0
    assert predicted_spread(alpha_c, counts, temperature) == pytest.approx(0, abs=1e-6)
    # At low temperatures alpha_m is so near to 1 that its own rounding moves the spread: by this much, relatively.
    rounding = 2**-52 / max(1 - alpha_m, 2**-52)
    assert predicted_spread(alpha_m, counts, temperature) == pytest.approx(n / (n - 1), rel=1e-6 + rounding)
    assert predicted_spread(1.0, counts, temperature) == n / (n - 1)


@pytest.mark.parametrize("temperature", [0.01, 0.001])
def test_low_temperature_stays_finite(temperature):
    assert collapse_threshold([64, 64], temperature) == pytest.approx(0, abs=1e-80)
    assert means_vanish_threshold([64, 64], temperature) == 1.0
    assert predicted_spread(0.0, [64, 64], temperature) == 0
    assert 0.5 < predicted_spread(0.5, [64, 64], temperature) < 64 / 63


def test_alpha_from_window():
    counts = [25] * 20
    alpha_c, alpha_m = collapse_threshold(counts, 0.5), means_vanish_threshold(counts, 0.5)
    found = [alpha_from_window(position, counts, 0.5) for position in (0, 0.25, 1)]
    assert found == pytest.approx([alpha_c, 0.75 * alpha_c + 0.25 * alpha_m, alpha_m])


@pytest.mark.parametrize(("pairs", "denominator"), [("all", "negatives"), ("cross_view", "all"), ("all", "all")])
def test_schemes_without_a_window(pairs, denominator):
    assert has_window("cross_view", "negatives")
    assert not has_window(pairs, denominator)
    scheme = {"pairs": pairs, "denominator": denominator}
    for call in (
        lambda: means_vanish_threshold([8, 8], 0.5, **scheme),
        lambda: predicted_spread(0.5, [8, 8], 0.5, **scheme),
        lambda: alpha_from_window(0.5, [8, 8], 0.5, **scheme),
    ):
        with pytest.raises(ValueError, match=f"formula for the window, got '{pairs}' with '{denominator}'"):
            call()


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: collapse_threshold([8], 0.5), "two classes or more, got 1"),
        (lambda: collapse_threshold([0, 0], 0.5), "must hold images"),
        (lambda: collapse_threshold([8, 8], 0.0), "temperature must be positive, got 0.0"),
        (lambda: collapse_threshold([8, 8], 0.5, views=1), "views must be two or more, got 1"),
        (lambda: collapse_threshold([0.5, 0.5], 0.5, pairs="all"), "leave an anchor no positives"),
        (lambda: collapse_threshold([8, 8], 0.5, pairs="cross"), "pairs must be 'cross_view' or 'all', got 'cross'"),
        (lambda: collapse_threshold([8, 8], 0.5, denominator="none"), "denominator must be .* got 'none'"),
        (lambda: means_vanish_threshold([1, 1], 0.5), "cannot spread, got a mean count of 1"),
        (lambda: means_vanish_threshold([8, 8], -1.0), "temperature must be positive"),
        (lambda: predicted_spread(1.1, [8, 8], 0.5), r"alpha must be in \[0, 1\], got 1.1"),
        (lambda: predicted_spread(0.5, [1, 1], 0.5), "cannot spread"),
        (lambda: alpha_from_window(-0.1, [8, 8], 0.5), r"position must be in \[0, 1\], got -0.1"),
    ],
)
def test_what_has_no_answer_is_refused(call, message):
    with pytest.raises(ValueError, match=message):
        call()


@pytest.mark.parametrize("pairs", ["cross_view", "all"])
@pytest.mark.parametrize("denominator", ["negatives", "all"])
@pytest.mark.parametrize(("classes", "n", "views"), [(2, 6, 2), (3, 4, 3)])
def test_collapse_turns_unstable_at_alpha_c(pairs, denominator, classes, n, views):
    """Two images of a collapsed class that step apart raise the loss below alpha_c and lower it above."""
    labels = torch.arange(classes * n) % classes
    simplex = torch.eye(classes, dtype=torch.float64) - 1 / classes
    collapsed = torch.cat([simplex, torch.zeros(classes, 1)], dim=1)[labels]
    step = torch.zeros_like(collapsed)
    step[0, -1], step[classes, -1] = 1e-3, -1e-3  # images 0 and C are of class 0

    def rise(alpha: float) -> float:
        scheme = {"temperature": 0.5, "alpha": alpha, "pairs": pairs, "denominator": denominator}
        at_collapse, apart = (
            spread_loss(points.expand(views, -1, -1), labels, **scheme) for points in (collapsed, collapsed + step)
        )
        return (apart - at_collapse).item()

    alpha_c = collapse_threshold([n] * classes, 0.5, pairs=pairs, denominator=denominator, views=views)
    assert rise(alpha_c * 0.99) > 0 > rise(alpha_c * 1.01)


@pytest.mark.parametrize("position", [-0.2, 0.3, 0.7, 1.1])
def test_free_embeddings_find_the_predicted_spread(position):
    """Minimize the loss itself over every coordinate of 2 classes of 4 tied images in 7 dimensions."""
    n, temperature, labels = 4, 1.0, torch.arange(8) % 2
    alpha_c, alpha_m = collapse_threshold([n, n], temperature), means_vanish_threshold([n, n], temperature)
    alpha = alpha_c + position * (alpha_m - alpha_c)
    generator = torch.Generator().manual_seed(0)
    simplex = torch.zeros(8, 7, dtype=torch.float64)
    simplex[:, 0] = 1 - 2 * labels
    points = simplex + 0.1 * torch.randn(8, 7, dtype=torch.float64, generator=generator)
    optimizer = torch.optim.Adam([points.requires_grad_()], lr=0.03)
    for _ in range(250):
        optimizer.zero_grad()
        spread_loss(points.expand(2, -1, -1), labels, alpha=alpha, temperature=temperature).backward()
        optimizer.step()
    z = torch.nn.functional.normalize(points.detach(), dim=-1)
    spreads = [1 - float((z[labels == y].sum(0).square().sum() - n) / (n * (n - 1))) for y in (0, 1)]
    expected = predicted_spread(alpha, [n, n], temperature)
    assert spreads == pytest.approx([expected, expected], abs=2e-3)
