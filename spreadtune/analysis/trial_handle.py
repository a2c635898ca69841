"""One trial of a run: what it ran, what it measured, and its trained encoder."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal, get_args

from numpy.typing import NDArray

from spreadtune.errors import UserError
from spreadtune.run_folder import TrialFolder
from spreadtune.spec.trial import TrialSpec

if TYPE_CHECKING:
    from torch import nn

Split = Literal["train", "validation", "test"]


@dataclass(frozen=True)
class TrialHandle:
    """What a notebook asks of one trial.

    Attributes:
        number: the run-wide number.
        folder: its folder.
        metrics: what was measured at its end, by name, on the test split with ``test.`` before it; metrics it never
            reached are absent.
    """

    number: int
    folder: TrialFolder
    metrics: Mapping[str, float]

    @property
    def spec(self) -> TrialSpec:
        """What the trial ran."""
        from spreadtune.spec.load import load_trial

        return load_trial(self.folder.spec_file)

    def encoder(self, member: str = "") -> "nn.Module":
        """The encoder of the last checkpoint, in evaluation mode; of a trial with members that of ``member``."""
        from spreadtune.trial.reload import load_encoder  # torch, only where it is asked for

        return load_encoder(self.folder, member)

    def embeddings(self, split: Split = "validation", member: str | None = None) -> dict[str, NDArray[Any]]:
        """``h`` features, ``z`` unit embeddings, ``class``, ``subclass`` and image ``index`` of a split's clean images.

        Of a trial with members: of all together, their features standardized and side by side, or of ``member`` alone.

        Raises:
            UserError: the test split of a trial that is not one of the confirmation, or no such member.
        """
        if split not in get_args(Split):
            raise UserError(f"no split {split!r}; there are {', '.join(get_args(Split))}")
        if split == "test" and self.spec.seed.stage != "confirm":
            raise UserError(
                f"trial {self.number}: the test split is closed to trials of the search; use 'validation', or a trial "
                "of stage confirm"
            )
        from spreadtune.trial.reload import embeddings

        return embeddings(self.folder, split, member)
