"""Every key of a study file with its values, default and meaning, from the configs' own schema."""

import json
from collections.abc import Iterator, Mapping
from typing import Any

from metrics_table import metrics_table
from roles import as_markdown

from spreadtune.spec.study import Study

Schema = Mapping[str, Any]

_NOT_SAID = object()
_BOUNDS = {
    "minimum": "≥",
    "exclusiveMinimum": ">",
    "maximum": "≤",
    "exclusiveMaximum": "<",
    "multipleOf": "multiple of",
}
_TYPES = {
    "integer": "whole number",
    "number": "number",
    "string": "text",
    "null": "`null`",
    "boolean": "`true`, `false`",
}


def configuration_reference() -> str:
    """Markdown: the keys of the file, then a section for each config, in the order in which they are met."""
    schema = Study.model_json_schema()
    definitions: dict[str, Schema] = schema["$defs"]
    parts = [_table(schema["properties"], schema, definitions)]
    parts += _sections("", schema, definitions, seen=set())
    asked = "What `optimize`, `subject_to` and `select_on` may name, and the columns `metric.NAME` of the tables."
    parts += ["## Metrics", asked, metrics_table()]
    return "\n\n".join(parts)


def _sections(above: str, schema: Schema, definitions: Mapping[str, Schema], seen: set[str]) -> Iterator[str]:
    """A section for each config that a key below can hold; each config once, where it is met first."""
    for key, value in schema.get("properties", {}).items():
        path = f"{above}.{key}" if above else key
        for name, place in _configs(value, path):
            if name not in seen:
                seen.add(name)
                config = definitions[name]
                level = "##" if "." not in place and place == _title(place, config) else "###"
                yield f"{level} {_title(place, config)}"
                yield as_markdown(config.get("description", ""))
                keys = {key: value for key, value in config["properties"].items() if key != "name"}
                if keys:
                    yield _table(keys, config, definitions)
                yield from _sections(place, config, definitions, seen)


def _configs(value: Schema, path: str) -> Iterator[tuple[str, str]]:
    """Every config that may stand in a value, and its place: ``search.variants.NAME`` where the keys are free."""
    if "$ref" in value:
        yield value["$ref"].rpartition("/")[2], path
    for member in (*value.get("anyOf", ()), *value.get("oneOf", ())):
        yield from _configs(member, path)
    inner = value.get("additionalProperties")
    if isinstance(inner, dict):
        yield from _configs(inner, f"{path}.NAME")


def _title(place: str, config: Schema) -> str:
    """What a person writes there: ``data``, ``data.dataset: digits``, ``search.space.NAME: grid``."""
    written = _written(config)
    return f"{place}: {written}" if written else place


def _written(config: Schema) -> str:
    """How a config is chosen among others: by its name, or by its one required key; nothing where it has no others."""
    name = config["properties"].get("name")
    if name:
        return str(name.get("const", "package.module:name"))
    match config.get("required", []):
        case [key] if "when" in config["properties"]:
            return str(key)
    return ""


def _table(keys: Schema, config: Schema, definitions: Mapping[str, Schema]) -> str:
    rows = [
        f"| `{key}` | {_values(value, definitions)} | {_default(key, value, config)} | {_meaning(value)} |"
        for key, value in keys.items()
    ]
    return "\n".join(["| key | values | default | meaning |", "|---|---|---|---|", *rows])


def _values(value: Schema, definitions: Mapping[str, Schema]) -> str:
    match value:
        case {"$ref": reference}:
            return f"`{_written(definitions[reference.rpartition('/')[2]])}`".replace("``", "a mapping, below")
        case {"anyOf": members} | {"oneOf": members}:
            return ", ".join(dict.fromkeys(_values(member, definitions) for member in members))
        case {"enum": values}:
            return ", ".join(f"`{one}`" for one in values)
        case {"const": one}:
            return f"`{one}`"
        case {"prefixItems": [low, high]}:
            return f"[low, high], each a {_values(low, definitions)}" + ("" if low == high else " (low)")
        case {"items": item}:
            return f"list of {_values(item, definitions)}"
        case {"additionalProperties": dict() as inner}:
            return f"each name: {_values(inner, definitions)}"
        case {"type": "object"}:
            return "a mapping"
    bounds = ", ".join(f"{sign} {value[name]:g}" for name, sign in _BOUNDS.items() if name in value)
    return " ".join(part for part in (_TYPES[value["type"]], bounds) if part)


def _default(key: str, value: Schema, config: Schema) -> str:
    if key in config.get("required", []):
        return "must be given"
    default = value.get("default", _NOT_SAID)
    if default is _NOT_SAID or (isinstance(default, dict) and "name" not in default):
        return ""
    chosen = default["name"] if isinstance(default, dict) else default
    return f"`{json.dumps(chosen) if not isinstance(chosen, str) else chosen}`" if chosen != "" else ""


def _meaning(value: Schema) -> str:
    return " ".join(str(value.get("description", "")).split()).replace("|", "\\|")
