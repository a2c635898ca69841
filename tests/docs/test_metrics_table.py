"""The table of metrics in study-file.md is the one that the records make."""

import runpy

from tests.docs.pages import PAGES, ROOT


def test_the_table_is_up_to_date():
    filled = runpy.run_path(str(ROOT / "docs" / "hooks" / "metrics_table.py"))["filled"]
    page = PAGES["docs/study-file.md"].read_text(encoding="utf-8")
    assert filled(page.replace("| `spread` |", "| `sprawl` |")) == page, "the hook finds its place"
    assert filled(page) == page, "run python docs/hooks/metrics_table.py"
