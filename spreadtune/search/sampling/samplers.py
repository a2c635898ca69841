"""The samplers: made afresh for every draw, so that a resumed study goes on with its own sequence."""

import hashlib
import warnings
from typing import Literal

from optuna.exceptions import ExperimentalWarning
from optuna.samplers import BaseSampler, GPSampler, NSGAIISampler, RandomSampler, TPESampler

from spreadtune.search.sampling.qmc import Sobol
from spreadtune.search.sampling.space import Space

SamplerName = Literal["random", "qmc", "tpe", "gp", "nsga2"]

POPULATION = 8
"""Individuals of an NSGA-II generation: Optuna's 50 would be the whole of most searches, and none of it evolution."""


def make_sampler(
    name: SamplerName, space: Space, *, study_seed: int, number: int, place: int, begins_with: str = ""
) -> BaseSampler:
    """The sampler for one draw.

    Args:
        name: ``random``; ``qmc``, see :class:`~spreadtune.search.sampling.qmc.Sobol`; ``tpe`` (Bergstra et al. 2011;
            multivariate: Falkner et al. 2018, section 3); ``gp``, a Gaussian process with log expected improvement
            (Ament et al. 2023); ``nsga2`` (Deb et al. 2002).
        space: of the variant.
        study_seed: the study's ``search.seed``.
        number: of the trial in the variant's Optuna study; every draw has random numbers of its own.
        place: how many points the variant's trials have taken, where a sequence is gone through (``qmc``).
        begins_with: the run that was extended. Its extension has a stream of its own, or it would draw again what that
            run has drawn under the same numbers.
    """
    stream = f"{space.variant.name}/{begins_with}" if begins_with else space.variant.name
    seed = draw_seed(study_seed, stream, number)
    match name:
        case "random":
            return RandomSampler(seed=seed)
        case "qmc":
            return Sobol(space.parameters, seed=draw_seed(study_seed, stream, "sequence"), place=place)
        case "tpe":
            return _tpe(seed, conditional=any(domain.when for domain in space.variant.space.values()))
        case "gp":  # imports torch and SciPy at its first draw from the model
            return GPSampler(seed=seed, warn_independent_sampling=False)
        case "nsga2":
            return NSGAIISampler(seed=seed, population_size=POPULATION)


def _tpe(seed: int, *, conditional: bool) -> TPESampler:
    """Where some parameters exist in some trials only, each group that occurs together has a model of its own."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ExperimentalWarning)
        # The liar counts running trials as bad ones, so that workers side by side do not try the same place.
        return TPESampler(seed=seed, multivariate=True, constant_liar=True, group=conditional)


def draw_seed(study_seed: int, variant: str, draw: int | Literal["sequence"]) -> int:
    """A 32-bit seed from (study seed, variant, number of the trial in the variant's Optuna study) alone."""
    key = f"{study_seed}/{variant}/{draw}".encode()
    return int.from_bytes(hashlib.sha256(key).digest()[:4], "big")
