"""The books of a run."""

from optuna.storages import BaseStorage

from spreadtune.run_folder import RunFolder
from spreadtune.search.book import Book
from spreadtune.search.database import study_name
from spreadtune.search.pruners import make_pruner
from spreadtune.search.space import ClassCounts, Space
from spreadtune.spec.search import NoStopping
from spreadtune.spec.seed import Stage
from spreadtune.spec.study import Study


def open_books(
    study: Study, run: RunFolder, storage: BaseStorage, class_counts: ClassCounts, stage: Stage = "search"
) -> list[Book]:
    """A book for each variant, in the file's order; Optuna studies that are missing are created.

    Nothing of a confirmation is stopped early.
    """
    variants = study.variants()
    stopping = study.search.early_stopping if stage == "search" else NoStopping()
    return [
        Book(
            study_name(run, variant.name, stage),
            Space(variant, class_counts),
            storage,
            direction=study.search.direction,
            pruner=make_pruner(stopping),
            alone=len(variants) == 1,
        )
        for variant in variants
    ]
