from tests.analysis.conftest import new_run

__all__ = ["new_run"]
