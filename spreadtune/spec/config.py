"""What every section of a study file is: frozen, closed to unknown keys, free of torch."""

from pydantic import BaseModel, ConfigDict


class Config(BaseModel):
    """A section of a study file. Unknown keys are errors, values do not change after validation."""

    model_config = ConfigDict(
        extra="forbid", frozen=True, allow_inf_nan=False, serialize_by_alias=True, validate_default=True
    )
