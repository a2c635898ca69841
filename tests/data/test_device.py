import pytest
import torch

from spreadtune.data import Dataset
from spreadtune.data.device import DeviceSplit

CPU = torch.device("cpu")


@pytest.mark.parametrize("placement", ["auto", "device", "host"])
def test_tensors_hold_the_arrays(make_shapes, placement):
    split = Dataset(make_shapes()).split("train")
    placed = DeviceSplit.of(split, CPU, placement)
    assert placed.images.dtype == torch.uint8
    assert len(placed) == len(split)
    indices = torch.tensor([5, 0, 5])
    assert torch.equal(placed.images_at(indices), torch.from_numpy(split.images[[5, 0, 5]]))
    for level, values in placed.labels.by_name().items():
        assert values.dtype == torch.int64
        assert torch.equal(values, torch.from_numpy(split.labels.by_name()[level]))


@pytest.mark.parametrize("placement", ["device", "host"])
def test_some_images_are_taken_with_their_labels(make_shapes, placement):
    split = Dataset(make_shapes()).split("train")
    some = DeviceSplit.of(split, CPU, placement).take(torch.tensor([5, 0]))
    assert torch.equal(some.images_at(torch.tensor([0, 1])), torch.from_numpy(split.images[[5, 0]]))
    assert some.labels.subclasses.tolist() == split.labels.subclasses[[5, 0]].tolist()
    assert len(some) == 2


@pytest.mark.parametrize("size", [1, 7, 1000])
def test_batches_hold_every_image_in_order(make_shapes, size):
    split = Dataset(make_shapes()).split("validation")
    batches = list(DeviceSplit.of(split, CPU).batches(size))
    assert max(map(len, batches)) <= size
    assert torch.equal(torch.cat(batches), torch.from_numpy(split.images))


def test_batches_of_a_part(make_shapes):
    split = Dataset(make_shapes()).split("train")
    batches = list(DeviceSplit.of(split, CPU).batches(5, slice(3, 15)))
    assert torch.equal(torch.cat(batches), torch.from_numpy(split.images[3:15]))


def test_images_stay_where_they_are_unless_they_fit_the_device(make_shapes):
    """All trials of a machine share the pages of a memory map; a copy would be a trial's own."""
    dataset = Dataset(make_shapes())
    split = dataset.split("train")
    size = split.images.nbytes

    def shares(**options):
        return DeviceSplit.of(split, CPU, **options).images.data_ptr() == split.source.ctypes.data

    assert shares()
    assert shares(memory=4 * size - 1)
    assert not shares(memory=4 * size)
    assert not shares(placement="device")
    assert shares(placement="host", memory=4 * size)


def test_images_of_a_read_only_source_are_read_without_a_copy_or_a_warning(make_shapes, recwarn):
    image_set = make_shapes()
    image_set.images.flags.writeable = False
    split = Dataset(image_set).split("train")
    assert DeviceSplit.of(split, CPU).images.data_ptr() == image_set.images.ctypes.data
    assert not recwarn.list


@pytest.mark.skipif(not torch.cuda.is_available(), reason="needs a CUDA device")
@pytest.mark.parametrize(("placement", "home"), [("auto", "cpu"), ("device", "cuda"), ("host", "cpu")])
def test_batches_arrive_on_the_device_from_where_the_images_are(make_shapes, placement, home):
    split = Dataset(make_shapes()).split("train")
    placed = DeviceSplit.of(split, torch.device("cuda"), placement)
    assert placed.images.device.type == home
    batch = placed.images_at(torch.tensor([3, 1], device="cuda"))
    assert batch.device.type == "cuda"
    assert torch.equal(batch.cpu(), torch.from_numpy(split.images[[3, 1]]))
