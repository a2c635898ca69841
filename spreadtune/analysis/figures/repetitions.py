"""What a caption says of the seeds behind a figure."""

import pandas as pd

from spreadtune.analysis.statistics import LEAST_REPETITIONS


def repetitions(table: pd.DataFrame) -> str:
    """How many seeds stand behind a table's settings, which interval is drawn, and what has no place on the axis."""
    elsewhere = table.loc[table["x"].isna(), "label"]
    missing = f" Not on this axis: {', '.join(elsewhere)}." if len(elsewhere) else ""
    if table["n"].max() == 1:
        return f"One trial a setting, so there is no interval.{missing}"
    return f"Large markers are means over seeds ({seeds_behind(table)}), small dots single trials.{missing}"


def seeds_behind(table: pd.DataFrame) -> str:
    """How many seeds a table's settings have and whether that gives intervals: ``n = 3; bars are ... intervals``."""
    low, high = int(table["n"].min()), int(table["n"].max())
    seeds = f"n = {low}" if low == high else f"n = {low} to {high}"
    enough = high >= LEAST_REPETITIONS
    return f"{seeds}; {'bars are 95% Student t intervals' if enough else 'too few for an interval, so none is drawn'}"
