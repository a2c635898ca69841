"""What pydantic finds, said to the person who wrote the file: where, what was given, what would be right."""

import math
import re
import reprlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from pydantic import BaseModel, ValidationError

from spreadtune.spec.schema import Place, locate
from spreadtune.spec.validation_errors import hint


@dataclass(frozen=True)
class Problem:
    """One mistake: the dotted path as the user wrote it and what is wrong there."""

    path: str
    text: str

    def __str__(self) -> str:
        return f"{self.path}: {self.text}" if self.path else self.text


def report(source: str, problems: Sequence[Problem]) -> str:
    """Every problem on its own line, the source (if any) in front."""
    return "\n".join(f"{source}: {problem}" if source else str(problem) for problem in problems)


def problems(error: ValidationError, model: type[BaseModel]) -> list[Problem]:
    """One problem a path, in the order of the schema; a plain union's failed members are told as one."""
    found: dict[str, list[Mapping[str, Any]]] = {}
    places: dict[str, Place] = {}
    for detail in error.errors(include_url=False):
        short = detail["type"] == "missing" and isinstance(detail["input"], list | tuple)  # the list is at fault
        place = locate(model, detail["loc"][:-1] if short else detail["loc"])
        if detail["type"] == "placed":
            place = Place(".".join(filter(None, (place.path, detail["ctx"]["path"]))), ())
        places.setdefault(place.path, place)
        found.setdefault(place.path, []).append(detail)
    return [Problem(path, _text(details, places[path])) for path, details in found.items()]


_EXPECTED = {
    "int_type": "a whole number",
    "int_parsing": "a whole number",
    "int_from_float": "a whole number",
    "float_type": "a number",
    "float_parsing": "a number",
    "finite_number": "a finite number",
    "bool_type": "true or false",
    "bool_parsing": "true or false",
    "string_type": "text",
    "dict_type": "a mapping",
    "model_type": "a mapping",
    "model_attributes_type": "a mapping",
    "tuple_type": "a list",
    "list_type": "a list",
}


_FLAGS = {"yes": "true", "on": "true", "true": "true", "no": "false", "off": "false", "false": "false"}


def _text(details: Sequence[Mapping[str, Any]], place: Place) -> str:
    if all(detail["type"] == "literal_error" or detail["type"] in _EXPECTED for detail in details):
        return _expectations(details)
    # Of a union the member that took the kind of value and refused this one knows best what is wrong.
    closest = next((d for d in details if d["type"] != "literal_error" and d["type"] not in _EXPECTED), details[0])
    return _TEXTS.get(closest["type"], _plain)(closest, place)


def _expectations(details: Sequence[Mapping[str, Any]]) -> str:
    """``expected ... or ..., got ...``: every member of a plain union adds what it would have taken."""
    given = details[0]["input"]
    names = [name for detail in details if detail["type"] == "literal_error" for name in _literals(detail)]
    kinds = [_EXPECTED[detail["type"]] for detail in details if detail["type"] in _EXPECTED]
    *others, last = dict.fromkeys(names + kinds)
    expected = f"{', '.join(others)} or {last}" if others else last
    nearest = hint(given, names) if isinstance(given, str) else ""
    fix = nearest if "did you mean" in nearest else _meant(given, kinds)
    return f"expected {expected}, got {str(given).lower() if isinstance(given, bool) else reprlib.repr(given)}" + fix


def _meant(given: object, kinds: Sequence[str]) -> str:
    """``, write 3`` for the text ``'3'`` or the number 3.0, ``, write true`` for ``yes``: nothing is read as what it is
    not, but what was meant can often be told."""
    if isinstance(given, str) and "true or false" in kinds:
        word = _FLAGS.get(given.strip().lower())
        return f", write {word}" if word else ""
    try:
        number = float(given) if isinstance(given, str | float) else math.nan  # float() passes over 1_000's "_", too
    except ValueError:
        return ""
    if "a whole number" in kinds:
        return f", write {number:.0f}" if number.is_integer() else ""
    return f", write {number:g}" if "a number" in kinds and math.isfinite(number) else ""


def _literals(detail: Mapping[str, Any]) -> list[str]:
    return [quoted or number for quoted, number in re.findall(r"'([^']*)'|(\d+)", detail["ctx"]["expected"])]


def _unknown_key(detail: Mapping[str, Any], place: Place) -> str:
    parent, _, key = place.path.rpartition(".")
    return "unknown key" + hint(key, place.siblings, f"{parent}." if parent else "")


def _unknown_name(detail: Mapping[str, Any], _: Place) -> str:
    kind, known, given = detail["ctx"]["kind"], detail["ctx"]["known"].split(", "), detail["input"]
    if kind == "domain" and not isinstance(given, dict):
        return f"expected a domain, for example {{grid: [0, 1]}}, got {reprlib.repr(given)}; known: {', '.join(known)}"
    if isinstance(given, dict):
        given = next(iter(given), None) if kind == "domain" else given.get("name")
    if given is None:
        return f"names no {kind}; known: {', '.join(known)}"
    return f"unknown {kind} {reprlib.repr(given)}" + hint(given, known)


def _missing(detail: Mapping[str, Any], place: Place) -> str:
    return _length(detail, place) if isinstance(detail["input"], list | tuple) else "missing"


def _length(detail: Mapping[str, Any], _: Place) -> str:
    return f"expected two values, [low, high], got {reprlib.repr(detail['input'])}"


def _plain(detail: Mapping[str, Any], _: Place) -> str:
    text = str(detail["msg"]).removeprefix("Value error, ")
    return text[:1].lower() + text[1:]


def _limit(key: str, phrase: str) -> Callable[[Mapping[str, Any], Place], str]:
    return lambda detail, _: f"{detail['input']} {phrase} {detail['ctx'][key]:g}"


_TEXTS: dict[str, Callable[[Mapping[str, Any], Place], str]] = {
    "missing": _missing,
    "too_long": _length,
    "extra_forbidden": _unknown_key,
    "unknown_name": _unknown_name,
    "less_than_equal": _limit("le", "is above"),
    "greater_than_equal": _limit("ge", "is below"),
    "less_than": _limit("lt", "is not below"),
    "greater_than": _limit("gt", "is not above"),
    "multiple_of": _limit("multiple_of", "is no multiple of"),
    "placed": lambda detail, _: str(detail["ctx"]["text"]),
}
