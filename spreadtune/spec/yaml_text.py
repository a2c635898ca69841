"""YAML as people expect it: the YAML 1.2 core schema, and no key twice.

PyYAML reads YAML 1.1, in which ``1e-3`` is a string, ``no`` is false, ``010`` is eight and ``12:30`` is 750. A learning
rate that silently is a string is the classic mistake in study files, so both directions use the 1.2 rules.
"""

import re
from collections.abc import Mapping
from typing import Any

import yaml

from spreadtune.errors import UserError

INT = r"[-+]?[0-9]+"
FLOAT = r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?|[-+]?\.(inf|Inf|INF)|\.(nan|NaN|NAN)"
_CORE_SCHEMA = (  # the first that matches wins, so whole numbers come before floats
    ("null", r"~|null|Null|NULL|", "~nN\0"),
    ("bool", r"true|True|TRUE|false|False|FALSE", "tTfF"),
    ("int", INT, "-+0123456789"),
    ("float", FLOAT, "-+.0123456789"),
)


class _Loader(yaml.SafeLoader):
    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:
        seen = set()
        for key_node, _ in node.value:
            key = key_node.value if isinstance(key_node, yaml.ScalarNode) else None
            if key is not None and key in seen:
                raise yaml.constructor.ConstructorError(None, None, f"key {key!r} is given twice", key_node.start_mark)
            seen.add(key)
        return super().construct_mapping(node, deep)


class _Dumper(yaml.SafeDumper):
    def ignore_aliases(self, data: Any) -> bool:
        return True


def _construct_int(_: yaml.SafeLoader, node: yaml.ScalarNode) -> int:
    return int(node.value)


for _class in (_Loader, _Dumper):
    _class.yaml_implicit_resolvers = {}  # of its own, without YAML 1.1's
    for _tag, _pattern, _first in _CORE_SCHEMA:
        _class.add_implicit_resolver(
            f"tag:yaml.org,2002:{_tag}", re.compile(rf"^(?:{_pattern})$"), ["" if c == "\0" else c for c in _first]
        )
_Loader.add_constructor("tag:yaml.org,2002:int", _construct_int)


def parse(text: str, source: str) -> Any:
    """The value of a YAML text; raises :class:`UserError` naming source, line and column where it is broken."""
    try:
        return yaml.load(text, _Loader)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        place = f"line {mark.line + 1}, column {mark.column + 1}: " if mark else ""
        raise UserError(f"{source}: {place}{error.problem or error.context}") from error
    except yaml.YAMLError as error:
        raise UserError(f"{source}: not YAML: {error}") from error


def dump(values: Mapping[str, Any]) -> str:
    """Block style outside, flow style for the innermost mappings and lists, keys as they come."""
    return yaml.dump(
        dict(values), Dumper=_Dumper, sort_keys=False, default_flow_style=None, width=110, allow_unicode=True
    )


def inline(value: Any) -> str:
    """One value on one line, as it would be written after ``PATH=``."""
    text = yaml.dump(value, Dumper=_Dumper, sort_keys=False, default_flow_style=True, width=10_000, allow_unicode=True)
    return text.removesuffix("\n...\n").rstrip("\n")
