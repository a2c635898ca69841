import pytest
import torch

from spreadtune.objectives import infonce_loss, supcon_loss


def simplex_batch(views: int, images: int, classes: int) -> tuple[torch.Tensor, torch.Tensor]:
    """All images of a class on one corner of the orthogonal frame."""
    labels = torch.arange(images) % classes
    return torch.eye(classes, dtype=torch.float64)[labels].expand(views, -1, -1), labels


@pytest.mark.parametrize("pairs", ["cross_view", "all"])
def test_one_class_has_nothing_to_be_told_from(pairs):
    embeddings = torch.randn(2, 5, 3, generator=torch.Generator().manual_seed(0)).requires_grad_()
    loss = supcon_loss(embeddings, torch.zeros(5), temperature=0.5, pairs=pairs)
    loss.backward()
    assert loss.item() == 0
    assert torch.equal(embeddings.grad, torch.zeros_like(embeddings))


@pytest.mark.parametrize("views", [2, 3])
def test_is_infonce_when_every_image_is_its_own_class(views):
    embeddings = torch.randn(views, 6, 4, generator=torch.Generator().manual_seed(1))
    own_class = torch.arange(6)
    infonce = infonce_loss(embeddings, temperature=0.2)
    of_all = supcon_loss(embeddings, own_class, temperature=0.2, pairs="all", denominator="all")
    of_negatives = supcon_loss(embeddings, own_class, temperature=0.2, pairs="all", denominator="negatives")
    torch.testing.assert_close(of_all, infonce)
    if views == 2:
        torch.testing.assert_close(of_negatives, infonce)
    else:
        assert of_negatives < infonce


def test_value_at_collapse_onto_an_orthogonal_frame():
    embeddings, labels = simplex_batch(views=2, images=6, classes=3)  # 4 rows per class: 3 positives, 8 negatives
    loss = supcon_loss(embeddings, labels, temperature=0.5, pairs="all", denominator="all")
    assert loss.item() == pytest.approx(1.406754, abs=1e-6)  # log(3 e^2 + 8) - 2
