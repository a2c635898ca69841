from pathlib import Path

import pytest

from tests.workplace import Workplace


@pytest.fixture
def workplace(tmp_path: Path) -> Workplace:
    """A folder of its own in which studies are written and run."""
    return Workplace(tmp_path)
