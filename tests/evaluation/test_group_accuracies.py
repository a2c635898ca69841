"""Accuracies group by group, against pandas, and as the metrics that studies name."""

from dataclasses import replace

import pandas as pd
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from spreadtune.data.labels import Labels
from spreadtune.evaluation.group_accuracies import group_accuracies, weighted_mean
from spreadtune.evaluation.measures import Fitted, Measures
from spreadtune.evaluation.representations import Representations

IMAGES = st.lists(st.tuples(st.integers(0, 1), st.integers(0, 1), st.integers(0, 4)), min_size=1, max_size=40)


@given(IMAGES, st.lists(st.integers(0, 4), min_size=1, max_size=40))
def test_against_pandas(images, train):
    table = pd.DataFrame(images, columns=["predicted", "class", "group"])
    found = group_accuracies(*(torch.tensor(table[name].tolist()) for name in table))
    expected = (table["predicted"] == table["class"]).groupby(table["group"]).mean()
    assert found == pytest.approx(expected.to_dict())
    shares = pd.Series(train).value_counts().reindex(expected.index, fill_value=0)
    if shares.sum():
        average = (expected * shares).sum() / shares.sum()
        assert weighted_mean(found, torch.tensor(train)) == pytest.approx(average)


def representations(seed: int, images: int) -> Representations:
    """Features that tell the attribute well and the class a little."""
    generator = torch.Generator().manual_seed(seed)
    classes = torch.arange(images) % 2
    attributes = torch.where(torch.rand(images, generator=generator) < 0.9, classes, 1 - classes)
    features = torch.randn(images, 3, generator=generator)
    features[:, 0] += 4 * attributes
    features[:, 1] += 0.5 * classes
    return Representations(features, features, Labels(classes, classes, attributes, 2 * classes + attributes))


@pytest.fixture
def measures() -> Measures:
    return Measures(Fitted(representations(0, 400), held_out=0), representations(1, 300))


def test_the_metrics_are_those_of_the_class_probe(measures):
    fitted, part = measures._fitted, measures._part
    right = fitted.class_probe.predict(part.features) == part.labels.classes
    by_hand = [right[part.labels.groups == group].double().mean().item() for group in range(4)]
    assert measures.worst_group_accuracy() == pytest.approx(min(by_hand))
    assert measures.mean_group_accuracy() == pytest.approx(sum(by_hand) / 4)
    shares = torch.bincount(fitted.train.labels.groups) / 400
    assert measures.weighted_group_accuracy() == pytest.approx(float((shares.double() * torch.tensor(by_hand)).sum()))
    assert measures.worst_group_accuracy() < measures.class_accuracy() - 0.2  # the attribute leads astray


def test_the_worst_group_of_neighbors_stands_for_it_during_training(measures):
    part = measures._part
    predicted = measures._neighbors.vote(measures._fitted.train.labels.classes)
    by_hand = [
        (predicted == part.labels.classes)[part.labels.groups == group].double().mean().item() for group in range(4)
    ]
    assert measures.knn_worst_group_accuracy() == pytest.approx(min(by_hand))


def test_without_groups_there_is_no_number(measures):
    def plain(of: Representations) -> Representations:
        return replace(of, labels=Labels(of.labels.classes, of.labels.subclasses))

    without = Measures(Fitted(plain(measures._fitted.train), held_out=0), plain(measures._part))
    names = ("worst_group_accuracy", "mean_group_accuracy", "weighted_group_accuracy", "knn_worst_group_accuracy")
    assert [getattr(without, name)() for name in names] == [None] * 4
