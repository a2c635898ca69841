"""A confirmation in tables: the settings, their comparisons, the openings of the test split."""

import pandas as pd

from spreadtune.analysis.confirmation import Against, Confirmation, Confirmed
from spreadtune.analysis.html import Column, table
from spreadtune.analysis.statistics import interval


def confirmation_tables(found: Confirmation) -> str:
    """The tables as HTML; comparisons where there is something to compare, openings where there were several."""
    tables = [_table([_settings(each) for each in found.every])]
    if found.against:
        tables.append(_table([_against(found.chosen, each) for each in found.against]))
    if found.reopened:
        tables.append(_table(_openings(found)))
    return "\n".join(tables)


def _settings(each: Confirmed) -> dict[str, object]:
    test, validation = interval(each.test), interval(each.validation)
    return {
        "variant": each.variant,
        "setting": each.values,
        "seeds": test.n,
        "test": test.mean,
        "test ±": test.half_width,
        "validation": validation.mean,
        "validation ±": validation.half_width,
        "validation - test": each.gap.mean,
        "validation - test ±": each.gap.half_width,
        "search": float(each.searched.mean()),
        "search seeds": len(each.searched),
        "search - validation": each.luck,
    }


def _against(chosen: Confirmed, each: Against) -> dict[str, object]:
    found = each.found
    return {
        "test": f"{chosen.variant} - {each.other.variant}",
        "shared seeds": found.difference.n,
        "difference": found.difference.mean,
        "difference ±": found.difference.half_width,
        "d_z": found.effect_size,
        "p": found.p,
        "p, Holm": each.adjusted,
    }


def _openings(found: Confirmation) -> list[dict[str, object]]:
    return [
        {"variant": variant, "confirmed settings, first to last": ", ".join(map(str, settings))}
        for variant, settings in found.openings.items()
    ]


def _table(rows: list[dict[str, object]]) -> str:
    frame = pd.DataFrame(rows)
    fine = {"d_z": None, "p": None, "p, Holm": None}  # three significant digits
    return table([Column(str(name), frame[name], _decimals(frame[name], str(name), fine)) for name in frame])


def _decimals(values: pd.Series, name: str, fine: dict[str, None]) -> int | None:
    return 3 if pd.api.types.is_float_dtype(values) and name not in fine else None
