"""The books of a run."""

from itertools import product

from optuna.storages import BaseStorage

from spreadtune.run_folder import RunFolder
from spreadtune.search.sampling.space import ClassCounts, Space
from spreadtune.search.stopping.pruners import make_pruner
from spreadtune.search.storage.book import Book
from spreadtune.search.storage.database import study_name
from spreadtune.spec.members import plain_path
from spreadtune.spec.search import AnyStopping, NoStopping
from spreadtune.spec.seed import Seed, Stage
from spreadtune.spec.study import Study, Variant


def open_books(
    study: Study, run: RunFolder, storage: BaseStorage, class_counts: ClassCounts, stage: Stage = "search"
) -> list[Book]:
    """A book for each variant, in the file's order; Optuna studies that are missing are created.

    Nothing of a confirmation is stopped early.
    """
    variants = study.variants()
    search = study.search
    if stage == "confirm":
        search = search.model_copy(update={"early_stopping": NoStopping()})
    return [
        Book(
            study_name(run, variant.name, stage),
            Space(variant, class_counts),
            storage,
            search=search,
            pruner=make_pruner(search.early_stopping, epochs=_longest(variant, search.early_stopping)),
            alone=len(variants) == 1,
        )
        for variant in variants
    ]


def _longest(variant: Variant, stopping: AnyStopping) -> int:
    """The epochs at which early stopping looks of a variant's longest trial."""
    member = None if isinstance(stopping, NoStopping) else stopping.member
    corners = {
        path: domain.corners() for path, domain in variant.space.items() if plain_path(path) == "training.epochs"
    }
    combined = (dict(zip(corners, values, strict=True)) for values in product(*corners.values()))
    trials = (variant.trial(values, Seed(study=0)) for values in combined)
    return max(spec.encoders[spec.watched(member)].training.epochs for spec in trials)
