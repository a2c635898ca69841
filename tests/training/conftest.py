from collections.abc import Iterator

import pytest

from tests.gloo import GlooPool


@pytest.fixture(
    scope="session", params=[pytest.param(2, id="2 workers"), pytest.param(3, id="3 workers", marks=pytest.mark.slow)]
)
def gloo(request: pytest.FixtureRequest) -> Iterator[GlooPool]:
    pool = GlooPool(request.param)
    yield pool
    pool.close()
