"""Which settings clamp the logits of positives: their loss is not the published formula, and a report says so."""

from collections.abc import Mapping

from spreadtune.search.results.choice import Setting
from spreadtune.spec.trial import TrialSpec


def clamped_line(specs: Mapping[Setting, TrialSpec]) -> str:
    """The variants in which some encoder is trained with ``positive_logit_clamp``, and what that means; empty where
    none is."""
    clamps = {variant: clamp for (variant, _), spec in specs.items() if (clamp := _clamps(spec))}
    if not clamps:
        return ""
    named = ", ".join(f"{variant} (at {clamp})" for variant, clamp in clamps.items())
    return (
        f"The logits of positives are clamped in variant {named}, as in the code that was published with the method, "
        "not in its formula. The clamp spreads classes by itself: theory has no thresholds here, and it is no SupCon."
    )


def _clamps(spec: TrialSpec) -> str:
    values = (getattr(encoder.objective, "positive_logit_clamp", None) for encoder in spec.encoders.values())
    return ", ".join(dict.fromkeys(f"{value:g}" for value in values if value is not None))
