"""The samplers: made afresh for every draw, so that a resumed study goes on with its own sequence."""

import hashlib
import warnings
from typing import Literal

from optuna.exceptions import ExperimentalWarning
from optuna.samplers import BaseSampler, RandomSampler, TPESampler

SamplerName = Literal["random", "tpe"]


def make_sampler(name: SamplerName, *, seed: int, conditional: bool) -> BaseSampler:
    """The sampler for one draw.

    Args:
        name: ``random`` or ``tpe`` (Bergstra et al. 2011; multivariate: Falkner et al. 2018, section 3).
        seed: of :func:`draw_seed`.
        conditional: some parameters exist in some trials only; TPE then models each group of parameters that occur
            together, where the joint model would leave them out.
    """
    if name == "random":
        return RandomSampler(seed=seed)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ExperimentalWarning)
        # The liar counts running trials as bad ones, so that workers side by side do not try the same place.
        return TPESampler(seed=seed, multivariate=True, constant_liar=True, group=conditional)


def draw_seed(study_seed: int, variant: str, number: int) -> int:
    """A 32-bit seed from (study seed, variant, number of the trial in the variant's Optuna study) alone."""
    key = f"{study_seed}/{variant}/{number}".encode()
    return int.from_bytes(hashlib.sha256(key).digest()[:4], "big")
