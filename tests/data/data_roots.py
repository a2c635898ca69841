"""Data roots for tests: real ones where there are any, and small ones in the published formats."""

import hashlib
import os
import pickle
import struct
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torchvision.datasets
from PIL import Image

FINE = ("apple", "bed", "bee", "bottle", "boy", "bus", "can", "cup", "lamp", "lion")
COARSE = ("food", "house", "living")


def real_root(folder: str) -> Path:
    """The data root named by SPREADTUNE_DATA; the test is skipped where it does not hold ``folder``."""
    named = os.environ.get("SPREADTUNE_DATA")
    if not named:
        pytest.skip("SPREADTUNE_DATA names no data root")
    if not (Path(named) / folder).exists():
        pytest.skip(f"the data root that SPREADTUNE_DATA names has no {folder}")
    return Path(named)


def labels(per_label: int) -> list[int]:
    return np.random.default_rng(1).permutation(np.repeat(np.arange(10), per_label)).tolist()


def write_mnist(root: Path, name: str = "MNIST", per_label: int = 20) -> Path:
    """Ten digits as idx files."""
    folder = root / name / "raw"
    folder.mkdir(parents=True)
    random = np.random.default_rng(0)
    for part, count in (("train", per_label), ("t10k", 3)):
        fine = labels(count)
        images = random.integers(0, 256, (len(fine), 28, 28), dtype=np.uint8)
        header = struct.pack(">BBBBIII", 0, 0, 8, 3, *images.shape)
        (folder / f"{part}-images-idx3-ubyte").write_bytes(header + images.tobytes())
        header = struct.pack(">BBBBI", 0, 0, 8, 1, len(fine))
        (folder / f"{part}-labels-idx1-ubyte").write_bytes(header + bytes(fine))
    return folder


def write_cifar10(root: Path, monkeypatch: pytest.MonkeyPatch, per_label: int = 20) -> Path:
    """CIFAR-10's pickles, a few images in each; torchvision is told their checksums."""
    folder = root / "cifar-10-batches-py"
    folder.mkdir(parents=True)
    kind = torchvision.datasets.CIFAR10
    fine = np.array(labels(per_label))
    for (name, _), part in zip(kind.train_list, np.array_split(fine, 5), strict=True):
        _pickle(folder / name, {"labels": part.tolist(), "data": _rows(len(part), seed=int(name[-1]))})
    _pickle(folder / "test_batch", {"labels": labels(3), "data": _rows(30, seed=9)})
    names = ("airplane", "automobile", "bird", "cat", "deer", "dog", "frog", "horse", "ship", "truck")
    _pickle(folder / "batches.meta", {"label_names": list(names)})
    _tell_checksums(kind, folder, monkeypatch)
    return folder


def write_cifar100(root: Path, monkeypatch: pytest.MonkeyPatch, per_label: int = 20) -> Path:
    """CIFAR-100's pickles with ten fine and three coarse labels."""
    folder = root / "cifar-100-python"
    folder.mkdir(parents=True)
    for name, count in (("train", per_label), ("test", 3)):
        fine = labels(count)
        coarse = [label % 3 for label in fine]
        _pickle(folder / name, {"fine_labels": fine, "coarse_labels": coarse, "data": _rows(len(fine), seed=count)})
    _pickle(folder / "meta", {"fine_label_names": list(FINE), "coarse_label_names": list(COARSE)})
    _tell_checksums(torchvision.datasets.CIFAR100, folder, monkeypatch)
    return folder


def write_folder(
    root: Path,
    counts: Mapping[str, int],
    *,
    part: str = "train",
    size: tuple[int, int] = (12, 12),
    mode: str = "RGB",
    suffix: str = ".png",
) -> Path:
    """Random images in ``root/PART/SUBCLASS/``; ``size`` is (width, height)."""
    random = np.random.default_rng(len(part))
    for subclass, count in counts.items():
        folder = root / part / subclass
        folder.mkdir(parents=True)
        for number in range(count):
            pixels = random.integers(0, 256, (size[1], size[0], 3), dtype=np.uint8)
            Image.fromarray(pixels).convert(mode).save(folder / f"{number:03}{suffix}")
    return root


TINY = ("n02124075", "n02123045", "n02106662", "n02099712", "n04146614")
"""Two cats, two dogs and a school bus, not in the order of their ids."""


def write_tiny_imagenet(root: Path, wnids: Sequence[str] = TINY, *, training: int = 20, side: int = 64) -> Path:
    """Tiny ImageNet's archive unpacked, with three validation images of each class, shuffled."""
    random = np.random.default_rng(3)

    def draw(file: Path) -> None:
        file.parent.mkdir(parents=True, exist_ok=True)
        Image.fromarray(random.integers(0, 256, (side, side, 3), dtype=np.uint8)).save(file, "JPEG")

    for wnid in wnids:
        for number in range(training):
            draw(root / "train" / wnid / "images" / f"{wnid}_{number}.JPEG")
        (root / "train" / wnid / f"{wnid}_boxes.txt").write_text(f"{wnid}_0.JPEG\t0\t0\t63\t63\n")
    lines = []
    for number, wnid in enumerate(random.permutation(np.repeat(wnids, 3)).tolist()):
        draw(root / "val" / "images" / f"val_{number}.JPEG")
        lines.append(f"val_{number}.JPEG\t{wnid}\t0\t32\t44\t62\n")
    (root / "val" / "val_annotations.txt").write_text("".join(lines))
    draw(root / "test" / "images" / "test_0.JPEG")
    (root / "wnids.txt").write_text("".join(f"{wnid}\n" for wnid in wnids))
    return root


def write_hierarchy(root: Path, class_of: Mapping[str, str]) -> Path:
    file = root / "hierarchy.csv"
    file.write_text("\n".join(["subclass,class", *(f"{fine},{coarse}" for fine, coarse in class_of.items())]) + "\n")
    return file


def _rows(count: int, seed: int) -> "np.ndarray[Any, Any]":
    return np.random.default_rng(seed).integers(0, 256, (count, 3072), dtype=np.uint8)


def _pickle(file: Path, content: Mapping[str, Any]) -> None:
    file.write_bytes(pickle.dumps(dict(content)))


def _tell_checksums(kind: Any, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def told(files: Sequence[Sequence[str]]) -> list[list[str]]:
        return [[name, hashlib.md5((folder / name).read_bytes()).hexdigest()] for name, _ in files]

    monkeypatch.setattr(kind, "train_list", told(kind.train_list))
    monkeypatch.setattr(kind, "test_list", told(kind.test_list))
    [[_, checksum]] = told([[kind.meta["filename"], ""]])
    monkeypatch.setattr(kind, "meta", {**kind.meta, "md5": checksum})
