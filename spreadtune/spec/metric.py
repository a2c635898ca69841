"""What is known of a metric beside how it is computed."""

from dataclasses import dataclass
from typing import Literal

from spreadtune.spec.goal import Direction

Part = Literal["kept apart", "train"]
Shown = Literal["tables", "trials", "files"]
Figure = Literal["accuracy", "spread", "epochs"]


@dataclass(frozen=True)
class Metric:
    """A number that is measured of a trained encoder.

    Attributes:
        name: of its column ``metric.NAME``, and what a study file calls it.
        words: what texts, headings and axes call it.
        meaning: what it is, for the documentation.
        better: the direction where nothing else is said.
        part: the images it speaks of: ones kept apart (validation, and test of a confirmation), or the training images.
        needs_subclasses: it is computed from fine labels; a selection by it has seen what coarse training must not.
        needs_groups: it is computed from labels of groups.
        needs_term: the term that the objective has to declare among its own
            (:attr:`spreadtune.spec.objective.ObjectiveConfig.terms`).
        needs_other: it is about another data set, that of ``evaluation.transfer_to``.
        fewest_classes: with fewer it says nothing and is left out.
        stand_in: the metric, measured every ``evaluation.knn_every`` epochs, that early stopping looks at for it.
        shown: in all tables for people, in that of trials alone, or in files for programs alone.
        per_encoder: it is that of one encoder's z, views or decoder; of several encoders each has its own.
        drawn: the report's figure that draws it: ``accuracy``, between floors and ceiling, which are measured in it
            too; ``spread``, beside the prediction; ``epochs``, while training goes on.
    """

    name: str
    words: str
    meaning: str
    better: Direction = "maximize"
    part: Part = "kept apart"
    needs_subclasses: bool = False
    needs_groups: bool = False
    needs_term: str | None = None
    needs_other: bool = False
    fewest_classes: int = 2
    stand_in: str | None = None
    shown: Shown = "files"
    per_encoder: bool = False
    drawn: Figure | None = None
