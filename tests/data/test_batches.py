import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from spreadtune.data.batches import epoch_batches
from spreadtune.errors import UserError


def stream(seed: int = 0) -> torch.Generator:
    return torch.Generator().manual_seed(seed)


def labels(*sizes: int) -> torch.Tensor:
    """Classes of the given sizes, mixed."""
    classes = torch.repeat_interleave(torch.arange(len(sizes)), torch.tensor(sizes))
    return classes[torch.randperm(len(classes), generator=stream(1))]


@given(images=st.integers(2, 60), batch_size=st.integers(2, 60), seed=st.integers(0, 2**62))
def test_a_shuffled_epoch_visits_an_image_at_most_once_and_drops_less_than_a_batch(images, batch_size, seed):
    batch_size = min(images, batch_size)
    order = epoch_batches(torch.arange(images) % 2, batch_size, "shuffled", stream(seed))
    assert order.shape == (images // batch_size, batch_size)
    visited = order.flatten().tolist()
    assert len(set(visited)) == len(visited) > images - batch_size
    assert set(visited) <= set(range(images))


@given(
    sizes=st.lists(st.integers(1, 30), min_size=2, max_size=5),
    per_class=st.integers(1, 4),
    seed=st.integers(0, 2**62),
)
def test_a_balanced_batch_has_as_many_of_every_class(sizes, per_class, seed):
    classes, batch_size = labels(*sizes), per_class * len(sizes)
    if batch_size > len(classes):
        return
    order = epoch_batches(classes, batch_size, "balanced", stream(seed))
    assert order.shape == (len(classes) // batch_size, batch_size)
    for batch in order:
        assert torch.bincount(classes[batch]).tolist() == [per_class] * len(sizes)


def test_a_class_is_exhausted_before_any_of_its_images_returns():
    classes = labels(7, 40)
    order = epoch_batches(classes, 4, "balanced", stream())
    rare = order[classes[order] == 0]  # 2 a batch, 11 batches: three shuffles of 7 and one image more
    assert len(rare) == 22
    for deal in rare[:21].split(7):
        assert len(set(deal.tolist())) == 7
    assert rare[:7].tolist() != rare[7:14].tolist()


def test_any_worker_slice_of_a_balanced_batch_is_balanced():
    classes = labels(30, 30, 30)
    for batch in epoch_batches(classes, 12, "balanced", stream()):
        for part in batch.split(6):
            assert torch.bincount(classes[part]).tolist() == [2, 2, 2]


@pytest.mark.parametrize("batches", ["shuffled", "balanced"])
def test_the_seed_alone_decides_the_order(batches):
    classes = labels(30, 30)
    order = epoch_batches(classes, 10, batches, stream(3))
    assert torch.equal(order, epoch_batches(classes, 10, batches, stream(3)))
    assert not torch.equal(order, epoch_batches(classes, 10, batches, stream(4)))


@pytest.mark.parametrize("batches", ["shuffled", "balanced"])
def test_every_image_comes_first_equally_often(batches):
    classes, generator, epochs = labels(5, 5), stream(), 2000
    first = torch.stack([epoch_batches(classes, 4, batches, generator)[0, :2] for _ in range(epochs)])
    # Two of ten images: 400 visits each, standard deviation about 18.
    visits = torch.bincount(first.flatten(), minlength=10)
    assert (visits - 400).abs().max() < 90


def test_impossible_batches_are_refused():
    with pytest.raises(UserError, match=r"data\.batch_size: 8 exceeds"):
        epoch_batches(labels(3, 3), 8, "shuffled", stream())
    with pytest.raises(UserError, match=r"data\.batch_size: 5 is not a multiple of the 2 classes.*use 4 or 6"):
        epoch_batches(labels(9, 9), 5, "balanced", stream())
    with pytest.raises(UserError, match="no image of class 1"):
        epoch_batches(torch.tensor([0, 0, 2, 2]), 3, "balanced", stream())
