"""What a cluster that is joined is told of this process's environment."""

from typing import Any

import pytest
import ray

from spreadtune.errors import UserError
from spreadtune.runtime.cluster.connection import connect
from spreadtune.runtime.cluster.environment import RAY_ENVIRONMENT


@pytest.mark.parametrize("named", ["", "/data/sets"])
def test_its_workers_look_for_data_where_the_driver_does(monkeypatch: pytest.MonkeyPatch, named: str) -> None:
    told: dict[str, Any] = {}

    def init(**options: Any) -> None:
        told.update(options)
        raise ConnectionError("nobody there")

    monkeypatch.setattr(ray, "init", init)
    monkeypatch.setenv("SPREADTUNE_DATA", named)
    with pytest.raises(UserError, match="no Ray cluster answers there"), connect("127.0.0.1:1"):
        pass
    variables = told["runtime_env"]["env_vars"]
    assert variables.get("SPREADTUNE_DATA") == (named or None)
    assert RAY_ENVIRONMENT.items() <= variables.items()
