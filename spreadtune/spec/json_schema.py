"""The study file's JSON Schema (draft 2020-12), from which editors complete and check while one writes.

It comes from the configs themselves. What pydantic cannot know is added: a part may be written by its name, and the
keys of some maps are dotted paths. The schema knows every value alone; what has to fit together (a sampler and its
domains, a path that is both searched and set) is checked by loading the study.
"""

import inspect
from collections.abc import Iterator, Mapping
from typing import Any

from spreadtune.spec.data import AUGMENTATIONS, DATASETS, OTHER_DATASETS
from spreadtune.spec.goal import BOUND_PATTERN
from spreadtune.spec.members import MEMBER_NAME, MEMBER_SECTIONS
from spreadtune.spec.metrics import METRICS, stood_for
from spreadtune.spec.model import CORRUPTIONS, DECODERS, ENCODERS
from spreadtune.spec.objective import OBJECTIVES
from spreadtune.spec.paths import PARTS
from spreadtune.spec.search import MOST_OBJECTIVES, STOPPINGS, Stopping
from spreadtune.spec.study import Study

Schema = dict[str, Any]

DRAFT = "https://json-schema.org/draft/2020-12/schema"

_OWN_NAME = r"^[A-Za-z_][\w.]*:[A-Za-z_]\w*$"
_FILE_NAME = r"^[A-Za-z0-9][A-Za-z0-9._-]*$"
_PARTS = (DATASETS, AUGMENTATIONS, ENCODERS, DECODERS, CORRUPTIONS, OBJECTIVES, OTHER_DATASETS)
_FAMILIES = {family.path: family for family in _PARTS}
_TRIAL = ("data", "model", "objective", "training", "evaluation", "members")
"""Sections that can be searched and set by a variant."""

_OWN_ARGUMENT = rf"^({'|'.join(path.replace('.', '[.]') for path in _FAMILIES)})[.]"
_IN_MEMBER = rf"^members[.]{MEMBER_NAME}[.]set[.]({'|'.join(MEMBER_SECTIONS)})([.]|$)"
_INSIDE_SEARCH = r"^search[.](space|variants)([.]|$)"


def study_schema() -> Schema:
    """The schema of a study file, as plain JSON values."""
    schema = Study.model_json_schema()
    definitions: dict[str, Schema] = schema["$defs"]
    _untitled(schema)
    _name_the_parts(schema, definitions)
    _name_the_metrics(definitions)
    known = dict(_known_paths(schema, definitions))
    trial = {path: value for path, value in known.items() if path.partition(".")[0] in _TRIAL}
    _add_maps_of_paths(schema, definitions, known, trial)
    return {
        "$schema": DRAFT,
        "title": "spreadtune study",
        **{key: value for key, value in schema.items() if key != "$defs"},
        "description": "A study file: a question, and how to search for its answer.",
        **_strict_without_own_parts(known),
        "$defs": definitions,
    }


def _untitled(schema: Any, *, names: bool = False) -> None:
    """Drop pydantic's titles, which only repeat the keys; ``names``: the keys here are the file's, not the schema's."""
    if isinstance(schema, list):
        for item in schema:
            _untitled(item)
    elif isinstance(schema, dict):
        if not names:
            schema.pop("title", None)
        for key, value in schema.items():
            _untitled(value, names=key in ("properties", "$defs") and not names)


def _name_the_parts(schema: Schema, definitions: dict[str, Schema]) -> None:
    """A part is a name, or a mapping with its name and values; an own part's name is ``package.module:name``."""
    for path, family in _FAMILIES.items():
        section, key = _holder(path, schema, definitions)
        configs = {part.name: definitions[part.config.__name__] for part in family.parts}
        own = definitions[family.own.__name__]
        own["properties"]["name"] = {"type": "string", "pattern": _OWN_NAME}
        own["description"] = f"{inspect.cleandoc(family.own.__doc__ or '')} Its other keys are keyword arguments."
        members = [family.own.__name__, *(part.config.__name__ for part in family.parts)]
        section[key] = {
            **{word: section[key][word] for word in ("default", "description") if word in section[key]},
            **_part(configs, members, own_kind=family.kind),
        }
    search = definitions["SearchConfig"]["properties"]
    configs = {name: definitions[config.__name__] for name, config in STOPPINGS.items()}
    members = [config.__name__ for config in STOPPINGS.values()]
    search["early_stopping"] = {"default": {"name": "none"}, **_part(configs, members)}


