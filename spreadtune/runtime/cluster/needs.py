"""What a cluster of our own needs of this machine, looked for as Ray 2.60 does when it starts.

Ray's own messages tell neither the setting nor the fix.
"""

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from spreadtune.errors import UserError
from spreadtune.run_folder.places import why_not_writable

LONGEST_SOCKET = 107  # bytes of a Unix socket's path on Linux
_SOCKET = "session_2026-01-01_00-00-00_000000_1234567/sockets/plasma_store"


@dataclass(frozen=True)
class Hindrance:
    """What keeps Ray from starting, and what to do about it."""

    text: str
    fix: str


def refuse_where_ray_cannot_start() -> None:
    """Raises :class:`UserError` with the first hindrance."""
    for found in (token_hindrance(os.environ, Path.home()), folder_hindrance(os.environ)):
        if found:
            raise UserError(f"Ray cannot start: {found.text}; {found.fix}")


def token_file(environment: Mapping[str, str], home: Path) -> Path:
    """Where the token of Ray's authentication is read, and made where there is none."""
    named = environment.get("RAY_AUTH_TOKEN_PATH")
    return Path(named) if named else home / ".ray" / "auth_token"


def token_hindrance(environment: Mapping[str, str], home: Path) -> Hindrance | None:
    """Whether there is a token, or Ray can make one. It makes none where ``RAY_AUTH_TOKEN_PATH`` names its file."""
    if environment.get("RAY_AUTH_MODE", "token").lower() != "token" or environment.get("RAY_AUTH_TOKEN"):
        return None
    file = token_file(environment, home)
    try:
        if file.read_text(errors="replace").strip():
            return None
        unread = "is empty"
    except FileNotFoundError:
        unread = "is not there"
    except OSError as error:
        unread = f"cannot be read ({error.strerror})"
    if environment.get("RAY_AUTH_TOKEN_PATH"):
        fix = "write the cluster's token there, or unset RAY_AUTH_TOKEN_PATH"
        return Hindrance(f"{file}, which RAY_AUTH_TOKEN_PATH names, {unread}", fix)
    reason = _why_not_made(file)
    if reason is None:
        return None
    fix = "set HOME to a folder that can be written, or RAY_AUTH_TOKEN to a secret of your own (openssl rand -hex 32)"
    return Hindrance(f"the token {file} {unread} and cannot be written: {reason}", fix)


def ray_folder(environment: Mapping[str, str] = os.environ) -> Path:
    """Where Ray keeps its sessions, with sockets, logs and spilled objects."""
    return Path(environment.get("RAY_TMPDIR", environment.get("TMPDIR", "/tmp"))) / "ray"


def folder_hindrance(environment: Mapping[str, str]) -> Hindrance | None:
    """Whether that folder can be written, and is short enough for the path of a socket."""
    folder, named = ray_folder(environment), _named_by(environment)
    length = len(os.fsencode((folder / _SOCKET).absolute()))
    if length > LONGEST_SOCKET:
        text = f"the folder {folder}{named} is too long: the path of a socket in it would have {length} bytes, and "
        return Hindrance(f"{text}{LONGEST_SOCKET} are allowed", "name a shorter one with RAY_TMPDIR, such as /tmp")
    if reason := why_not_writable(folder):
        return Hindrance(f"the folder {folder}{named} cannot be written: {reason}", "name another with RAY_TMPDIR")
    return None


def _why_not_made(file: Path) -> str | None:
    """Why a file cannot be written, or made; nothing is changed."""
    if not file.exists():
        return why_not_writable(file.parent)
    try:
        file.open("ab").close()
    except OSError as error:
        return str(error.strerror)
    return None


def _named_by(environment: Mapping[str, str]) -> str:
    name = next((name for name in ("RAY_TMPDIR", "TMPDIR") if name in environment), None)
    return f" (of {name})" if name else ""
