"""Text that a test expects, kept in a file; ``UPDATE_GOLDEN=1 pytest ...`` writes the files afresh, to be read."""

import os
from pathlib import Path


def assert_golden(file: Path, text: str) -> None:
    """The text is the file's, spaces at the ends of lines left out."""
    found = "\n".join(line.rstrip() for line in text.splitlines()) + "\n"
    if os.environ.get("UPDATE_GOLDEN"):
        file.parent.mkdir(exist_ok=True)
        file.write_text(found, encoding="utf-8")
    assert found == file.read_text(encoding="utf-8")
