"""What only the whole study can say of members: are they there where something is searched, and do they differ?"""

from collections.abc import Mapping, Set
from typing import Any

from spreadtune.errors import UserError
from spreadtune.run_folder.trial import WHOLE
from spreadtune.spec.members import MEMBER_SECTIONS, member_of, own_overrides
from spreadtune.spec.paths import fill, lookup
from spreadtune.spec.search import NoStopping
from spreadtune.spec.study import Study
from spreadtune.spec.trial import Body
from spreadtune.spec.validation_errors import hint
from spreadtune.spec.variant import MAIN, Variant

_MARK = "the file's own"


def check_members(study: Study, variant: Variant, somewhere: Set[str]) -> None:
    """Refuse what a variant's members do not make sense with.

    Args:
        study: the variant's.
        variant: the one to look at.
        somewhere: the names of all variants' members.

    Raises:
        UserError: a searched path of a member that is not there, or that no member has; early stopping that does not
            say at which member it looks.
    """
    for path in variant.space:
        _check_searched(variant, path)
    if variant.members:
        _check_stopping(study, variant, somewhere)
    elif not somewhere and (asked := getattr(study.search.early_stopping, "member", None)):
        raise UserError(f"search.early_stopping.member: {asked} is given, and no trial of this study has members")


def _check_searched(variant: Variant, path: str) -> None:
    at, members = f"{variant.space_at}.{path}", variant.members
    if path.partition(".")[0] != "members":
        if members and path.partition(".")[0] in MEMBER_SECTIONS and not _taken(variant, path):
            raise UserError(f"{at}: every member{_of(variant)} sets it itself; search members.NAME.set.{path}")
        return
    found = member_of(path)
    if found is None or found[1].partition(".")[0] not in MEMBER_SECTIONS:
        raise UserError(f"{at}: expected members.NAME.set.PATH, PATH in one of {', '.join(MEMBER_SECTIONS)}")
    name = found[0]
    if name not in members:
        known = hint(name, members) if members else ", which has none"
        raise UserError(
            f"{at}: no member {name!r} in variant {variant.name}{known}; variants may have spaces of their own"
        )
    if same := members[name].same_as:
        raise UserError(f"{at}: {name} is the same as {same}; search members.{same}.set.{found[1]}")


def _taken(variant: Variant, path: str) -> bool:
    """Whether any member takes the value that the file, or the search, has at a path."""
    marked = fill(variant.body, {path: _MARK})
    return any(_lookup(fill(marked, own_overrides(variant.members, name)), path) == _MARK for name in variant.members)


def _lookup(values: Mapping[str, Any], path: str) -> Any:
    try:
        return lookup(values, path)
    except KeyError:  # of another part, which has no such value
        return None


def refuse_equal_members(variant: Variant) -> None:
    """Refuse two members that say the same, which is a slip unless the file says so; all of them make trials.

    Raises:
        UserError: two members have the same values, and the same of them are searched.
    """
    values = {key: value for key, value in variant.body.items() if key != "members"}
    first: dict[tuple[str, ...], str] = {}
    for name, member in variant.members.items():
        searched = (path for path in variant.space if (found := member_of(path)) and found[0] == name)
        filled = Body.model_validate(fill(values, own_overrides(variant.members, name))).model_dump_json()
        other = first.setdefault((filled, *searched), name)
        if other != name and not member.same_as:
            place = "members" if variant.name == MAIN else f"search.variants.{variant.name}.set.members"
            raise UserError(
                f"{place}.{name}: is the same as {other}; write same_as: {other} where it is to differ in its random "
                "streams alone"
            )


def _check_stopping(study: Study, variant: Variant, somewhere: Set[str]) -> None:
    stopping = study.search.early_stopping
    if isinstance(stopping, NoStopping):
        return
    choices = [*variant.members, WHOLE]
    if stopping.member is None:
        raise UserError(
            f"search.early_stopping: trials{_of(variant)} have members; add member: (one of {', '.join(choices)})"
        )
    everywhere = {*somewhere, WHOLE}
    if stopping.member not in everywhere:
        raise UserError(
            f"search.early_stopping.member: no member {stopping.member!r}{hint(stopping.member, sorted(everywhere))}"
        )


def _of(variant: Variant) -> str:
    return "" if variant.name == MAIN else f" of variant {variant.name}"
