from collections.abc import Iterator

import pytest

from tests.gloo import GlooPool


@pytest.fixture(scope="session", params=[2, 3], ids=["2 workers", "3 workers"])
def gloo(request: pytest.FixtureRequest) -> Iterator[GlooPool]:
    pool = GlooPool(request.param)
    yield pool
    pool.close()
