"""What a reference is: floors and ceiling are measured under the study file's own values."""

from spreadtune.spec.seed import Seed, Stage
from spreadtune.spec.study import Study
from spreadtune.spec.trial import Body, TrialSpec


def reference_spec(study: Study, seed: int, stage: Stage = "search") -> TrialSpec:
    """The study file's own values, defaults where a searched path has none, and the objective of a ceiling.

    It is one encoder, whatever members the trials have.
    """
    sections = {name: getattr(study, name) for name in Body.model_fields if name != "members"}
    sections["objective"] = study.objective.supervised()
    return TrialSpec(**sections, seed=Seed(study=study.search.seed, stage=stage, index=seed))
