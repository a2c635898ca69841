from tests.lab import _schema_version_read_once, database, lab, new_lab

__all__ = ["_schema_version_read_once", "database", "lab", "new_lab"]
