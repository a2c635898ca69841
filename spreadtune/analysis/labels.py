"""What settings and variants are called in figures, tables and sentences."""

from collections.abc import Mapping, Sequence

import pandas as pd

from spreadtune.analysis.method import method, pair_scheme
from spreadtune.analysis.words import in_words, values_in_words
from spreadtune.spec.objective import SUPCON
from spreadtune.spec.trial import TrialSpec


def variant_names(specs: Mapping[tuple[str, int], TrialSpec]) -> dict[str, str]:
    """Each variant under its name, and one of alpha 0 throughout under that of the loss, too.

    ``supcon, SupCon + reconstruction`` where its autoencoder weight is above 0; with the pair scheme where the run has
    several: ``supcon_khosla, SupCon of pairs all and denominator all``. A name that says as much stands alone.
    """
    several = len({pair_scheme(spec) for spec in specs.values()} - {None}) > 1
    losses: dict[str, set[str]] = {}
    for (variant, _), spec in specs.items():
        losses.setdefault(variant, set()).add(_loss(spec, several))
    return {variant: _variant_name(variant, found) for variant, found in losses.items()}


def setting_labels(settings: pd.DataFrame, paths: Sequence[str], variants: Mapping[str, str]) -> list[str]:
    """``alpha 0.56``, and ``variant spread (alpha 0.56)`` where there are several variants.

    Args:
        settings: indexed by (variant, setting), with a column for each path.
        paths: what tells the settings apart.
        variants: their names.
    """
    labels = []
    for key, row in settings.iterrows():
        assert isinstance(key, tuple)
        words = values_in_words((path, row[path]) for path in paths)
        name = f"variant {variants[key[0]]}"
        alone = words or "all settings"
        labels.append((f"{name} ({words})" if words else name) if len(variants) > 1 else alone)
    return labels


def _variant_name(variant: str, losses: set[str]) -> str:
    loss = next(iter(losses))
    alone = len(losses) > 1 or not loss.startswith(SUPCON) or in_words(variant) == loss
    return variant if alone else f"{variant}, {loss}"


def _loss(spec: TrialSpec, several: bool) -> str:
    scheme = pair_scheme(spec)
    return f"{method(spec)} of pairs {scheme[0]} and denominator {scheme[1]}" if several and scheme else method(spec)
