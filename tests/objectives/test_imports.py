import subprocess
import sys

import pytest


@pytest.mark.slow
def test_losses_need_torch_alone():
    heavy = ("ray", "optuna", "pandas", "plotly", "sklearn", "scipy", "pydantic")
    code = f"import sys, spreadtune.objectives; print(*[m for m in {heavy!r} if m in sys.modules])"
    loaded = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True)
    assert loaded.stdout.split() == []
