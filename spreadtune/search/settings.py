"""When two trials are the same setting."""

import json

from spreadtune.spec.trial import TrialSpec

Value = float | int | str | bool
"""A searched value as it stands in a trial's file."""


def setting_key(spec: TrialSpec) -> str:
    """Equal for two trials exactly when their resolved files without ``seed`` are equal."""
    return json.dumps(spec.model_dump(mode="json", exclude={"seed"}), sort_keys=True)