def _part(configs: Mapping[str, Schema], members: list[str], own_kind: str | None = None) -> Schema:
    for config in configs.values():
        config["required"] = list(dict.fromkeys(["name", *config.get("required", [])]))  # data sets stand in two places
    by_name = [
        {"const": name, "description": config.get("description", "")}
        for name, config in configs.items()
        if config["required"] == ["name"]
    ]
    own = {"type": "string", "pattern": _OWN_NAME, "description": f"your own {own_kind}: package.module:name"}
    mappings = [{"$ref": f"#/$defs/{member}"} for member in members]
    return {"anyOf": [*by_name, *([own] if own_kind else []), *mappings]}


def _name_the_metrics(definitions: Mapping[str, Schema]) -> None:
    search = definitions["SearchConfig"]["properties"]
    goals: Schema = {
        "type": "object",
        "properties": {metric: {"enum": ["maximize", "minimize"]} for metric in METRICS},
        "additionalProperties": False,
        "minProperties": 1,
    }
    search["optimize"] = {
        "description": "One to three metrics, and whether each is maximized or minimized.",
        **goals,
        "maxProperties": MOST_OBJECTIVES,
        "default": {"transfer_accuracy": "maximize"},
    }
    search["select_on"] |= {"anyOf": [{"enum": list(METRICS)}, goals | {"maxProperties": 1}, {"type": "null"}]}
    bound = {"type": "string", "pattern": rf"^\s*{BOUND_PATTERN}\s*$"}
    search["subject_to"] |= {
        "anyOf": [
            {"type": "object", "properties": dict.fromkeys(METRICS, bound), "additionalProperties": False},
            {"type": "null"},
        ]
    }
    for config in STOPPINGS.values():
        if issubclass(config, Stopping):
            metric = definitions[config.__name__]["properties"]["metric"]
            metric["anyOf"] = [{"enum": stood_for()}, {"type": "null"}]


def _holder(path: str, schema: Schema, definitions: Mapping[str, Schema]) -> tuple[Schema, str]:
    """The ``properties`` that hold a path of one or two keys, and its key there."""
    section, _, key = path.rpartition(".")
    if not section:
        return schema["properties"], key
    return _resolved(schema["properties"][section], definitions)["properties"], key


def _resolved(schema: Schema, definitions: Mapping[str, Schema]) -> Schema:
    reference = schema.get("$ref")
    return definitions[reference.rpartition("/")[2]] if reference else schema


def _known_paths(schema: Schema, definitions: Mapping[str, Schema], above: str = "") -> Iterator[tuple[str, Schema]]:
    """Every dotted path of the file and the schema of its value; one that several parts have takes what any takes."""
    found: dict[str, list[Schema]] = {}
    for key, value in schema.get("properties", {}).items():
        path = f"{above}{key}"
        if path in ("format", "profiles", "search.space", "search.variants"):
            continue
        found.setdefault(path, []).append(value)
        if path in PARTS:
            for name in _written_names(value):
                found.setdefault(f"{path}.name", []).append(name)
        for member in [value, *value.get("anyOf", [])]:
            for below, inner in _known_paths(_resolved(member, definitions), definitions, f"{path}."):
                if path not in PARTS or not below.endswith(".name"):
                    found.setdefault(below, []).append(inner)
    for path, schemas in found.items():
        distinct = [schema for place, schema in enumerate(schemas) if schema not in schemas[:place]]
        yield path, distinct[0] if len(distinct) == 1 else {"anyOf": distinct}


def _written_names(part: Schema) -> list[Schema]:
    return [member for member in part["anyOf"] if "$ref" not in member]


