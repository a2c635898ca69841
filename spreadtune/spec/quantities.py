"""Amounts of memory and lengths of time, as people write them."""

import re
from typing import Annotated, Any

from pydantic import BeforeValidator, Field, StrictFloat, StrictInt, WithJsonSchema

_BYTES = {
    "B": 1,
    **{f"{prefix}B": 1000**power for power, prefix in enumerate("KMGT", start=1)},
    **{f"{prefix}iB": 1024**power for power, prefix in enumerate("KMGT", start=1)},
}
_SECONDS = {"s": 1, "min": 60, "h": 3600, "d": 86400}
_AMOUNT = re.compile(r"(\d+(?:\.\d+)?) ?([A-Za-z]+)")


def as_size(value: Any) -> Any:
    """Bytes of ``4GiB``, ``512 MB`` and the like; a number is left as it is. ValueError for other text."""
    return round(_amount(value, _BYTES, "a size", "4GiB")) if isinstance(value, str) else value


def as_duration(value: Any) -> Any:
    """Seconds of ``90s``, ``30min``, ``1.5h``, ``2d``; a number is left as it is. ValueError for other text."""
    return _amount(value, _SECONDS, "a duration", "90s, 30min or 2h") if isinstance(value, str) else value


def size_text(size: float) -> str:
    """``512 MiB``, ``4 GiB``, ``1.5 GiB``: three digits or so."""
    names = ("B", "KiB", "MiB", "GiB", "TiB")
    power = next((power for power in range(len(names)) if round(size / 1024**power) < 1024), len(names) - 1)
    amount = size / 1024**power
    return f"{amount:.{1 if amount < 100 else 0}f}".removesuffix(".0") + f" {names[power]}"


def duration_text(seconds: float) -> str:
    """``90 s``, ``30 min``, ``2 h``: in the largest unit of which it is a whole number."""
    unit = next(unit for unit in ("d", "h", "min", "s") if seconds % _SECONDS[unit] == 0 or unit == "s")
    return f"{seconds / _SECONDS[unit]:g} {unit}"


def _amount(text: str, units: dict[str, int], kind: str, example: str) -> float:
    found = _AMOUNT.fullmatch(text.strip())
    if found is None or found[2] not in units:
        raise ValueError(f"{text!r} is not {kind}: write {example}; units: {', '.join(units)}")
    return float(found[1]) * units[found[2]]


def _schema(number: str, units: dict[str, int]) -> WithJsonSchema:
    pattern = rf"^\s*\d+(\.\d+)? ?({'|'.join(units)})\s*$"
    return WithJsonSchema({"anyOf": [{"type": number, "exclusiveMinimum": 0}, {"type": "string", "pattern": pattern}]})


Size = Annotated[StrictInt, Field(gt=0), BeforeValidator(as_size), _schema("integer", _BYTES)]
"""Bytes."""

Duration = Annotated[StrictFloat, Field(gt=0), BeforeValidator(as_duration), _schema("number", _SECONDS)]
"""Seconds."""
