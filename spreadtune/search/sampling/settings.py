"""Settings: when two trials are the same one, and which ones a grid has."""

import itertools
import json
from collections.abc import Iterator

from spreadtune.spec.domain import Grid
from spreadtune.spec.seed import Seed
from spreadtune.spec.trial import TrialSpec
from spreadtune.spec.variant import Variant

Value = float | int | str | bool
"""A searched value as it stands in a trial's file."""


def setting_key(spec: TrialSpec) -> str:
    """Equal for two trials exactly when their resolved files without ``seed`` are equal."""
    return json.dumps(spec.model_dump(mode="json", exclude={"seed"}), sort_keys=True)


def grid_settings(variant: Variant) -> Iterator[dict[str, Value]]:
    """Every setting of a grid once, paths in the file's order, the last fastest.

    A path whose condition is unmet is left out, and what then is the same setting twice comes once.
    """
    listed = {path: domain.grid for path, domain in variant.space.items() if isinstance(domain, Grid)}
    assert listed.keys() == variant.space.keys(), "a grid is searched over grid domains alone"
    seen = set()
    for combination in itertools.product(*listed.values()):
        candidate = dict(zip(listed, combination, strict=True))
        values: dict[str, Value] = {}
        for path in variant.draw_order():
            if variant.active(path, values):
                values[path] = candidate[path]
        key = setting_key(variant.trial(values, Seed(study=0)))
        if key not in seen:
            seen.add(key)
            yield values
