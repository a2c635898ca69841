from dataclasses import replace

import pytest
import torch
from torch import nn

from spreadtune.objectives.reconstruction import Reconstructor, reconstruction_error, with_reconstruction
from spreadtune.objectives.spread import SpreadObjective


def decoder(width: int) -> nn.Module:
    return nn.Sequential(nn.Linear(width, 6), nn.Unflatten(1, (1, 2, 3)))


class Paint(nn.Module):
    """Images of one color, the last number of each row: shows what reaches a decoder."""

    def forward(self, rows):
        return rows[:, -1].reshape(-1, 1, 1, 1).expand(-1, 1, 2, 3)


def test_error_is_the_mean_square_over_every_pixel(batch):
    reconstructor = Reconstructor(decoder(5))
    expected = [
        (reconstructor.decoder(batch.features[v, i][None])[0] - batch.targets[v, i]).square().mean()
        for v in range(2)
        for i in range(4)
    ]
    error = reconstruction_error(reconstructor, batch.features, batch.classes, batch.targets)
    torch.testing.assert_close(error, torch.stack(expected).mean())


def test_one_clean_view_is_enough_for_evaluation(batch):
    error = reconstruction_error(Reconstructor(Paint()), batch.features[:1], batch.classes, batch.targets[:1])
    expected = (batch.features[0, :, -1, None, None, None] - batch.targets[0]).square().mean()
    torch.testing.assert_close(error, expected)


def test_class_embedding_is_joined_to_every_view(batch):
    embedding = nn.Embedding(3, 2)
    images = Reconstructor(Paint(), embedding)(batch.features, batch.classes)
    colors = embedding.weight[batch.classes, -1]
    torch.testing.assert_close(images[:, :, 0, 0, 0], colors.expand(2, -1))


def test_adds_a_term_to_an_objective(batch):
    spread = SpreadObjective(alpha=0.25, temperature=0.5)
    objective = with_reconstruction(spread, decoder(5 + 2), 10.0, class_embedding=nn.Embedding(3, 2))
    terms = objective(batch)
    assert list(terms) == list(objective.weights) == ["supcon", "ccinfonce", "reconstruction"]
    torch.testing.assert_close(objective.total(terms), spread.total(spread(batch)) + 10 * terms["reconstruction"])
    objective.total(terms).backward()
    assert all(parameter.grad.abs().sum() > 0 for parameter in objective.parameters())


def test_swapping_images_of_a_class_changes_the_error_and_not_the_spread_loss(batch):
    objective = with_reconstruction(SpreadObjective(alpha=0.25, temperature=0.5), decoder(5), 1.0)
    swapped = batch.features[:, [1, 0, 2, 3]]
    before, after = objective(batch), objective(replace(batch, features=swapped, embeddings=swapped))
    torch.testing.assert_close(after["supcon"], before["supcon"])
    torch.testing.assert_close(after["ccinfonce"], before["ccinfonce"])
    assert (after["reconstruction"] - before["reconstruction"]).abs() > 1e-3


def test_targets_are_the_uncorrupted_views(batch):
    objective = with_reconstruction(SpreadObjective(alpha=0.0, temperature=0.5), decoder(5), 1.0)
    noisier = replace(batch, inputs=batch.inputs * 100)
    assert torch.equal(objective(noisier)["reconstruction"], objective(batch)["reconstruction"])


def test_images_of_another_shape_are_refused(batch):
    with pytest.raises(ValueError, match=r"\(2, 4, 1, 2, 3\) for targets of shape \(2, 4, 1, 3, 3\)"):
        reconstruction_error(Reconstructor(Paint()), batch.features, batch.classes, torch.zeros(2, 4, 1, 3, 3))


def test_error_is_float32_under_autocast(batch):
    with torch.autocast("cpu", torch.bfloat16):
        error = reconstruction_error(Reconstructor(decoder(5)), batch.features, batch.classes, batch.targets)
    assert error.dtype == torch.float32
