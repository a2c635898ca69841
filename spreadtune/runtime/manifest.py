"""What a run was made of and by: the manifest beside its results."""

import logging
import platform
import re
import subprocess
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

from spreadtune.run_folder import RunFolder, write_json
from spreadtune.run_folder.run import FORMAT
from spreadtune.search.storage.database import redacted
from spreadtune.spec.hash import study_hash
from spreadtune.spec.study import Study
from spreadtune.version import __version__

logger = logging.getLogger(__name__)

RECORDED = ("torch", "torchvision", "ray", "optuna", "numpy", "pandas", "scikit-learn")


class Manifest:
    """``manifest.json``: one entry per start of the driver under ``attempts``, everything else as it was last known."""

    def __init__(self, run: RunFolder, study: Study, *, command: Sequence[str], storage: str | None) -> None:
        self.file = run.manifest_file
        earlier = run.manifest()
        self.content: dict[str, Any] = {
            **earlier,  # a start that finds nothing to train sees no nodes
            "format": FORMAT,
            "run": earlier.get("run", run.label),
            "hash": study_hash(study),
            "profile": study.profile or earlier.get("profile"),
            "extends": earlier.get("extends"),
            "command": [without_password(word) for word in command],
            "storage": redacted(storage) if storage else None,
            "git": git_state(Path.cwd()),
            "versions": versions(),
            "seeds": {
                "study": study.search.seed,
                "repetitions": study.search.seeds,
                "confirm": study.search.confirm_seeds,
            },
            "attempts": [*earlier.get("attempts", []), {"start": _now(), "end": None, "reason": None}],
        }
        _warn_of_other_versions(earlier.get("versions", {}), self.content["versions"])
        self.update()

    def update(self, **entries: Any) -> None:
        """Add entries and write the file."""
        self.content.update(entries)
        write_json(self.file, self.content)

    def end(self, reason: str, usage: Mapping[str, float]) -> None:
        """Close this attempt: ``finished``, ``interrupted`` or the error that ended it."""
        self.content["attempts"][-1].update(end=_now(), reason=reason)
        self.update(usage=dict(usage))


def versions() -> dict[str, str]:
    """Versions of Python, spreadtune and what decides its numbers."""
    found = {"python": platform.python_version(), "spreadtune": __version__}
    for package in RECORDED:
        try:
            found[package] = version(package)
        except PackageNotFoundError:
            continue
    return found


def git_state(folder: Path) -> dict[str, Any] | None:
    """Commit and dirty flag of the checkout ``folder`` lies in; None outside of one."""

    def git(*arguments: str) -> str:
        command = ["git", "-C", str(folder), *arguments]
        return subprocess.run(command, capture_output=True, text=True, check=True, timeout=10).stdout.strip()

    try:
        return {"commit": git("rev-parse", "HEAD"), "dirty": bool(git("status", "--porcelain", "--untracked-files=no"))}
    except (OSError, subprocess.SubprocessError):
        return None


def without_password(word: str) -> str:
    """A word of a command line; the password of a database address in it is starred out."""
    return re.sub(r"(://[^:/@\s]*:)[^@\s]+@|((?:password|passwd)=)[^&\s]+", _starred, word)


def _starred(found: re.Match[str]) -> str:
    return f"{found[1]}***@" if found[1] else f"{found[2]}***"


def _warn_of_other_versions(before: Mapping[str, str], now: Mapping[str, str]) -> None:
    """Going on under another minor version may change numbers: said once, for the manifest has the new ones then."""
    changed = [
        name
        for name in ("torch", "ray", "optuna", "spreadtune")
        if name in before and before[name].split(".")[:2] != now.get(name, "").split(".")[:2]
    ]
    if changed:
        old, new = (
            ", ".join(f"{name} {versions.get(name, '(absent)')}" for name in changed) for versions in (before, now)
        )
        logger.warning("the run was begun with %s and goes on with %s: its numbers may differ", old, new)


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds")
