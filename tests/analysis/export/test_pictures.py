"""Figures as files, drawn in a real browser."""

import shutil
import xml.etree.ElementTree as ET
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from spreadtune.analysis.export.pictures import WIDTH
from spreadtune.analysis.results import Results

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(shutil.which("chromium") is None, reason="chromium is not installed"),
]


def test_every_figure_is_drawn_and_drawn_the_same(sweep: Results, tmp_path: Path) -> None:
    pytest.importorskip("kaleido")
    one, other = (sweep.export(tmp_path / name, ["figures"]) for name in ("one", "other"))
    assert one.missing is None
    assert {path.name for path in one.files} == {
        f"{name}.{kind}" for name in ("spread", "accuracy", "tradeoff", "learning-curves") for kind in ("png", "svg")
    }
    for path, again in zip(one.files, other.files, strict=True):
        if path.suffix == ".svg":
            assert path.read_bytes() == again.read_bytes()
            assert ET.fromstring(path.read_bytes()).get("width") == str(WIDTH)
        else:
            picture = np.asarray(Image.open(path).convert("RGB"))
            assert picture.shape[1] == 2 * WIDTH
            assert (picture[0, 0] == 255).all(), "on white"
            assert len(np.unique(picture.reshape(-1, 3), axis=0)) > 50, "something is drawn"
