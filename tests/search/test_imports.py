"""What importing costs."""

import subprocess
import sys

import pytest


@pytest.mark.slow
def test_reading_tables_does_not_wait_for_optuna() -> None:
    check = "import sys, spreadtune.search.results.selection; print('optuna' in sys.modules, 'torch' in sys.modules)"
    printed = subprocess.run([sys.executable, "-c", check], capture_output=True, text=True, check=True)
    assert printed.stdout.split() == ["False", "False"]


@pytest.mark.slow
def test_the_driver_needs_no_torch_and_no_ray_to_search() -> None:
    modules = "spreadtune.search.ledger, spreadtune.search.results.tables"
    check = f"import sys, {modules}; print([name in sys.modules for name in ('torch', 'ray')])"
    printed = subprocess.run([sys.executable, "-c", check], capture_output=True, text=True, check=True)
    assert printed.stdout.strip() == "[False, False]"
