"""Python and the packages that decide whether a study runs, against what the package accepts and was tested with."""

import platform
from collections.abc import Iterator, Mapping
from importlib.metadata import PackageNotFoundError, metadata, requires, version

from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet
from packaging.version import Version

from spreadtune.runtime.doctor.check import Check

NEWEST_TESTED = {"python": "3.12", "torch": "2.14", "torchvision": "0.29", "ray": "2.60", "optuna": "5.0"}
"""The newest minor version of each that the tests have passed with; the metadata say what is accepted."""


def check_versions() -> Iterator[Check]:
    """Python, torch, torchvision, Ray and Optuna as they are installed, and whether torch and torchvision fit."""
    accepted = accepted_versions()
    found = {name: platform.python_version() if name == "python" else installed(name) for name in NEWEST_TESTED}
    for name, newest in NEWEST_TESTED.items():
        yield check_version(name, found[name], accepted.get(name, SpecifierSet()), newest)
    if found["torch"] and found["torchvision"]:
        yield from check_pair(found["torch"], found["torchvision"], _accepted_by("torchvision").get("torch"))


def check_version(name: str, found: str | None, accepted: SpecifierSet, newest_tested: str) -> Check:
    """One package.

    Args:
        name: of the package, or ``python``.
        found: the version that is installed; None where there is none.
        accepted: what this package asks for.
        newest_tested: a minor version, as ``2.14``.
    """
    wanted = f"{name}{accepted}"
    install = f"install Python {accepted}" if name == "python" else f"pip install '{wanted}'"
    if found is None:
        return Check(name, "problem", f"is not installed; {wanted} is needed", install)
    if not accepted.contains(found, prereleases=True):
        return Check(name, "problem", f"{found}, and {wanted} is needed", install)
    if Version(found).release[:2] > Version(newest_tested).release[:2]:
        fix = f"should a study fail, try {newest_tested}: constraints.txt has every version that was tested"
        return Check(name, "warning", f"{found} is newer than what was tested ({newest_tested})", fix)
    return Check(name, "ok", f"{found} (accepted {accepted or 'as it is'}, tested up to {newest_tested})")


def check_pair(torch: str, torchvision: str, wanted: SpecifierSet | None) -> Iterator[Check]:
    """torchvision is built for one version of torch; with another its operators are missing."""
    if wanted is not None and not wanted.contains(torch, prereleases=True):
        text = f"{torchvision} was built for torch{wanted}, and torch is {torch}"
        yield Check("torchvision", "problem", text, "pip install -U torch torchvision, both from one index")


def accepted_versions() -> Mapping[str, SpecifierSet]:
    """What this package's metadata accepts, by name; empty where it is not installed."""
    try:
        python = SpecifierSet(str(metadata("spreadtune").json.get("requires_python", "")))
    except PackageNotFoundError:
        return {}
    return {"python": python, **_accepted_by("spreadtune")}


def installed(name: str) -> str | None:
    try:
        return version(name)
    except PackageNotFoundError:
        return None


def _accepted_by(package: str) -> dict[str, SpecifierSet]:
    wanted = [Requirement(line) for line in requires(package) or ()]
    return {each.name: each.specifier for each in wanted if each.marker is None or each.marker.evaluate({"extra": ""})}
