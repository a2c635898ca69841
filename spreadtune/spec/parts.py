"""Parts that a study file names: objectives, encoders, decoders, data sets, augmentations.

In a study file a part is written by name (``encoder: convnet``) or, with values, as a mapping (``encoder: {name:
convnet, embedding_dim: 32}``). A name of the form ``package.module:name`` is the user's own part; its other keys are
handed to it as keyword arguments.
"""

import importlib
import inspect
import os
import re
import sys
import traceback
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from operator import getitem
from pathlib import Path
from typing import Annotated, Any, Union

from pydantic import BeforeValidator, ConfigDict, Discriminator, Tag

from spreadtune.errors import UserError
from spreadtune.spec.config import Config

_OWN_NAME = re.compile(r"[A-Za-z_][\w.]*:[A-Za-z_]\w*")
_OWN_TAG = "package.module:name"


class NamedPart(Config):
    """The base of all part configs: a part is known by its name."""

    name: str


def is_none(value: object) -> bool:
    """Whether it is the part called none. For ``exclude_if`` of a part that came when there were runs already: where
    there is none the key stays out of files, so that a study's hash is what it was before there was any."""
    return isinstance(value, NamedPart) and value.name == "none"


class OwnPart(NamedPart):
    """A user's own part: ``package.module:name`` and the keyword arguments it is called with."""

    model_config = ConfigDict(extra="allow")

    @property
    def arguments(self) -> dict[str, Any]:
        """What the user's function gets as keyword arguments."""
        return dict(self.model_extra or {})


@dataclass(frozen=True)
class Part:
    """One line of a family's registry.

    Attributes:
        config: the part's values; the default of its ``name`` is what a study file calls it.
        target: ``module:function`` that builds it, imported when it is used.
    """

    config: type[NamedPart]
    target: str

    @property
    def name(self) -> str:
        return str(self.config.model_fields["name"].default)


@dataclass(frozen=True)
class Family:
    """All parts of one kind.

    Attributes:
        kind: the word used in messages, for example ``encoder``.
        path: where a study file names one, for example ``model.encoder``.
        own: config of a user's own part of this kind.
        parts: the parts that come with the package.
    """

    kind: str
    path: str
    own: type[OwnPart]
    parts: tuple[Part, ...]

    @property
    def names(self) -> tuple[str, ...]:
        return tuple(part.name for part in self.parts)

    def field(self) -> Any:
        """The pydantic type of a field that holds one of these parts."""
        members = {part.name: part.config for part in self.parts} | {_OWN_TAG: self.own}
        return getitem(Annotated, (tagged_union(members, self._tag, self.kind, self.names), BeforeValidator(named)))

    def build(self, config: NamedPart, *arguments: Any) -> Any:
        """Build the part that a study file names.

        A part of the package is called with its config and ``arguments``, a user's own with ``arguments`` and the
        keyword arguments of the file.

        Raises:
            UserError: the user's own cannot be imported, or does not take these keyword arguments.
        """
        function = self.function(config)
        if not isinstance(config, OwnPart):
            return function(config, *arguments)
        try:
            inspect.signature(function).bind(*arguments, **config.arguments)
        except TypeError as error:
            raise UserError(f"{self.path}: {config.name!r}: {error}") from error
        except ValueError:
            pass  # something built in, which does not tell its signature
        try:
            return function(*arguments, **config.arguments)
        except UserError:
            raise
        except Exception as error:  # whatever a part of the user's own raises
            raise UserError(f"{self.path}: {config.name!r} cannot be built: {own_fault(error)}") from error

    def function(self, config: NamedPart) -> Callable[..., Any]:
        """What builds the part; raises :class:`UserError` when the user's own cannot be imported."""
        target = next((part.target for part in self.parts if part.name == config.name), config.name)
        module, _, function = target.partition(":")
        try:
            return getattr(importlib.import_module(module), function)  # type: ignore[no-any-return]
        except (ImportError, AttributeError) as error:
            raise UserError(f"{self.path}: {target!r} cannot be imported: {error}{_searched(module, error)}") from error
        except Exception as error:  # whatever the user's own module raises, and mistakes of its syntax
            raise UserError(f"{self.path}: {target!r} cannot be imported: {own_fault(error)}") from error

    def _tag(self, value: Any) -> str | None:
        name = value.get("name") if isinstance(value, dict) else getattr(value, "name", None)
        if name in self.names:
            return str(name)
        return _OWN_TAG if isinstance(name, str) and _OWN_NAME.fullmatch(name) else None


def own_fault(error: Exception) -> str:
    """What a part of the user's own raised, and where: the innermost line that is not of an installed package."""
    reason = f"{type(error).__name__}: {(str(error).splitlines() or ['no message'])[0]}"
    frames = [frame for frame in traceback.extract_tb(error.__traceback__) if _is_own(frame.filename)]
    return f"{reason} ({Path(frames[-1].filename).name}, line {frames[-1].lineno})" if frames else reason


def _is_own(file: str) -> bool:
    package = Path(__file__).parent.parent
    return not (file.startswith("<") or "site-packages" in file or Path(file).is_relative_to(package)) and (
        not Path(file).is_relative_to(sys.base_prefix)
    )


def _searched(module: str, error: ImportError | AttributeError) -> str:
    """Where ``module`` was looked for; nothing where it was found and fails by itself."""
    missing = error.name if isinstance(error, ModuleNotFoundError) else None
    if missing is None or not f"{module}.".startswith(f"{missing}."):
        return ""
    return f" (looked in {os.getcwd()} and the environment)"


def tagged_union(
    members: Mapping[str, type[Config]], tag: Callable[[Any], str | None], kind: str, known: Iterable[str]
) -> Any:
    """The pydantic type of a field that holds one of ``members``, chosen by ``tag``.

    Where ``tag`` gives None the error is ``unknown_name`` and carries the kind and the known names. The union is
    made at run time, so that a registry is the one list of what there is.
    """
    union = getitem(Union, tuple(getitem(Annotated, (config, Tag(name))) for name, config in members.items()))
    choose = Discriminator(
        tag,
        custom_error_type="unknown_name",
        custom_error_message="unknown {kind}",
        custom_error_context={"kind": kind, "known": ", ".join(known)},
    )
    return getitem(Annotated, (union, choose))


def named(value: Any) -> Any:
    """``convnet`` means ``{name: convnet}``."""
    return {"name": value} if isinstance(value, str) else value
