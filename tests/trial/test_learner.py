"""What is measured of a trained model beside what its representations tell."""

import pytest
import torch
import torch.nn.functional as F

from spreadtune.data.views import build_augmentation
from spreadtune.run_folder import TrialFolder
from spreadtune.spec.load import load_trial
from spreadtune.trial.datasets import dataset_of
from spreadtune.trial.learner import Learner
from spreadtune.trial.reload import load_model
from tests.small_trial import next_attempt, small_trial


def test_reconstruction_error_is_that_of_clean_validation_images_told_their_class(finished: TrialFolder) -> None:
    outcome, model = finished.outcome(), load_model(finished)
    part = dataset_of(load_trial(finished.spec_file).data).split("validation")
    images = torch.from_numpy(part.images).float() / 255
    reconstructor = model.objective.reconstructor
    with torch.no_grad():
        told = reconstructor.class_embedding(torch.from_numpy(part.labels.classes))
        errors = (reconstructor.decoder(torch.cat([model.encoder(images), told], dim=1)) - images) ** 2
    assert outcome is not None
    assert outcome.metrics["reconstruction_error"] == pytest.approx(float(errors.mean()), rel=1e-5)


def test_alignment_is_the_mean_squared_distance_of_two_views(finished: TrialFolder) -> None:
    outcome, model, spec = finished.outcome(), load_model(finished), load_trial(finished.spec_file)
    images = torch.from_numpy(dataset_of(spec.data).split("validation").images)
    stream = torch.Generator().manual_seed(spec.seed.stream("evaluation/views"))
    views = build_augmentation(spec.data.augmentation)(images, 2, stream).inputs
    with torch.no_grad():
        one, other = (F.normalize(model.head(model.encoder(view)), dim=1) for view in views)
    assert outcome is not None
    assert outcome.metrics["alignment"] == pytest.approx(float(((one - other) ** 2).sum(dim=1).mean()), rel=1e-4)


def test_evaluation_leaves_training_as_it_was(folder: TrialFolder) -> None:
    """Asked for more or less often, it changes no weight: neither batch statistics nor a random stream move."""
    ends = []
    for knn_every in (1, 9):
        spec = small_trial({"evaluation.knn_every": knn_every, "training.epochs": 2})
        learner = Learner(spec, dataset_of(spec.data), next_attempt(TrialFolder(folder.path / str(knn_every))))
        learner.train()
        ends.append(learner.model.state_dict())
    torch.testing.assert_close(*ends, rtol=0, atol=0)


@pytest.mark.parametrize("by_subclass", [False, True])
def test_labels_of_training_are_the_classes_or_the_subclasses(by_subclass: bool, folder: TrialFolder) -> None:
    spec = small_trial({"objective": {"name": "cross_entropy"}, "training.epochs": 1})
    learner = Learner(spec, dataset_of(spec.data), next_attempt(folder), by_subclass=by_subclass)
    labels = 10 if by_subclass else 2
    assert learner.model.objective.classifier.out_features == labels
    assert learner.train().batch_class_counts == pytest.approx([32 / labels] * labels, abs=32 / labels)
    assert learner.represent(learner.parts.validation).labels.classes.max() == 1