def _add_maps_of_paths(
    schema: Schema, definitions: dict[str, Schema], known: Mapping[str, Schema], trial: Mapping[str, Schema]
) -> None:
    """The maps whose keys are dotted paths: what is searched, its conditions, what variants and profiles set."""
    search, variant = (definitions[name]["properties"] for name in ("SearchConfig", "VariantConfig"))
    domain = {"anyOf": search["space"]["additionalProperties"].pop("oneOf")}
    definitions["Domain"] = domain
    definitions["TrialPath"] = {"anyOf": [{"enum": sorted(trial)}, {"pattern": _IN_MEMBER}]}
    for member in domain["anyOf"]:
        when = _resolved(member, definitions)["properties"]["when"]
        when["propertyNames"] = {"anyOf": [{"$ref": "#/$defs/TrialPath"}, {"pattern": _OWN_ARGUMENT}]}
    reference = {"$ref": "#/$defs/Domain"}
    definitions["Space"] = {
        "type": "object",
        "description": "What is searched: dotted path to domain, for example objective.alpha: {grid: [0, 0.5, 1]}.",
        "properties": {
            path: {**reference, **_described(value)} for path, value in trial.items() if _searchable(value, definitions)
        },
        "patternProperties": {_OWN_ARGUMENT: reference, _IN_MEMBER: reference},
        "additionalProperties": False,
    }
    definitions["TrialValues"] = {
        "type": "object",
        "description": "What is set: dotted path to value.",
        "properties": dict(trial),
        "patternProperties": {_OWN_ARGUMENT: {}, _IN_MEMBER: {}},
        "additionalProperties": False,
    }
    definitions["MemberValues"] = {
        "type": "object",
        "description": "What a member has otherwise than the file: dotted path to value.",
        "properties": {path: value for path, value in trial.items() if path.partition(".")[0] in MEMBER_SECTIONS},
        "patternProperties": {_OWN_ARGUMENT: {}},
        "additionalProperties": False,
        "minProperties": 1,
    }
    definitions["Profile"] = {
        "type": "object",
        "description": "What --profile changes: dotted path to value.",
        "properties": {
            **{
                path: {"$ref": f"#/$defs/TrialValues/properties/{path}"} if path in trial else known[path]
                for path in known
            },
            **{f"search.space.{path}": reference for path in definitions["Space"]["properties"]},
        },
        "patternProperties": {_OWN_ARGUMENT: {}, _IN_MEMBER: {}, _INSIDE_SEARCH: {}},
        "additionalProperties": False,
    }
    search["space"] = {"$ref": "#/$defs/Space"}
    search["variants"]["propertyNames"] = {"pattern": _FILE_NAME}
    variant["set"] = {"$ref": "#/$defs/TrialValues"}
    _name_the_members(schema, definitions)
    variant["space"] = {"anyOf": [{"$ref": "#/$defs/Space"}, {"type": "null"}]}
    schema["properties"]["profiles"] = {"type": "object", "additionalProperties": {"$ref": "#/$defs/Profile"}}


def _name_the_members(schema: Schema, definitions: Mapping[str, Schema]) -> None:
    member = definitions["MemberConfig"]
    member["properties"]["set"] = {"$ref": "#/$defs/MemberValues"}
    member["oneOf"] = [{"required": ["set"]}, {"required": ["same_as"]}]
    schema["properties"]["members"] |= {"propertyNames": {"pattern": rf"^{MEMBER_NAME}$"}, "minProperties": 2}


def _described(schema: Schema) -> Schema:
    return {"description": schema["description"]} if "description" in schema else {}


def _searchable(schema: Schema, definitions: Mapping[str, Schema]) -> bool:
    """Whether a single number or text may stand there; domains hold no mappings."""
    kinds = [_resolved(member, definitions) for member in schema.get("anyOf", [schema])]
    return any(kind.get("type") != "object" for kind in kinds)


def _strict_without_own_parts(known: Mapping[str, Schema]) -> Schema:
    """Only an own part may take keys that the package does not know, so a file without one may name none."""
    named: Schema = {"type": "string", "pattern": _OWN_NAME}
    own = {"anyOf": [named, {"type": "object", "properties": {"name": named}, "required": ["name"]}]}
    values = [
        {"properties": {path: own}, "required": [path], "type": "object"}
        for family in _FAMILIES
        for path in (family, f"{family}.name")
    ]
    nested = [_nested(path, own) for path in _FAMILIES]
    names_own = {"anyOf": [*nested, *values]}
    some_profile = _nested("profiles", {"type": "object", "not": {"additionalProperties": {"not": names_own}}})
    some_variant = _nested(
        "search.variants",
        {"type": "object", "not": {"additionalProperties": {"not": _nested("set", names_own)}}},
    )
    some_member = _nested(
        "members", {"type": "object", "not": {"additionalProperties": {"not": _nested("set", names_own)}}}
    )
    paths: Schema = {"propertyNames": {"$ref": "#/$defs/TrialPath"}}
    strict = {
        "members": {"additionalProperties": {"properties": {"set": paths}}},
        "search": {
            "properties": {
                "space": paths,
                "variants": {"additionalProperties": {"properties": {"set": paths, "space": paths}}},
            }
        },
        "profiles": {
            "additionalProperties": {
                "propertyNames": {
                    "anyOf": [{"enum": sorted(known)}, {"pattern": _IN_MEMBER}, {"pattern": _INSIDE_SEARCH}]
                }
            }
        },
    }
    return {"if": {"anyOf": [*nested, some_profile, some_variant, some_member]}, "else": {"properties": strict}}


def _nested(path: str, schema: Schema) -> Schema:
    """What is at a dotted path is there and is so."""
    for key in reversed(path.split(".")):
        schema = {"type": "object", "properties": {key: schema}, "required": [key]}
    return schema
