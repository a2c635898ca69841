"""Few-shot accuracy: a mean over draws that are named streams, each probe sees its shots and nothing else."""

import statistics

import pytest
import torch
from sklearn.datasets import load_digits

from spreadtune.evaluation import few_shot as module
from spreadtune.evaluation.few_shot import EXAMPLES, SHOTS, FewShotProbes, draws, few_shot_probe
from spreadtune.evaluation.probe import fit_at
from spreadtune.evaluation.stratified import few_of_each
from spreadtune.spec.seed import Seed

SEED = Seed(study=0)


@pytest.fixture(scope="module")
def digits():
    images, labels = load_digits(return_X_y=True)
    return torch.from_numpy(images).float(), torch.from_numpy(labels).long()


@pytest.fixture(scope="module")
def parts(digits):
    """Features and labels of 600 training images and of 400 others."""
    features, labels = digits
    return (features[:600], labels[:600]), (features[600:1000], labels[600:1000])


@pytest.mark.parametrize("shots", SHOTS)
def test_a_probe_sees_only_its_shots_at_strength_one(digits, shots, monkeypatch):
    features, labels = digits
    seen = []
    monkeypatch.setattr(module, "fit_at", lambda f, y, C: seen.append((f, y, C)) or fit_at(f, y, C))
    few_shot_probe(features, labels, shots=shots, seed=3)
    ((shown, told, C),) = seen
    drawn = few_of_each(labels, shots, seed=3)
    assert torch.equal(shown, features[drawn])
    assert torch.equal(told, labels[drawn])
    assert torch.equal(told.bincount(), torch.full((10,), shots))
    assert C == 1.0


def test_the_accuracy_is_the_mean_over_the_draws_of_the_trials_streams(parts):
    (features, labels), held = parts
    found = FewShotProbes(features, labels, SEED).accuracies(*held)
    for shots, count in ((1, 100), (5, 20), (10, 10)):
        seeds = [SEED.stream("evaluation/few_shot", draw) for draw in range(count)]
        each = [few_shot_probe(features, labels, shots=shots, seed=seed).accuracy(*held) for seed in seeds]
        assert found[shots] == pytest.approx(statistics.mean(each), abs=1e-12)
        assert len(set(each)) > 1, "the draws are different ones"


@pytest.mark.parametrize(
    ("labels", "expected"), [(10, [100, 20, 10]), (100, [10, 2, 1]), (20, [50, 10, 5]), (2, [500, 100, 50])]
)
def test_all_draws_together_take_a_thousand_examples(labels, expected):
    assert [draws(shots, labels) for shots in SHOTS] == expected
    assert all(draws(shots, labels) * shots * labels == EXAMPLES for shots in SHOTS)


@pytest.mark.parametrize("labels", [3, 7, 700, 5000])
def test_where_it_does_not_divide_they_are_the_nearest_number_and_one_at_least(labels):
    for shots in SHOTS:
        count = draws(shots, labels)
        assert count == 1 or abs(count * shots * labels - EXAMPLES) <= shots * labels / 2


@pytest.mark.slow
def test_the_luck_of_the_draw_is_small_in_the_mean(parts):
    """Other draws of the same encoder give nearly the same number, where single ones differ by points."""
    (features, labels), held = parts
    of_seeds = [FewShotProbes(features, labels, Seed(study=study)).accuracies(*held) for study in range(4)]
    for shots in SHOTS:
        single = [few_shot_probe(features, labels, shots=shots, seed=seed).accuracy(*held) for seed in range(12)]
        means = [accuracies[shots] for accuracies in of_seeds]
        assert statistics.stdev(means) < statistics.stdev(single) / 1.5
        assert statistics.mean(means) == pytest.approx(statistics.mean(single), abs=0.05)


def test_a_label_with_fewer_examples_gives_all_it_has(digits):
    features, labels = digits
    rare = torch.cat([(labels == 0).nonzero()[:50, 0], (labels == 1).nonzero()[:3, 0]])
    probes = FewShotProbes(features[rare], labels[rare], SEED)
    assert probes.accuracies(features[rare], labels[rare])[10] > 0.9
