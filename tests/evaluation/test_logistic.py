import numpy as np
import pytest
import torch
from sklearn.datasets import load_digits
from sklearn.linear_model import LogisticRegression
from torch import Tensor

from spreadtune.evaluation import logistic
from spreadtune.evaluation.logistic import minimize, objective, path
from spreadtune.evaluation.probe import STRENGTHS, Standardization

COUNT = 300


def features_named(kind: str) -> tuple[Tensor, Tensor]:
    """(300, D), or fewer rows than features, standardized features and their digits."""
    images, digits = load_digits(return_X_y=True)
    pixels, digits = torch.from_numpy(images[:COUNT, ::2]), torch.from_numpy(digits[:COUNT]).long()
    generator = torch.Generator().manual_seed(0)
    dim = 24
    centers = torch.randn(10, dim, generator=generator, dtype=torch.float64)
    noise = torch.randn(COUNT, dim, generator=generator, dtype=torch.float64)
    features = {
        "pixels": pixels,
        "spread": centers[digits] + 0.7 * noise,
        "collapsed": centers[digits // 5] + 3e-4 * centers[digits] + 1e-3 * noise,
        "rank one": centers[:1] * (digits // 5)[:, None] + 1e-7 * noise,
        "random": noise,
        "more than rows": torch.randn(50, 60, generator=generator, dtype=torch.float64),
    }[kind]
    return Standardization.of(features)(features), digits[: len(features)]


KINDS = ["pixels", "spread", "collapsed", "rank one", "random", "more than rows"]


def scikit_learn(features: Tensor, targets: Tensor, strength: float) -> Tensor:
    """[W, b] (K, D + 1) by scikit-learn; two labels' one weight vector as its two symmetric halves."""
    model = LogisticRegression(C=strength, solver="newton-cholesky", tol=1e-10, max_iter=1000)
    model.fit(features.numpy(), targets.numpy())
    coefficients = torch.from_numpy(np.column_stack([model.coef_, model.intercept_]))
    return torch.cat([-coefficients / 2, coefficients / 2]) if len(coefficients) == 1 else coefficients


def predictions(coefficients: Tensor, features: Tensor) -> Tensor:
    return (features @ coefficients[:, :-1].T + coefficients[:, -1]).argmax(dim=1)


@pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning", "ignore:.*:scipy.linalg.LinAlgWarning")
@pytest.mark.parametrize("strength", [1e-3, 1.0, 1e3])
@pytest.mark.parametrize("labels", [2, 10])
@pytest.mark.parametrize("kind", KINDS[:-1])
def test_minimum_is_scikit_learns(kind: str, labels: int, strength: float):
    features, digits = features_named(kind)
    targets = digits * labels // 10
    ours, theirs = minimize(features, targets, labels, strength), scikit_learn(features, targets, strength)
    reached = objective(ours, features, targets, strength)
    assert reached <= objective(theirs, features, targets, strength) * (1 + 1e-7)
    agreement = (predictions(ours, features) == predictions(theirs, features)).double().mean()
    assert agreement >= 0.99


def test_objective_is_cross_entropy_plus_penalty():
    features, targets = features_named("random")
    coefficients = torch.randn(10, features.shape[1] + 1, generator=torch.Generator().manual_seed(1)).double()
    scores = features @ coefficients[:, :-1].T + coefficients[:, -1]
    penalty = coefficients[:, :-1].square().sum() / (2 * 0.3)
    expected = torch.nn.functional.cross_entropy(scores, targets, reduction="sum") + penalty
    assert objective(coefficients, features, targets, 0.3) == pytest.approx(float(expected))


def test_two_labels_penalize_their_one_weight_vector():
    features, digits = features_named("random")
    half = torch.randn(features.shape[1] + 1, generator=torch.Generator().manual_seed(1)).double()
    vector = 2 * half
    margins = (features @ vector[:-1] + vector[-1]) * (2 * (digits // 5) - 1)
    expected = torch.nn.functional.softplus(-margins).sum() + vector[:-1].square().sum() / (2 * 0.3)
    both = torch.stack([-half, half])
    assert objective(both, features, digits // 5, 0.3) == pytest.approx(float(expected))


@pytest.mark.parametrize("kind", KINDS)
def test_gradient_vanishes_at_the_minimum(kind: str):
    features, targets = features_named(kind)
    coefficients = minimize(features, targets, 10, 1.0, tolerance=1e-14).requires_grad_()
    scores = features @ coefficients[:, :-1].T + coefficients[:, -1]
    loss = torch.nn.functional.cross_entropy(scores, targets, reduction="sum")
    (gradient,) = torch.autograd.grad(loss + coefficients[:, :-1].square().sum() / 2, coefficients)
    assert gradient.abs().max() < 1e-4


@pytest.mark.parametrize("kind", KINDS)
def test_path_passes_close_to_every_minimum(kind: str):
    features, targets = features_named(kind)
    for strength, coefficients in zip(STRENGTHS, path(features, targets, 10, STRENGTHS), strict=True):
        minimum = minimize(features, targets, 10, strength, start=coefficients)
        reached = objective(coefficients, features, targets, strength)
        assert reached <= objective(minimum, features, targets, strength) * (1 + 1e-5)


def test_start_changes_the_way_but_not_the_minimum():
    features, targets = features_named("pixels")
    far = 3 * torch.randn(10, features.shape[1] + 1, generator=torch.Generator().manual_seed(2)).double()
    expected = minimize(features, targets, 10, 0.1, tolerance=1e-12)
    torch.testing.assert_close(
        minimize(features, targets, 10, 0.1, start=far, tolerance=1e-12), expected, atol=1e-6, rtol=0
    )


def test_shared_block_leads_to_the_same_minimum(monkeypatch):
    features, targets = features_named("pixels")
    expected = minimize(features, targets, 10, 1.0)
    monkeypatch.setattr(logistic, "_MAX_BLOCK_ENTRIES", 0)
    torch.testing.assert_close(minimize(features, targets, 10, 1.0), expected, atol=1e-4, rtol=0)


def test_without_features_the_intercept_gives_the_shares():
    targets = torch.tensor([0] * 6 + [1] * 3 + [2])
    coefficients = minimize(torch.zeros(10, 2, dtype=torch.float64), targets, 3, 1.0)
    expected = torch.tensor([0.6, 0.3, 0.1]).double()
    torch.testing.assert_close(coefficients[:, -1].softmax(dim=0), expected, atol=1e-6, rtol=0)
    assert not coefficients[:, :-1].any()
