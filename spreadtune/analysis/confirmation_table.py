"""A confirmation in tables: the settings, their comparisons, the openings of the test split."""

import pandas as pd

from spreadtune.analysis.columns import Column
from spreadtune.analysis.confirmation import Against, Confirmation, Confirmed
from spreadtune.analysis.statistics import Interval, interval
from spreadtune.analysis.words import measured, signed


def confirmation_tables(found: Confirmation) -> list[list[Column]]:
    """The tables' columns; comparisons where there is something to compare, openings where there were several."""
    tables = [confirmed_columns(found), comparison_columns(found) if found.against else []]
    if found.former:
        tables.append(_columns(_openings(found)))
    return [columns for columns in tables if columns]


def confirmed_columns(found: Confirmation) -> list[Column]:
    """The best setting of each variant on test, on validation and in the search, the chosen one first."""
    return _columns([_settings(each) for each in found.every])


def comparison_columns(found: Confirmation) -> list[Column]:
    """The chosen setting minus each other one on the test split."""
    return _columns([_against(found.chosen, each) for each in found.against])


def _settings(each: Confirmed) -> dict[str, object]:
    return {
        "variant": each.variant,
        "loss": each.name,
        "setting": each.values,
        "seeds": len(each.test),
        "test": _shown(interval(each.test)),
        "validation": _shown(interval(each.validation)),
        "validation − test": _signed(each.gap),
        "search (seeds)": f"{_shown(interval(each.searched))} ({len(each.searched)})",
        "luck": signed(each.luck),
    }


def _against(chosen: Confirmed, each: Against) -> dict[str, object]:
    found = each.found
    return {
        "on test": f"{chosen.called} − {each.other.called}",
        "shared seeds": found.difference.n,
        "difference": _signed(found.difference),
        "d_z": found.effect_size,
        "p": found.p,
        "p, Holm": each.adjusted,
    }


def _openings(found: Confirmation) -> list[dict[str, object]]:
    return [
        {"variant": opening.variant, "confirmed": opening.values, "trials": ", ".join(map(str, opening.trials))}
        for opening in found.openings
    ]


def _shown(found: Interval) -> str:
    return measured(found.mean, found.half_width).replace("+-", "±")


def _signed(found: Interval) -> str:
    return signed(found.mean, found.half_width).replace("+-", "±")


def _columns(rows: list[dict[str, object]]) -> list[Column]:
    frame = pd.DataFrame(rows)
    return [Column(str(name), frame[name]) for name in frame]
