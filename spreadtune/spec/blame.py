"""Where a mistake was made: in the file, in one of its profiles, or on the command line."""

from collections.abc import Sequence

from spreadtune.spec.overrides import Overrides
from spreadtune.spec.paths import overlap


def blamed(message: str, source: str, layers: Sequence[Overrides]) -> str:
    """The lines of ``message`` with what is to be changed in front.

    A line begins with the path of its mistake. Where an override reaches that path the one that says most of it is to
    blame, not the file; where it only sets another path that the line speaks of, it is named beside the file.

    Args:
        message: lines ``PATH: what is wrong``.
        source: the study file, for people.
        layers: what was applied to the file's values, in that order.
    """
    return "\n".join(f"{_to_blame(line, source, layers)}: {line}" for line in message.splitlines())


def _to_blame(line: str, source: str, layers: Sequence[Overrides]) -> str:
    path = line.partition(": ")[0]
    given = [(layer, at) for layer in reversed(layers) for at in layer.values]
    for layer, at in sorted(given, key=lambda override: len(override[1]), reverse=True):
        if overlap(at, path):
            return layer.shown(at) if layer.profile is None else f"{source}: {layer.shown(at)}"
    for layer, at in given:
        if at in line:
            return f"{source} with {layer.shown(at)}"
    return source
