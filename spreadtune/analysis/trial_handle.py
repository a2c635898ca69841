"""One trial of a run: what it ran, what it measured, and its trained encoder."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from spreadtune.errors import UserError
from spreadtune.run_folder import TrialFolder
from spreadtune.spec.trial import TrialSpec

if TYPE_CHECKING:
    from torch import nn

    from spreadtune.trial.reload import Embeddings


@dataclass(frozen=True)
class TrialHandle:
    """What a notebook asks of one trial.

    Attributes:
        number: the run-wide number.
        folder: its folder.
        metrics: what was measured at its end, by name; metrics it never reached are absent.
        confirmed: whether the run's confirmation has opened the test split.
    """

    number: int
    folder: TrialFolder
    metrics: Mapping[str, float]
    confirmed: bool

    @property
    def spec(self) -> TrialSpec:
        """What the trial ran."""
        from spreadtune.spec.load import load_trial

        return load_trial(self.folder.spec_file)

    def encoder(self) -> "nn.Module":
        """The encoder of the last checkpoint, in evaluation mode."""
        from spreadtune.trial.reload import load_encoder  # torch, only where it is asked for

        return load_encoder(self.folder)

    def embeddings(self, split: Literal["train", "validation", "test"] = "validation") -> "Embeddings":
        """Features h, embeddings z, class, subclass and image index of a split, as NumPy arrays.

        Raises:
            UserError: the test split before confirmation has opened it.
        """
        if split == "test" and not self.confirmed:
            raise UserError(
                f"trial {self.number}: the test split stays closed until a run is confirmed; use 'validation'"
            )
        from spreadtune.trial.reload import embeddings

        return embeddings(self.folder, split)
