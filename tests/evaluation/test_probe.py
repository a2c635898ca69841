import pytest
import torch
from sklearn.datasets import load_digits
from sklearn.linear_model import LogisticRegression
from sklearn.preprocessing import StandardScaler

from spreadtune.evaluation import probe as probe_module
from spreadtune.evaluation.probe import STRENGTHS, Standardization, fit_at, fit_probe
from spreadtune.evaluation.stratified import few_of_each, held_out_tenth


@pytest.fixture(scope="module")
def digits():
    images, labels = load_digits(return_X_y=True)
    return torch.from_numpy(images[:400]).float(), torch.from_numpy(labels[:400]).long()


@pytest.fixture(scope="module")
def fitted(digits):
    return fit_probe(*digits, seed=0)


def scikit_learn(features, labels, strength):
    scaler = StandardScaler().fit(features.double())
    model = LogisticRegression(C=strength, solver="newton-cholesky", tol=1e-10)
    return scaler, model.fit(scaler.transform(features.double()), labels)


def oracle_strength(features, labels, seed):
    """The rule, step by step, with scikit-learn."""
    held = held_out_tenth(labels, seed=seed)
    scores = []
    for strength in STRENGTHS:
        scaler, model = scikit_learn(features[~held], labels[~held], strength)
        scores.append(model.score(scaler.transform(features[held].double()), labels[held]))
    return STRENGTHS[scores.index(max(scores))]


@pytest.mark.parametrize("seed", [0, 1])
def test_the_held_out_tenth_chooses_the_strength(digits, seed):
    few = digits[1] < 4
    features, labels = digits[0][few, ::2], digits[1][few]
    probe = fit_probe(features, labels, seed=seed)
    assert oracle_strength(features, labels, seed) == probe.C


@pytest.mark.slow
def test_the_probe_is_fitted_again_on_everything(digits, fitted):
    features, labels = digits
    again = fit_at(features, labels, fitted.C)
    torch.testing.assert_close(fitted.weights, again.weights, atol=1e-4, rtol=0)
    scaler, model = scikit_learn(features, labels, fitted.C)
    agreement = model.predict(scaler.transform(features.double())) == fitted.predict(features).numpy()
    assert agreement.mean() >= 0.99


def test_ties_go_to_the_smaller_strength():
    features = torch.tensor([[-1.0], [1.0]]).repeat(20, 1)
    probe = fit_probe(features, torch.tensor([0, 1]).repeat(20), seed=0)
    assert min(STRENGTHS) == probe.C


def test_accuracy_is_the_share_of_right_predictions(digits, fitted):
    features, labels = digits
    right = (fitted.predict(features) == labels).sum()
    assert fitted.accuracy(features, labels) == pytest.approx(int(right) / len(labels))
    assert fitted.accuracy(features, labels + 100) == 0


def test_constant_features_are_dropped_from_other_data_too(digits, fitted):
    features, _ = digits
    constant = features.amax(dim=0) == features.amin(dim=0)
    assert constant.any()
    assert not fitted.weights[:, constant].any()
    assert torch.equal(fitted.predict(features + 1e6 * constant), fitted.predict(features))


def test_standardization_gives_mean_zero_and_variance_one(digits):
    standardized = Standardization.of(digits[0])(digits[0])
    torch.testing.assert_close(standardized.mean(dim=0), torch.zeros(64).double(), atol=1e-12, rtol=0)
    deviation = standardized.std(dim=0, correction=0)
    assert ((deviation - 1).abs() < 1e-12).logical_or(deviation == 0).all()


def test_any_integers_are_labels(digits, fitted):
    features, labels = digits
    names = torch.tensor([40, -3, 17, 2, 8, 100, 55, 6, 9, 1])
    order = names.argsort()  # so that the renamed labels rise as the digits do
    renamed = fit_probe(features, names[order][labels], seed=0)
    assert torch.equal(renamed.predict(features), names[order][fitted.predict(features)])


def test_fully_collapsed_features_give_the_commonest_label():
    probe = fit_probe(torch.ones(30, 4), torch.tensor([0] * 10 + [1] * 20), seed=0)
    assert probe.predict(torch.randn(5, 4)).tolist() == [1] * 5


def test_not_finite_features_are_an_error():
    with pytest.raises(ValueError, match="finite"):
        fit_probe(torch.tensor([[1.0], [torch.nan], [2.0]]), torch.tensor([0, 1, 1]), seed=0)


def test_one_label_is_an_error():
    with pytest.raises(ValueError, match="two labels"):
        fit_at(torch.randn(5, 2), torch.zeros(5, dtype=torch.long), 1.0)


def test_one_shot_cannot_choose_and_takes_one(digits):
    drawn = few_of_each(digits[1], 1, seed=0)
    assert fit_probe(digits[0][drawn], digits[1][drawn], seed=0).C == 1.0


class Scored:
    """A probe of known accuracy."""

    def __init__(self, accuracy):
        self.known = accuracy

    def accuracy(self, features, labels):
        tried.append(self.known)
        return self.known


tried: list[float] = []


@pytest.mark.parametrize(
    ("accuracies", "patience", "seen", "chosen"),
    [
        ([0.5, 0.4, 0.3, 0.9], 2, 3, 0),  # two worse in a row: the fourth is not even fitted
        ([0.5, 0.4, 0.6, 0.5, 0.6, 0.7], 2, 6, 5),
        ([0.5, 0.5, 0.5, 0.6], 2, 4, 3),  # equals are not worse
        ([0.5, 0.4, 0.5, 0.4, 0.4, 0.9], 2, 5, 0),  # the first of equals
        ([0.5, 0.4, 0.3, 0.9], 7, 4, 3),
    ],
)
def test_patience_ends_the_choice(accuracies, patience, seen, chosen):
    tried.clear()
    probes = [Scored(accuracy) for accuracy in accuracies]
    assert probe_module._best(iter(probes), None, None, patience) is probes[chosen]
    assert tried == accuracies[:seen]
