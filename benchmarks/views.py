"""Views of colour images: ours beside torchvision's and kornia's, and beside the training step they are made for.

    pip install -c constraints.txt -e ".[bench]"
    SPREADTUNE_DATA=... python benchmarks/views.py [--batch 256] [--views 2] [--repeats 21] [--side 32]

The same operations with the same probabilities on one thread: random resized crop, mirror, colour jitter, grayscale.
torchvision draws once for whatever it is handed, so for views of their own the images pass through it one by one.
kornia draws for each image, the order of the four changes apart, which is one for whatever it is handed; it is also
timed in blocks that fit the cache, as ours works. CIFAR-10's images where SPREADTUNE_DATA has them, else noise.
Everybody takes a turn in each repeat, so that a busy machine slows all; quote the ratios, which are taken within a
repeat.
"""

import json
import os
import platform
import statistics
import time
from argparse import ArgumentParser
from collections.abc import Callable
from pathlib import Path
from unittest.mock import patch

import kornia
import kornia.augmentation as K
import psutil
import torch
import torchvision
from torch import Tensor, nn
from torchvision.datasets import CIFAR10
from torchvision.transforms import v2

from spreadtune.data import simclr
from spreadtune.models.convnet import build as build_convnet
from spreadtune.spec.data import SimclrAugmentation
from spreadtune.spec.model import ConvnetEncoder

CONFIG = SimclrAugmentation()
AREA, RATIO = (CONFIG.area, 1.0), (1 / CONFIG.ratio, CONFIG.ratio)
EXTENTS = (CONFIG.brightness, CONFIG.contrast, CONFIG.saturation, CONFIG.hue)
OURS, STEP = "ours", "training step without views"


def main() -> None:
    parser = ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--batch", type=int, default=256)
    parser.add_argument("--views", type=int, default=2)
    parser.add_argument("--repeats", type=int, default=21)
    parser.add_argument("--side", type=int, default=32, help="noise of this side in place of CIFAR's 32 pixels")
    arguments = parser.parse_args()
    torch.set_num_threads(1)
    torch.manual_seed(0)
    load = _load()
    images, source = some_images(arguments.batch, arguments.side)
    contenders = makers_of_views(images, arguments.views)
    outputs = {name: make() for name, make in contenders.items()}
    assert all(views.shape == outputs[OURS].shape for views in outputs.values())
    times = interleaved(contenders | {STEP: training_step(outputs[OURS])}, arguments.repeats)
    print(
        f"{arguments.views} views of {arguments.batch} images {tuple(images.shape[1:])}, {source}; one thread; ", end=""
    )
    print(f"{arguments.repeats} repeats after one to warm up; load before: {load}, after: {_load()}.")
    print(f"{_processor()}; Python {platform.python_version()}, torch {torch.__version__}, ", end="")
    print(f"torchvision {torchvision.__version__}, kornia {kornia.__version__}.\n")
    print_table(times, outputs)


def some_images(batch: int, side: int) -> tuple[Tensor, str]:
    """uint8 (batch, 3, side, side), and in words where they are from."""
    root = Path(os.environ.get("SPREADTUNE_DATA", ""), "cifar-10-batches-py")
    if side == 32 and root.is_dir():
        data = CIFAR10(root.parent, train=True, download=False).data[:batch]
        return torch.from_numpy(data).permute(0, 3, 1, 2).contiguous(), "CIFAR-10's first training images"
    return torch.randint(256, (batch, 3, side, side), dtype=torch.uint8), "noise"


