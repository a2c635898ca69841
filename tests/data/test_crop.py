from collections.abc import Callable

import pytest
import torch
from scipy import stats
from torch import Tensor
from torchvision.transforms import v2
from torchvision.transforms.v2 import functional as oracle

from spreadtune.data.crop import Crops, draw_crops, look

RATIO = 4 / 3


def stream(seed: int = 0) -> torch.Generator:
    return torch.Generator().manual_seed(seed)


def crops_of(sides: tuple[int, int], count: int, area: float = 0.2, ratio: float = RATIO, seed: int = 0) -> Crops:
    """Crops (1, count)."""
    return draw_crops(sides, 1, count, stream(seed), smallest_area=area, largest_ratio=ratio, mirrored=0.5)


def boxes(crops: Crops) -> list[list[int]]:
    """Top, left, height and width of each."""
    sides = torch.stack([crops.top, crops.left, crops.height, crops.width], dim=-1).flatten(0, 1)
    return [[int(side) for side in box] for box in sides.tolist()]


@pytest.mark.parametrize("antialias", [False, True])
@pytest.mark.parametrize("shape", [(3, 32, 32), (1, 9, 14), (3, 17, 8)])
def test_a_view_is_torchvisions_resized_crop_and_flip(shape: tuple[int, int, int], antialias: bool) -> None:
    """With and without smoothing against aliasing: enlarging, it changes nothing."""
    _, *sides = shape
    pixels = torch.rand(60, *shape, generator=stream())
    crops = crops_of((sides[0], sides[1]), 60, area=0.02)
    for image, box, mirrored, seen in zip(pixels, boxes(crops), crops.mirrored[0], look(pixels, crops)[0], strict=True):
        wanted = oracle.resized_crop(image, *box, size=sides, antialias=antialias)
        torch.testing.assert_close(seen, oracle.hflip(wanted) if mirrored else wanted, rtol=0, atol=1e-5)


def test_the_whole_image_and_a_single_pixel() -> None:
    pixels = torch.rand(2, 3, 8, 8, generator=stream())
    whole = Crops(*(torch.tensor([[value, value]]) for value in (0.0, 0.0, 8.0, 8.0)), torch.tensor([[False, True]]))
    seen = look(pixels, whole)[0]
    torch.testing.assert_close(seen, torch.stack([pixels[0], pixels[1].flip(-1)]), rtol=0, atol=1e-5)
    one = Crops(*(torch.tensor([[value, value]]) for value in (7.0, 2.0, 1.0, 1.0)), torch.tensor([[False, True]]))
    torch.testing.assert_close(look(pixels, one)[0], pixels[:, :, 7:, 2:3].expand(-1, -1, 8, 8), rtol=0, atol=1e-5)


def torchvision_boxes(sides: tuple[int, int], count: int, area: float, ratio: float) -> Tensor:
    transform = v2.RandomResizedCrop(sides, scale=(area, 1), ratio=(1 / ratio, ratio))
    image = [torch.zeros(1, *sides)]
    with torch.random.fork_rng():
        torch.manual_seed(1)
        drawn = [transform.make_params(image) for _ in range(count)]
    return torch.tensor([[box["top"], box["left"], box["height"], box["width"]] for box in drawn])


@pytest.mark.parametrize("sides", [(32, 32), (64, 64), (40, 32), (24, 64), (64, 16)])
def test_crops_are_distributed_as_torchvisions(sides: tuple[int, int]) -> None:
    """The long images have crops that no attempt fits, so that the last resort is among what is compared."""
    count = 4000
    ours = torch.tensor(boxes(crops_of(sides, count)))
    theirs = torchvision_boxes(sides, count, 0.2, RATIO)
    quantities: dict[str, Callable[[Tensor], Tensor]] = {
        "top": lambda box: box[:, 0],
        "left": lambda box: box[:, 1],
        "height": lambda box: box[:, 2],
        "width": lambda box: box[:, 3],
        "area": lambda box: box[:, 2] * box[:, 3],
        "ratio": lambda box: box[:, 3] / box[:, 2],
        "bottom": lambda box: box[:, 0] + box[:, 2],
        "right": lambda box: box[:, 1] + box[:, 3],
    }
    for name, quantity in quantities.items():
        assert stats.ks_2samp(quantity(ours), quantity(theirs), method="asymp").pvalue > 1e-3, name


@pytest.mark.parametrize(
    ("sides", "box"), [((32, 32), [0, 0, 32, 32]), ((8, 32), [0, 10, 8, 11]), ((33, 9), [10, 0, 12, 9])]
)
def test_the_last_resort_is_torchvisions(sides: tuple[int, int], box: list[int]) -> None:
    """Crops of the whole area fit a square nearly never and a longer image never."""
    ours, theirs = boxes(crops_of(sides, 50, area=1.0)), torchvision_boxes(sides, 50, 1.0, RATIO).tolist()
    assert max(ours, key=ours.count) == max(theirs, key=theirs.count) == box
    if sides[0] != sides[1]:
        assert ours == theirs


def test_areas_ratios_and_mirrors_are_as_they_are_asked_for() -> None:
    crops = crops_of((400, 400), 20_000, area=0.1, ratio=2.0)
    area, ratio = (crops.height * crops.width / 400**2)[0], (crops.width / crops.height)[0]
    assert 0.099 < area.min() < 0.11
    assert 0.49 < ratio.min() < 0.51
    assert 1.98 < ratio.max() < 2.02
    small = area < 0.5  # crops that fit whatever their ratio
    assert stats.kstest((area[small].numpy() - 0.1) / 0.4, "uniform").pvalue > 1e-3
    assert stats.kstest(ratio[small].log2().numpy() / 2 + 0.5, "uniform").pvalue > 1e-3
    # 20,000 views: a standard deviation of .0035.
    assert crops.mirrored.float().mean().item() == pytest.approx(0.5, abs=0.015)


def test_every_crop_lies_in_its_image() -> None:
    crops = crops_of((9, 12), 20_000, area=0.01, ratio=5.0)
    for start, length, side in ((crops.top, crops.height, 9), (crops.left, crops.width, 12)):
        assert start.min() >= 0
        assert length.min() >= 1
        assert (start + length).max() <= side
