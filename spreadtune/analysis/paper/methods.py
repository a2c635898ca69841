"""Which of the paper's methods a setting is."""

from spreadtune.analysis.paper.published import Method
from spreadtune.spec.objective import CrossEntropyObjective, SpreadObjective, is_supcon
from spreadtune.spec.trial import TrialSpec

_OF_ONE = (Method.SUPCON, Method.SPREAD, Method.AUTOENCODER, Method.SUPCON_AUTOENCODER)
_OF_TWO: dict[tuple[Method, ...], Method] = {
    (Method.SUPCON, Method.SUPCON): Method.SUPCON_TWICE,
    (Method.SPREAD, Method.AUTOENCODER): Method.THANOS,
}


def paper_method(spec: TrialSpec) -> Method | None:
    """By the losses of its encoders, whatever else the setting has; None of what the paper has not.

    The class-conditional term alone (alpha 1) is none of them, nor is the spread loss with reconstruction on one
    encoder.
    """
    trained = [_of_encoder(encoder) for encoder in spec.encoders.values()]
    if len(trained) == 1:
        return trained[0]
    found = tuple(method for method in _OF_ONE for each in trained if each is method)
    return _OF_TWO.get(found) if len(found) == len(trained) else None


def _of_encoder(spec: TrialSpec) -> Method | None:
    match spec.objective:
        case objective if is_supcon(objective):
            return Method.SUPCON
        case SpreadObjective(alpha=alpha, autoencoder_weight=weight, positive_logit_clamp=float()):
            return Method.SPREAD_CLAMPED if 0 < alpha < 1 and weight == 0 else None
        case SpreadObjective(alpha=0):
            return Method.SUPCON_AUTOENCODER
        case SpreadObjective(alpha=alpha, autoencoder_weight=0) if alpha < 1:
            return Method.SPREAD
        case CrossEntropyObjective(autoencoder_weight=weight) if weight > 0:
            return Method.AUTOENCODER
    return None
