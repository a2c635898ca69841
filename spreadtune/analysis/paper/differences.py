"""In what the settings of a run differ from the paper's."""

from collections.abc import Iterator, Mapping

from spreadtune.analysis.paper.published import Method, setting
from spreadtune.analysis.paper.traits import traits
from spreadtune.spec.trial import TrialSpec


def differences(dataset: str, trained: Mapping[Method, TrialSpec]) -> list[str]:
    """``epochs: published 600, here 8``, a line for each trait in which any of the settings differs.

    Args:
        dataset: one of the paper's.
        trained: a setting of each method.
    """
    return list(_lines(setting(dataset), trained))


def _lines(published: Mapping[str, str], trained: Mapping[Method, TrialSpec]) -> Iterator[str]:
    for name, theirs in published.items():
        methods = _by_value(name, trained)
        if set(methods) - {theirs}:
            yield f"{name}: published {theirs}, here {_told(methods)}"


def _by_value(name: str, trained: Mapping[Method, TrialSpec]) -> dict[str, list[Method]]:
    """Which methods have a trait at each of its values; those that lack it are left out."""
    found: dict[str, list[Method]] = {}
    for method, spec in trained.items():
        values = dict.fromkeys(traits(encoder).get(name) for encoder in spec.encoders.values())
        for value in values:
            if value is not None:
                found.setdefault(value, []).append(method)
    return found


def _told(methods: Mapping[str, list[Method]]) -> str:
    if len(methods) == 1:
        return next(iter(methods))
    return "; ".join(f"{value} ({', '.join(which)})" for value, which in methods.items())
