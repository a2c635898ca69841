"""The books of a run."""

from optuna.storages import BaseStorage

from spreadtune.run_folder import RunFolder
from spreadtune.search.sampling.space import ClassCounts, Space
from spreadtune.search.stopping.pruners import make_pruner
from spreadtune.search.storage.book import Book
from spreadtune.search.storage.database import study_name
from spreadtune.spec.search import NoStopping
from spreadtune.spec.seed import Stage
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
            pruner=make_pruner(search.early_stopping, epochs=_longest(variant)),
            alone=len(variants) == 1,
        )
        for variant in variants
    ]


def _longest(variant: Variant) -> int:
    """The epochs of a variant's longest trial."""
    searched = variant.space.get("training.epochs")
    return max(map(int, searched.corners())) if searched else int(variant.body["training"]["epochs"])
