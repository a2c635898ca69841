"""Members: several encoders in one trial, each trained by itself, whose features are read side by side."""

import re
from collections.abc import Mapping
from typing import Annotated, Any

from pydantic import AfterValidator, Field, model_validator

from spreadtune.run_folder.trial import WHOLE
from spreadtune.spec.config import Config, nothing
from spreadtune.spec.paths import DottedPath
from spreadtune.spec.validation_errors import error_at, hint

MEMBER_SECTIONS = ("model", "objective", "training")
"""What a member may have otherwise than the file. Images, splits and what is measured are the trial's."""

MEMBER_NAME = "[A-Za-z][A-Za-z0-9_]*"
_TAKEN = (WHOLE, "test", "metric", "theory", "param")
"""What columns begin with: ``metric.contrast.spread``, ``test.contrast.spread``."""


def _member_name(name: str) -> str:
    if not re.fullmatch(MEMBER_NAME, name) or name in _TAKEN:
        raise ValueError(
            f"{name!r} cannot be a member's name: use letters, digits and '_', starting with a letter, and none of "
            f"{', '.join(_TAKEN)}"
        )
    return name


MemberName = Annotated[str, AfterValidator(_member_name)]


class MemberConfig(Config):
    """One encoder: overrides of the trial's own file, or another member but for its random streams."""

    set: dict[DottedPath, Any] = Field(
        default_factory=dict, exclude_if=nothing, description="overrides of model, objective and training"
    )
    same_as: str | None = Field(
        None, exclude_if=nothing, description="the member that it differs from in its random streams alone"
    )

    @model_validator(mode="after")
    def _one_way(self) -> "MemberConfig":
        if bool(self.set) == (self.same_as is not None):
            raise ValueError(
                "needs set (overrides of the file), or same_as (a member that it differs from in its random streams "
                f"alone), and has {'both' if self.set else 'neither'}"
            )
        for path in self.set:
            section = path.partition(".")[0]
            if section not in MEMBER_SECTIONS:
                text = (
                    "is that of the whole trial; set it in the file"
                    if section in ("data", "evaluation", "resources", "search")
                    else f"unknown section {section!r}{hint(section, MEMBER_SECTIONS)}"
                )
                raise error_at(f"set.{path}", text)
        return self


def _at_least_two(members: dict[str, MemberConfig]) -> dict[str, MemberConfig]:
    if len(members) == 1:
        [name] = members
        raise ValueError(f"has {name} alone; a trial with one encoder needs no members, its file says what it is")
    for name, member in members.items():
        other = member.same_as
        if other is not None and (other not in members or members[other].same_as is not None):
            there = [known for known, config in members.items() if config.same_as is None]
            text = f"{other} is the same as another itself" if other in members else f"no member {other!r}"
            raise error_at(f"{name}.same_as", text, known=there, given=other)
    return members


Members = Annotated[dict[MemberName, MemberConfig], AfterValidator(_at_least_two)]


def own_overrides(members: Mapping[str, MemberConfig], name: str) -> Mapping[str, Any]:
    """What a member has otherwise than the file, its own or those of the one that it is the same as."""
    member = members[name]
    return members[member.same_as].set if member.same_as else member.set


def member_of(path: str) -> tuple[str, str] | None:
    """Of ``members.NAME.set.PATH`` the name and the path; None of another path."""
    found = re.fullmatch(rf"members\.({MEMBER_NAME})\.set\.(.+)", path)
    return (found[1], found[2]) if found else None


def member_path(name: str, path: str) -> str:
    """Where a member has the value of a path of the file."""
    return f"members.{name}.set.{path}"


def plain_path(path: str) -> str:
    """The path in a member's own file; that of a path of no member is the same."""
    found = member_of(path)
    return found[1] if found else path
