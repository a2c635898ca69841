"""``--set PATH=VALUE`` and profiles: what they change, and where they would not hold."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from spreadtune.errors import UserError
from spreadtune.spec.paths import canonical, fill, leaves, other_way
from spreadtune.spec.study import Study
from spreadtune.spec.validation_errors import hint
from spreadtune.spec.yaml_text import inline, parse


@dataclass(frozen=True)
class Overrides:
    """Values for dotted paths, and where they come from.

    Attributes:
        profile: the profile's name; None for the command line.
        values: by dotted path.
        options: the option that gave a path its value, where it was not ``--set``.
        texts: the values as they were written after ``--set PATH=``.
    """

    profile: str | None
    values: Mapping[str, Any]
    options: Mapping[str, str] = field(default_factory=dict)
    texts: Mapping[str, str] = field(default_factory=dict)

    def applied_to(self, raw: Mapping[str, Any]) -> dict[str, Any]:
        """A study file's values with these; raises :class:`UserError` where one would go into a plain value."""
        try:
            return fill(raw, self.values)
        except UserError as error:
            raise UserError(f"{'--set' if self.profile is None else f'profiles.{self.profile}'}: {error}") from error

    def shown(self, path: str, value: Any = None) -> str:
        """An override as the user would write it, of a value of its own or of ``value``."""
        written = self.texts.get(path) if value is None else None
        value = self.values[path] if value is None else value
        if path in self.options:
            return f"{self.options[path]} {value}"
        if self.profile is not None:
            return f"profiles.{self.profile}: {{{path}: {inline(value)}}}"
        text = f"{path}={inline(value) if written is None else written}"
        return f"--set '{text}'" if set(text) & set(" {}[]'\"*#&") else f"--set {text}"


def from_command_line(settings: Sequence[str]) -> Overrides:
    """Read ``PATH=VALUE`` texts, VALUE being YAML; of a path given twice the last holds."""
    values, texts = {}, {}
    for setting in settings:
        path, equals, value = setting.partition("=")
        if not equals or not path.strip():
            raise UserError(f"--set {setting}: expected PATH=VALUE, for example --set training.epochs=10")
        path = canonical(path.strip())
        values[path], texts[path] = parse(value, f"--set {setting}"), value
    return Overrides(None, values, texts=texts)


def from_profile(raw: Mapping[str, Any], name: str, source: str) -> Overrides:
    """The profile of that name in a study file's values."""
    profiles = raw.get("profiles") or {}
    if not isinstance(profiles, dict) or name not in profiles:
        known = profiles if isinstance(profiles, dict) else ()
        raise UserError(f"{source}: no profile {name!r}{hint(name, map(str, known)) or '; the file has none'}")
    if not isinstance(profiles[name], dict):
        raise UserError(f"{source}: profiles.{name}: expected a mapping, got {profiles[name]!r}")
    return Overrides(name, {canonical(str(path)): value for path, value in profiles[name].items()})


def refuse_what_cannot_hold(study: Study, overrides: Overrides) -> None:
    """Raise :class:`UserError` for an override that some trials would overwrite, showing what to change instead.

    A searched path gets its value from the search. One that a variant sets would change the other variants only, so
    the override would not mean the same for all.

    Args:
        study: after all overrides.
        overrides: one layer of them.
    """
    search = study.search
    listing = "grid" if search.sampler == "grid" else "choice"
    for top, given in overrides.values.items():
        for path, value in {top: given, **{canonical(leaf): value for leaf, value in leaves(given, top)}}.items():
            for place, space in search.spaces().items():
                for searched in {path, other_way(path)} & space.keys():
                    instead = overrides.shown(f"search.{place}.{path}", {listing: [value]})
                    raise UserError(
                        f"{overrides.shown(top, given)}: {searched} is searched; change its domain, for example "
                        f"{instead}"
                    )
            for name, variant in search.variants.items():
                for there in {path, other_way(path)} & variant.set.keys():
                    instead = overrides.shown(f"search.variants.{name}.set.{path}", value)
                    raise UserError(
                        f"{overrides.shown(top, given)}: variant {name} sets {there}; change it there: {instead}"
                    )
