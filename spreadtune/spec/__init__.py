"""The study file: frozen configs, domains, overrides, variants, hash. Free of torch."""

from spreadtune.spec.find import StudyFile, find_study, list_studies
from spreadtune.spec.hash import difference, study_hash
from spreadtune.spec.load import dump_study, dump_trial, load_study, load_trial
from spreadtune.spec.seed import Seed
from spreadtune.spec.study import Study
from spreadtune.spec.trial import TrialSpec
from spreadtune.spec.variant import Variant

__all__ = [
    "Seed",
    "Study",
    "StudyFile",
    "TrialSpec",
    "Variant",
    "difference",
    "dump_study",
    "dump_trial",
    "find_study",
    "list_studies",
    "load_study",
    "load_trial",
    "study_hash",
]
