"""Small study files, as text, in a folder of their own."""

from collections.abc import Callable
from pathlib import Path

import pytest

from spreadtune.spec.load import load_study
from spreadtune.spec.study import Study

BODY = """
data: {dataset: digits, augmentation: grey, batch_size: 128}
model: {encoder: convnet, decoder: conv}
objective: {name: spread, temperature: 0.5}
training: {epochs: 10}
"""

GRID = "search: {space: {objective.alpha: {grid: [0, 0.5, 1]}}}\n"

Load = Callable[..., Study]


@pytest.fixture
def write(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Path]:
    """Write ``s.yaml`` into an empty working directory: the body, then ``search`` (a grid of alpha when left out)."""
    monkeypatch.chdir(tmp_path)

    def write(search: str = GRID, *, body: str = BODY) -> Path:
        path = Path("s.yaml")
        path.write_text(body + search)
        return path

    return write


@pytest.fixture
def load(write: Callable[..., Path]) -> Load:
    """Load such a study with ``--set`` texts."""

    def load(*overrides: str, search: str = GRID, body: str = BODY, **options: object) -> Study:
        return load_study(write(search, body=body), overrides=overrides, **options)  # type: ignore[arg-type]

    return load
