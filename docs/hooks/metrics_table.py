"""The table of metrics in study-file.md, from their records; ``python docs/hooks/metrics_table.py`` writes it anew.

It stands in the page and not only in the site, for the page is read by itself, too.
"""

import re
from pathlib import Path

from spreadtune.spec.metrics import METRICS, Metric

PAGE = Path(__file__).parents[1] / "study-file.md"
_PLACE = re.compile(
    r"(?<=<!-- the metrics, by docs/hooks/metrics_table.py -->\n\n).*?(?=\n\n<!-- so far the metrics -->)", re.DOTALL
)


def metrics_table() -> str:
    """Markdown: a line for each metric, in the order of the tables' columns."""
    lines = ["| metric | what it is | better | early stopping looks at | needs |", "|---|---|---|---|---|"]
    return "\n".join([*lines, *map(_line, METRICS.values())])


def filled(page: str) -> str:
    """The page with the table as it has to be."""
    return _PLACE.sub(lambda _: metrics_table(), page)


def _line(metric: Metric) -> str:
    what = metric.meaning + (", never `test.`" if metric.part == "train" else "")
    seen = f"`{metric.stand_in}`" if metric.stand_in else ""
    needs = {
        "subclasses": metric.needs_subclasses,
        "groups": metric.needs_groups,
        f"the term `{metric.needs_term}`": metric.needs_term,
        "`evaluation.transfer_to`": metric.needs_other,
        f"{metric.fewest_classes} classes": metric.fewest_classes > 2,
    }
    needed = ", ".join(name for name, is_needed in needs.items() if is_needed)
    better = "more" if metric.better == "maximize" else "less"
    return " ".join(f"| `{metric.name}` | {what} | {better} | {seen} | {needed} |".split())


if __name__ == "__main__":
    PAGE.write_text(filled(PAGE.read_text(encoding="utf-8")), encoding="utf-8")
