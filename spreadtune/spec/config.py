"""What every section of a study file is: frozen, closed to unknown keys, free of torch."""

from typing import Any

from pydantic import BaseModel, ConfigDict, Field


class Config(BaseModel):
    """A section of a study file. Unknown keys are errors, values do not change after validation."""

    model_config = ConfigDict(
        extra="forbid", frozen=True, allow_inf_nan=False, serialize_by_alias=True, validate_default=True
    )


def one_value(value: str) -> Any:
    """The default of a key that files of format 1 may have and that has no other value: it is read and not written."""
    return Field(value, exclude=True, deprecated=True, description=f"has one value, {value}, and may be left out")


def nothing(value: object) -> bool:
    """For ``exclude_if`` of a key that came when there were runs already: one that was not given stays out of the
    resolved file, so that the hash of a study is what it was."""
    return value is None or value == {}
