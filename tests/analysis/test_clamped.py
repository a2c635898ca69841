"""A report says where the logits of positives are clamped."""

from typing import Any

from spreadtune.analysis.clamped import clamped_line
from spreadtune.spec.trial import TrialSpec
from tests.small_trial import small_trial

CLAMPED = {"name": "spread", "alpha": 0.5, "positive_logit_clamp": 1}


def spec(**changes: Any) -> TrialSpec:
    return small_trial(changes)


def test_variants_are_named_with_what_follows() -> None:
    members = {
        "one": {"set": {"objective.positive_logit_clamp": 2.5}},
        "two": {"set": {"objective.name": "cross_entropy"}},
    }
    beside = TrialSpec.model_validate(spec().model_dump(mode="json") | {"members": members})
    specs = {("plain", 0): spec(), ("clamped", 0): spec(objective=CLAMPED), ("beside", 0): beside}
    line = clamped_line(specs)
    assert line.startswith("The logits of positives are clamped in variant clamped (at 1), beside (at 2.5), as in ")
    assert clamped_line({("plain", 0): spec()}) == ""


def test_the_answer_says_so(new_run: Any) -> None:
    search = """
search:
  variants:
    plain: {set: {objective.alpha: 0.5}}
    clamped: {set: {objective.alpha: 0.5, objective.positive_logit_clamp: 1.0}}
"""
    run = new_run(search)
    for variant in ("plain", "clamped"):
        run.trial(0, 0, variant=variant, alpha=0.5, params={})
    assert "clamped in variant clamped (at 1)" in run.write().answer()
