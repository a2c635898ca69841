"""How many 32x32 colour images a second each encoder takes forward and backward, in both memory layouts.

    python benchmarks/encoders.py [--device cpu] [--threads 1] [--precision float32] [--batch-size 128] [--repeats 7]

Prints a Markdown table. A repeat runs one step of every encoder in either layout, one after the other, so that a busy
machine slows all alike; the ratio is taken within each repeat, and is what to quote. The images lie as views do,
channels first; channels last is how the encoders are built. No optimizer, no views, no loss but a mean of squares.
"""

import platform
import statistics
import time
from argparse import ArgumentParser
from collections.abc import Callable, Sequence
from pathlib import Path

import psutil
import torch
from torch import nn

from spreadtune.models import build_encoder
from spreadtune.spec.model import ModelConfig
from spreadtune.training.precision import Precision, autocast

SHAPE = (3, 32, 32)
ENCODERS = {
    "convnet, width 16": {"name": "convnet", "width": 16},
    "convnet, width 16, stride 2": {"name": "convnet", "width": 16, "stride": 2},
    "convnet, width 32": {"name": "convnet", "width": 32},
    "convnet, width 32, stride 2": {"name": "convnet", "width": 32, "stride": 2},
    "resnet18": {"name": "resnet18"},
    "resnet18, group norm": {"name": "resnet18", "norm": "group"},
    "vit": {"name": "vit"},
}
LAYOUTS = {"channels last": torch.channels_last, "channels first": torch.contiguous_format}


def main() -> None:
    parser = ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--device", default="cpu")
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--precision", choices=["float32", "bfloat16"], default="float32")
    parser.add_argument("--batch-size", type=int, default=128)
    parser.add_argument("--repeats", type=int, default=7)
    arguments = parser.parse_args()
    torch.set_num_threads(arguments.threads)
    device = torch.device(arguments.device)
    images = torch.rand(arguments.batch_size, *SHAPE).to(device)
    steps = {
        (name, layout): training_step(part, memory_format, images, arguments.precision)
        for name, part in ENCODERS.items()
        for layout, memory_format in LAYOUTS.items()
    }
    print(f"{hardware(device)}; Python {platform.python_version()}, torch {torch.__version__}; load {load()}")
    for step in steps.values():
        seconds(step, device)  # kernels are chosen and memory is taken
    rates: dict[tuple[str, str], list[float]] = {key: [] for key in steps}
    for _ in range(arguments.repeats):
        for key, step in steps.items():
            rates[key].append(len(images) / seconds(step, device))
    print(
        f"n = {arguments.repeats}, batch {len(images)}, {arguments.threads} threads, {arguments.precision}; "
        f"load {load()}"
    )
    print()
    print(table(rates))


def training_step(
    part: dict[str, object], memory_format: torch.memory_format, images: torch.Tensor, precision: Precision
) -> Callable[[], None]:
    """Forward and backward through a new encoder, lying in memory as asked."""
    encoder: nn.Module = build_encoder(ModelConfig(encoder=part).encoder, SHAPE)
    encoder = encoder.to(device=images.device, memory_format=memory_format)

    def step() -> None:
        encoder.zero_grad()
        with autocast(precision, images.device):
            embeddings = encoder(images)
        embeddings.float().square().mean().backward()

    return step


def seconds(step: Callable[[], None], device: torch.device) -> float:
    """How long one step takes, the device's part included."""
    wait = torch.cuda.synchronize if device.type == "cuda" else lambda: None
    wait()
    started = time.perf_counter()
    step()
    wait()
    return time.perf_counter() - started


def table(rates: dict[tuple[str, str], list[float]]) -> str:
    """Images a second by encoder and layout, and the ratio of the layouts: median (quartiles)."""
    lines = [f"| encoder | {' | '.join(LAYOUTS)} | ratio |", "|---" * (len(LAYOUTS) + 2) + "|"]
    for name in ENCODERS:
        last, first = (rates[name, layout] for layout in LAYOUTS)
        ratios = [one / other for one, other in zip(last, first, strict=True)]
        lines.append(f"| {name} | {spread(last, '.0f')} | {spread(first, '.0f')} | {spread(ratios, '.2f')} |")
    return "\n".join(lines)


def spread(values: Sequence[float], form: str) -> str:
    low, middle, high = statistics.quantiles(values, n=4, method="inclusive")
    return f"{middle:{form}} ({low:{form}} to {high:{form}})"


def hardware(device: torch.device) -> str:
    if device.type == "cuda":
        return torch.cuda.get_device_name(device)
    lines = Path("/proc/cpuinfo").read_text().splitlines()
    model = next((line.partition(": ")[2] for line in lines if line.startswith("model name")), platform.processor())
    return f"{psutil.cpu_count()} virtual CPUs ({model})"


def load() -> str:
    return ", ".join(f"{value:.1f}" for value in psutil.getloadavg())


if __name__ == "__main__":
    main()