def makers_of_views(images: Tensor, views: int) -> dict[str, Callable[[], Tensor]]:
    """By name, functions that make float32 views (V, B, C, H, W) of the uint8 images."""
    side = images.shape[-1]
    fits_the_cache = max(1, simclr.CACHED // images[0].numel())
    augmentation, generator = simclr.build(CONFIG), torch.Generator().manual_seed(0)

    def ours() -> Tensor:
        return augmentation(images, views, generator).inputs

    def ours_at_once() -> Tensor:
        with patch.object(simclr, "CACHED", 2**62):
            return ours()

    def one_by_one(transform: nn.Module) -> Callable[[], Tensor]:
        return lambda: torch.stack([torch.stack([transform(image) for image in images]) for _ in range(views)])

    def in_blocks(transform: nn.Module, size: int) -> Callable[[], Tensor]:
        def make() -> Tensor:
            pixels = (images.float() / 255).repeat(views, 1, 1, 1)
            return torch.cat([transform(block) for block in pixels.split(size)]).unflatten(0, (views, -1))

        return make

    return {
        OURS: ours,
        "ours, in one block": ours_at_once,
        "torchvision, uint8, image by image": one_by_one(of_torchvision(side, early=False)),
        "torchvision, float32, image by image": one_by_one(of_torchvision(side, early=True)),
        "kornia, cropped by slices": in_blocks(of_kornia(side, "slice"), len(images) * views),
        "kornia, cropped by resampling": in_blocks(of_kornia(side, "resample"), len(images) * views),
        "kornia, cropped by resampling, in blocks": in_blocks(of_kornia(side, "resample"), fits_the_cache),
    }


def of_torchvision(side: int, *, early: bool) -> nn.Module:
    """``early``: to float32 first rather than last."""
    to_float = v2.ToDtype(torch.float32, scale=True)
    steps = [
        v2.RandomResizedCrop(side, scale=AREA, ratio=RATIO, antialias=True),
        v2.RandomHorizontalFlip(CONFIG.flip),
        v2.RandomApply([v2.ColorJitter(*EXTENTS)], CONFIG.jitter),
        v2.RandomGrayscale(CONFIG.grayscale),
    ]
    return v2.Compose([to_float, *steps] if early else [*steps, to_float])


def of_kornia(side: int, cropping_mode: str) -> nn.Module:
    return K.AugmentationSequential(
        K.RandomResizedCrop(
            (side, side), scale=AREA, ratio=RATIO, align_corners=False, cropping_mode=cropping_mode, same_on_batch=False
        ),
        K.RandomHorizontalFlip(p=CONFIG.flip, same_on_batch=False),
        K.ColorJitter(*EXTENTS, p=CONFIG.jitter, same_on_batch=False),
        K.RandomGrayscale(p=CONFIG.grayscale, same_on_batch=False),
    )


def training_step(views: Tensor) -> Callable[[], Tensor]:
    """Forward, backward and one step of AdamW for the convnet encoder on these views; the loss is a stand-in."""
    pixels = views.flatten(0, 1)
    model = build_convnet(ConvnetEncoder(), (pixels.shape[1], pixels.shape[2], pixels.shape[3]))
    optimizer = torch.optim.AdamW(model.parameters(), fused=True)

    def step() -> Tensor:
        optimizer.zero_grad()
        loss: Tensor = model(pixels).square().mean()
        loss.backward()
        optimizer.step()
        return loss

    return step


def interleaved(functions: dict[str, Callable[[], Tensor]], repeats: int) -> dict[str, list[float]]:
    """Milliseconds of each call, by name; the first round is thrown away, and each round starts with another."""
    times: dict[str, list[float]] = {name: [] for name in functions}
    names = list(functions)
    for repeat in range(repeats + 1):
        for name in names[repeat % len(names) :] + names[: repeat % len(names)]:
            began = time.perf_counter()
            functions[name]()
            times[name].append(1000 * (time.perf_counter() - began))
    return {name: some[1:] for name, some in times.items()}


def print_table(times: dict[str, list[float]], outputs: dict[str, Tensor]) -> None:
    print("| | ms, median (quartiles) | times ours, median (quartiles) | mean and deviation of pixels |")
    print("|---|---|---|---|")
    for name, some in times.items():
        ratios = [one / ours for one, ours in zip(some, times[OURS], strict=True)]
        pixels = f"{outputs[name].mean():.3f}, {outputs[name].std():.3f}" if name in outputs else ""
        print(f"| {name} | {_spread(some, 1)} | {_spread(ratios, 2)} | {pixels} |")
    shares = [100 * ours / (ours + step) for ours, step in zip(times[OURS], times[STEP], strict=True)]
    print(f"\nOurs are {_spread(shares, 1)} % of a training step that makes its views first.")


def _spread(values: list[float], digits: int) -> str:
    low, middle, high = statistics.quantiles(values, n=4)
    return f"{middle:.{digits}f} ({low:.{digits}f} to {high:.{digits}f})"


def _processor() -> str:
    information = Path("/proc/cpuinfo")
    lines = information.read_text().splitlines() if information.is_file() else []
    model = next(
        (line.partition(":")[2].strip() for line in lines if line.startswith("model name")), "processor unknown"
    )
    return f"{model}, {psutil.cpu_count()} CPUs"


def _load() -> str:
    return json.dumps([round(load, 1) for load in psutil.getloadavg()])


if __name__ == "__main__":
    main()
