"""A metric is one record: what is made from it, and that nothing else lists metrics."""

import ast
from pathlib import Path

import pytest

import spreadtune
from spreadtune.spec.metrics import METRICS, Metric, during_training, measurable, need_subclasses, shown_beside

PACKAGE = Path(spreadtune.__file__).parent


@pytest.mark.parametrize("metric", METRICS.values(), ids=METRICS)
def test_what_stands_for_a_metric_is_one_of_its_kind(metric: Metric) -> None:
    """Early stopping compares it in the metric's own direction; one that needs more may not be there."""
    if metric.stand_in:
        stand_in = METRICS[metric.stand_in]
        assert stand_in.stand_in == stand_in.name
        assert (stand_in.better, stand_in.part) == (metric.better, "kept apart")
        assert metric.needs_subclasses or not stand_in.needs_subclasses
        assert stand_in in during_training()


def test_a_data_set_without_subclasses_allows_what_needs_none() -> None:
    allowed = {metric.name for metric in measurable(has_subclasses=False)}
    assert allowed == METRICS.keys() - need_subclasses(METRICS)
    assert {metric.name for metric in measurable(has_subclasses=True)} == METRICS.keys()


def test_what_a_study_asks_for_stands_before_what_is_shown_always() -> None:
    names = shown_beside(["uniformity", "spread"])
    assert names[:2] == ["uniformity", "spread"]
    assert len(set(names)) == len(names)
    assert {METRICS[name].shown for name in names[2:]} == {"tables"}
    assert {METRICS[name].shown for name in shown_beside([], trials=True)} == {"tables", "trials"}


def test_no_module_lists_metrics_of_its_own() -> None:
    """A list would have to be kept up with the records; two names in one collection are a list."""
    lists = [
        f"{path.relative_to(PACKAGE)}:{node.lineno}"
        for path in PACKAGE.rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if len(_metrics_in(node)) > 1
    ]
    assert lists == []


def _metrics_in(node: ast.AST) -> list[object]:
    if isinstance(node, ast.Dict):
        members = [key for key in node.keys if key]
    elif isinstance(node, ast.Tuple | ast.List | ast.Set):
        members = node.elts
    else:
        return []
    return [each.value for each in members if isinstance(each, ast.Constant) and each.value in METRICS]
