"""What a setting trains with, under its right name: SupCon of which scheme, and whether with reconstruction."""

from spreadtune.spec.model import NoDecoder
from spreadtune.spec.objective import SpreadObjective
from spreadtune.spec.trial import TrialSpec

SUPCON = "SupCon"
_OTHERS = {"infonce": "InfoNCE", "cross_entropy": "cross-entropy"}


def method(spec: TrialSpec) -> str:
    """``SupCon``, ``spread loss``, ``class-conditional InfoNCE``, ``InfoNCE``, ``cross-entropy`` or the name of an
    objective of one's own, and ``+ reconstruction`` where that term has a weight."""
    return f"{_loss(spec)} + reconstruction" if spec.objective.autoencoder_weight else _loss(spec)


def method_with_scheme(spec: TrialSpec) -> str:
    """``SupCon (pairs cross_view, denominator negatives)``: several losses go by the name of SupCon."""
    objective = spec.objective
    if not isinstance(objective, SpreadObjective):
        return method(spec)
    return f"{method(spec)} (pairs {objective.pairs}, denominator {objective.denominator})"


def without_weights(spec: TrialSpec) -> TrialSpec:
    """The same at alpha 0 and autoencoder weight 0, without the decoder that then has nothing to do: the SupCon with
    which a setting of the spread loss has all else in common."""
    zeros = {name: 0.0 for name in ("alpha", "autoencoder_weight") if hasattr(spec.objective, name)}
    objective = spec.objective.model_copy(update=zeros)
    model = spec.model.model_copy(update={"decoder": NoDecoder(), "decoder_condition": "none"})
    return spec.model_copy(update={"objective": objective, "model": model})


def _loss(spec: TrialSpec) -> str:
    objective = spec.objective
    if not isinstance(objective, SpreadObjective):
        return _OTHERS.get(objective.name, objective.name)
    return {0.0: SUPCON, 1.0: "class-conditional InfoNCE"}.get(objective.alpha, "spread loss")
