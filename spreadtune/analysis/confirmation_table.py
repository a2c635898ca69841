"""A confirmation in tables: the settings, their comparisons, the openings of the test split."""

from spreadtune.analysis.columns import Column, difference_text, filled_columns, mean_text
from spreadtune.analysis.confirmation import Against, Confirmation, Confirmed
from spreadtune.analysis.statistics import interval
from spreadtune.analysis.words import signed


def confirmation_tables(found: Confirmation) -> list[list[Column]]:
    """The tables' columns; comparisons where there is something to compare, openings where there were several."""
    tables = [confirmed_columns(found), comparison_columns(found) if found.against else []]
    if found.former:
        tables.append(filled_columns(_openings(found)))
    return [columns for columns in tables if columns]


def confirmed_columns(found: Confirmation) -> list[Column]:
    """The best setting of each variant on test, on validation and in the search, the chosen one first."""
    return filled_columns([_settings(each) for each in found.every])


def comparison_columns(found: Confirmation) -> list[Column]:
    """The chosen setting minus each other one on the test split."""
    return filled_columns([_against(found.chosen, each) for each in found.against])


def _settings(each: Confirmed) -> dict[str, object]:
    return {
        "variant": each.variant,
        "loss": each.name,
        "setting": each.values,
        "seeds": len(each.test),
        "test": mean_text(interval(each.test)),
        "validation": mean_text(interval(each.validation)),
        "validation − test": difference_text(each.gap),
        "search (seeds)": f"{mean_text(interval(each.searched))} ({len(each.searched)})",
        "luck": signed(each.luck),
        "class accuracy, test": mean_text(interval(each.class_test)) if len(each.class_test) else None,
    }


def _against(chosen: Confirmed, each: Against) -> dict[str, object]:
    found = each.found
    return {
        "on test": f"{chosen.called} − {each.other.called}",
        "shared seeds": found.difference.n,
        "difference": difference_text(found.difference),
        "d_z": found.effect_size,
        "p": found.p,
        "p, Holm": each.adjusted,
    }


def _openings(found: Confirmation) -> list[dict[str, object]]:
    return [
        {"variant": opening.variant, "confirmed": opening.values, "trials": ", ".join(map(str, opening.trials))}
        for opening in found.openings
    ]
