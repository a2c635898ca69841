"""Random streams: where every draw of a trial comes from."""

import hashlib
from typing import Literal, get_args

from pydantic import Field, StrictInt

from spreadtune.spec.config import Config, nothing

Stage = Literal["search", "confirm"]
STAGES: tuple[Stage, ...] = get_args(Stage)


class Seed(Config):
    """Which repetition of which study a trial is.

    Attributes:
        study: the study's ``search.seed``.
        stage: search or confirm.
        index: the repetition, from 0.
        member: of a trial of several encoders, which of them; the whole trial's streams are none of theirs.
    """

    study: StrictInt = Field(ge=0)
    stage: Stage = "search"
    index: StrictInt = Field(0, ge=0)
    member: str | None = Field(None, exclude_if=nothing)

    def stream(self, name: str, step: int = 0) -> int:
        """A 63-bit seed from (study seed, stage, repetition, stream name, step) alone.

        Nothing of a setting enters, so all settings at one repetition share initialization, order and views and can be
        compared in pairs. ``step`` (an epoch) makes a stream that can be taken up anywhere without stored state.
        """
        place = f"{self.study}/{self.stage}/{self.index}" + (f"/members/{self.member}" if self.member else "")
        key = f"{place}/{name}/{step}"
        return int.from_bytes(hashlib.sha256(key.encode()).digest()[:8], "big") >> 1
