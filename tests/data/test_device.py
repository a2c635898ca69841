import pytest
import torch

from spreadtune.data import Dataset
from spreadtune.data.device import DeviceSplit

CPU = torch.device("cpu")


@pytest.mark.parametrize("placement", ["auto", "device", "host"])
def test_tensors_hold_the_arrays(make_shapes, placement):
    split = Dataset(make_shapes()).split("train")
    placed = DeviceSplit.of(split, CPU, placement)
    assert (placed.images.dtype, placed.classes.dtype, placed.subclasses.dtype) == (
        torch.uint8,
        torch.int64,
        torch.int64,
    )
    assert len(placed) == len(split)
    indices = torch.tensor([5, 0, 5])
    assert torch.equal(placed.images_at(indices), torch.from_numpy(split.images[[5, 0, 5]]))
    assert torch.equal(placed.classes, torch.from_numpy(split.classes))
    assert torch.equal(placed.subclasses, torch.from_numpy(split.subclasses))


@pytest.mark.skipif(not torch.cuda.is_available(), reason="needs a CUDA device")
@pytest.mark.parametrize(("placement", "home"), [("auto", "cuda"), ("device", "cuda"), ("host", "cpu")])
def test_batches_arrive_on_the_device_from_where_the_images_are(make_shapes, placement, home):
    split = Dataset(make_shapes()).split("train")
    placed = DeviceSplit.of(split, torch.device("cuda"), placement)
    assert placed.images.device.type == home
    batch = placed.images_at(torch.tensor([3, 1], device="cuda"))
    assert batch.device.type == "cuda"
    assert torch.equal(batch.cpu(), torch.from_numpy(split.images[[3, 1]]))
