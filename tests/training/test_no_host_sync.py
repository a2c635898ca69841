"""Between epoch ends the host never waits for the device: no read of a value, no shape that depends on data."""

import ast
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
import torch
from torch.utils._python_dispatch import TorchDispatchMode

import spreadtune
from spreadtune.data.views import build_augmentation
from spreadtune.spec.data import SimclrAugmentation
from tests.small_trial import AUTOENCODER, epoch_trainer, small_trial

SIMCLR = {"data.augmentation": {"name": "simclr", "blur": 0.5}}
WAITING = {"_local_scalar_dense", "item", "nonzero", "masked_select", "unique", "_unique2", "index by mask"}


class Operators(TorchDispatchMode):
    """Counts operators, those apart that index with a mask."""

    def __init__(self) -> None:
        super().__init__()
        self.seen: Counter[str] = Counter()

    def __torch_dispatch__(self, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        name = func.overloadpacket.__name__
        indices = args[1] if name in ("index", "index_put", "index_put_") else ()
        masked = any(index is not None and not index.dtype.is_signed for index in indices)
        self.seen["index by mask" if masked else name] += 1
        return func(*args, **(kwargs or {}))


@pytest.mark.parametrize(
    "changes",
    [{"data.batches": "balanced"}, {**AUTOENCODER, "model.head": "mlp"}, {"objective": {"name": "infonce"}}, SIMCLR],
    ids=["balanced", "autoencoder", "infonce", "simclr"],
)
def test_no_operator_of_an_epoch_waits(changes: dict[str, Any]) -> None:
    trainer = epoch_trainer(small_trial(changes))
    with Operators() as operators:
        trainer.train_epoch(1)
    assert operators.seen["_fused_adamw_"] == 3  # the steps were recorded
    assert not WAITING & operators.seen.keys()


def test_no_operator_of_colour_views_waits() -> None:
    images = torch.zeros(3, 3, 8, 8, dtype=torch.uint8)
    augmentation = build_augmentation(SimclrAugmentation(blur=0.5))
    with Operators() as operators:
        augmentation(images, 2, torch.Generator())
    assert operators.seen["grid_sampler_2d"] == 1  # the views were recorded
    assert not WAITING & operators.seen.keys()


READS = {"item", "tolist", "numpy", "cpu", "nonzero"}

ALLOWED = {
    "data/batches.py": {"epoch_batches": 1},  # the class sizes, once an epoch
    "training/epoch.py": {"_to_host": 1, "batch_class_counts": 1},  # an epoch's end, and the training's
}

HOT = [
    "data/batches.py",
    "data/blur.py",
    "data/colour.py",
    "data/crop.py",
    "data/device.py",
    "data/grey.py",
    "data/simclr.py",
    "data/views.py",
    "training/epoch.py",
    "training/model.py",
    "training/step.py",
    "training/worker_group.py",
    "training/workers.py",
    *(f"objectives/{path.name}" for path in sorted(Path(spreadtune.__file__).parent.glob("objectives/*.py"))),
]


@pytest.mark.parametrize("name", HOT)
def test_hot_files_read_no_tensor_but_where_it_is_meant(name: str) -> None:
    """On a CPU some reads show no operator (``tolist``), so the source is asked too."""
    tree = ast.parse((Path(spreadtune.__file__).parent / name).read_text())
    found: Counter[str] = Counter()
    for function in ast.walk(tree):
        if isinstance(function, ast.FunctionDef):
            found[function.name] += sum(
                isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in READS
                for node in ast.walk(function)
            )
    assert +found == Counter(ALLOWED.get(name, {}))
