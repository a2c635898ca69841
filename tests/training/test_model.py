import pytest
import torch
from torch import nn

from spreadtune.data.views import Views
from spreadtune.objectives.cross_entropy import CrossEntropyObjective
from spreadtune.training.model import Model, gradient_norms


def test_features_and_embeddings_keep_views_and_images_apart() -> None:
    torch.manual_seed(0)
    model = Model(nn.Sequential(nn.Flatten(), nn.Linear(6, 5)), nn.Linear(5, 4), CrossEntropyObjective(5, 2))
    views = Views(inputs=torch.rand(3, 7, 1, 2, 3), targets=torch.rand(3, 7, 1, 2, 3))
    features, embeddings = model.represent(views, "float32")
    assert features.shape == (3, 7, 5)
    for view in range(3):
        torch.testing.assert_close(features[view], model.encoder(views.inputs[view]))
        torch.testing.assert_close(embeddings[view], model.head(model.encoder(views.inputs[view])))


def test_without_a_head_features_and_embeddings_are_one_tensor() -> None:
    model = Model(nn.Sequential(nn.Flatten(), nn.Linear(6, 5)), nn.Identity(), CrossEntropyObjective(5, 2))
    features, embeddings = model.represent(Views(*[torch.rand(2, 7, 1, 2, 3)] * 2), "float32")
    assert features is embeddings


def test_gradient_norms_equal_finite_differences() -> None:
    torch.manual_seed(0)
    features = torch.randn(2, 3, 4, dtype=torch.float64, requires_grad=True)
    terms = {"power": lambda h: (h**3).mean(), "entropy": lambda h: -h.flatten().log_softmax(0)[0]}
    norms = gradient_norms({name: term(features) for name, term in terms.items()}, features)
    for name, term in terms.items():
        differences = []
        for place in range(features.numel()):
            nudge = torch.zeros_like(features).flatten()
            nudge[place] = 1e-6
            up, down = (term(features.detach() + sign * nudge.view_as(features)) for sign in (1, -1))
            differences.append((up - down) / 2e-6)
        assert float(norms[name]) == pytest.approx(float(torch.stack(differences).norm()), rel=1e-6)


def test_a_term_that_does_not_see_the_features_has_norm_zero() -> None:
    features = torch.randn(2, 3, 4, requires_grad=True)
    weight = torch.ones((), requires_grad=True)
    norms = gradient_norms({"constant": torch.tensor(2.0), "elsewhere": weight * 3}, features)
    assert {name: float(norm) for name, norm in norms.items()} == {"constant": 0, "elsewhere": 0}


def test_the_graph_survives_for_the_step() -> None:
    features = torch.randn(2, 3, 4, requires_grad=True)
    loss = features.square().sum()
    gradient_norms({"loss": loss}, features)
    loss.backward()
    torch.testing.assert_close(features.grad, 2 * features.detach())
