"""What a setting trains with, under its right name: SupCon of which scheme, and whether with reconstruction."""

from collections import Counter

from spreadtune.spec.model import NoCorruption, NoDecoder
from spreadtune.spec.trial import TrialSpec


def method(spec: TrialSpec) -> str:
    """``SupCon``, ``spread loss``, ``class-conditional InfoNCE``, ``InfoNCE``, ``cross-entropy`` or the name of an
    objective of one's own, and ``+ reconstruction`` where that term has a weight; of members ``2 x SupCon``, ``spread
    loss beside cross-entropy + reconstruction``."""
    names = [_of_encoder(encoder) for encoder in spec.encoders.values()]
    return " beside ".join(f"{count} x {name}" if count > 1 else name for name, count in Counter(names).items())


def _of_encoder(spec: TrialSpec) -> str:
    words = spec.objective.words
    return f"{words} + reconstruction" if spec.objective.autoencoder_weight else words


def method_with_scheme(spec: TrialSpec) -> str:
    """``SupCon (pairs cross_view, denominator negatives)``: several losses go by the name of SupCon."""
    scheme = pair_scheme(spec)
    return f"{method(spec)} (pairs {scheme[0]}, denominator {scheme[1]})" if scheme else method(spec)


def pair_scheme(spec: TrialSpec) -> tuple[str, str] | None:
    """Pairs and denominator; None for losses of which the theory does not speak."""
    loss = spec.main_encoder.objective.spread_loss(spec.data.views)
    return (loss.scheme.pairs, loss.scheme.denominator) if loss else None


def without_weights(spec: TrialSpec) -> TrialSpec:
    """The same at alpha 0 and autoencoder weight 0, without the decoder that then has nothing to do: the SupCon with
    which a setting of the spread loss has all else in common. Of members, which differ in more, there is none."""
    if spec.members:
        return spec
    own = spec.objective
    objective = own.supervised() if own.uses_labels else own.model_copy(update={"autoencoder_weight": 0.0})
    nothing = {"decoder": NoDecoder(), "decoder_condition": "none", "corruption": NoCorruption()}
    model = spec.model.model_copy(update=nothing)
    return spec.model_copy(update={"objective": objective, "model": model})
