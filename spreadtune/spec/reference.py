"""What a reference is: floors and ceiling are measured under the study file's own values."""

from spreadtune.spec.seed import Seed, Stage
from spreadtune.spec.study import Study
from spreadtune.spec.trial import Body, TrialSpec


def reference_spec(study: Study, seed: int, stage: Stage = "search") -> TrialSpec:
    """The study file's own values at alpha 0 and autoencoder_weight 0, defaults where a searched path has no value."""
    sections = {name: getattr(study, name) for name in Body.model_fields}
    zeros = {name: 0.0 for name in ("alpha", "autoencoder_weight") if hasattr(study.objective, name)}
    objective = study.objective.model_copy(update=zeros)
    return TrialSpec(**sections | {"objective": objective}, seed=Seed(study=study.search.seed, stage=stage, index=seed))
