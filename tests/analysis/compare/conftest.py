"""Two runs or more of the same study, with numbers that are known."""

import json
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import pytest

from spreadtune.analysis.results import Results
from tests.analysis.conftest import MANIFEST, NewRun

MakeRun = Callable[..., Results]


@pytest.fixture
def make_run(new_run: NewRun) -> MakeRun:
    """Makes a run of alphas at seeds whose transfer accuracy is ``transfer(alpha, seed)``."""

    def make(
        transfer: Callable[[float, int], float],
        *,
        alphas: Sequence[float] = (0.0, 0.56, 1.0),
        seeds: Sequence[int] = (0, 1, 2),
        study: Mapping[str, str] = {},
        manifest: Mapping[str, Any] = {},
        search: str | None = None,
    ) -> Results:
        grid = "{search: {seeds: 3, space: {objective.alpha: {grid: [0, 0.56, 1]}}}}"
        run = new_run(search or f"\n{grid[1:-1]}\n")
        text = run.run.study_file.read_text()
        for old, new in study.items():
            assert old in text
            text = text.replace(old, new)
        run.run.study_file.write_text(text)
        for seed in seeds:
            for setting, alpha in enumerate(alphas):
                value = transfer(alpha, seed)
                run.trial(
                    setting, seed, alpha=alpha, params={"objective.alpha": alpha}, **{"metric.transfer_accuracy": value}
                )
        results = run.write()
        results.run.manifest_file.write_text(json.dumps(MANIFEST | dict(manifest)))
        return results

    return make
