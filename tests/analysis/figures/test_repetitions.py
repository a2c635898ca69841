"""What captions say of seeds."""

import math

import pandas as pd

from spreadtune.analysis.figures.repetitions import repetitions


def test_captions_say_how_many_seeds_there_are() -> None:
    table = pd.DataFrame({"n": [1, 3], "x": [0.0, math.nan], "label": ["alpha 0", "variant plain"]})
    assert "n = 1 to 3; bars are 95% Student t intervals" in repetitions(table)
    assert repetitions(table).endswith("Not on this axis: variant plain.")
    assert repetitions(table.iloc[:1]) == "One trial a setting, so there is no interval."
    assert "too few for an interval" in repetitions(table.iloc[:1].assign(n=2))
