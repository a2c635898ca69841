"""Whatever happens in whatever order: no pair twice, none lost."""

import random
from collections import Counter
from typing import Any

import pytest

VARIANTS = {"plain": {}, "warm": {"set": {"objective.temperature": 1.0}}}
GRID = {"seeds": 2, "space": {"objective.alpha": {"grid": [0, 1]}}, "variants": VARIANTS}
COIN = {"sampler": "random", "trials": 4, "space": {"model.head": {"choice": ["none", "mlp"]}}, "variants": VARIANTS}


def live_through(lab: Any, study: Any, chance: random.Random) -> None:
    """Slots fill, report, end well or badly, and the driver dies, until nothing is left."""
    ledger, running, faults = lab.open(study, references=True), {}, 0
    while True:
        match chance.choices(["next", "report", "end", "vanish", "die"], [6, 2, 4, 1, 1])[0]:
            case "next" if len(running) < 3:
                assignment = ledger.next()
                if assignment is None and not running:
                    return
                if assignment:
                    assert (assignment.kind, assignment.number) not in running
                    running[assignment.kind, assignment.number] = assignment
            case "report" if trials := [a for a in running.values() if a.kind == "trial"]:
                ledger.report(chance.choice(trials).number, chance.randint(1, 9), {"knn_transfer_accuracy": 0.5})
            case "end" if running:
                kind, number = chance.choice(list(running))
                assignment = running.pop((kind, number))
                if kind == "trial":
                    lab.finish(ledger, assignment, chance.random())
                else:
                    ledger.settle_reference(number, stage=assignment.spec.seed.stage)
            case "vanish" if faults < 2 and (trials := [a for a in running.values() if a.kind == "trial"]):
                faults += 1
                gone = running.pop(("trial", chance.choice(trials).number))
                ledger.settle(gone.number, error="vanished")
            case "die":
                running.clear()
                ledger = lab.open(study, references=True, retry_failed=chance.random() < 0.5)


@pytest.mark.parametrize("seed", range(2))
@pytest.mark.parametrize("search", [GRID, COIN], ids=["grid", "random"])
def test_any_order_of_events(lab: Any, search: dict[str, Any], seed: int) -> None:
    study = lab.study(**search)
    live_through(lab, study, random.Random(seed))
    last = lab.open(study, references=True, retry_failed=True)
    lab.run_all(last)

    progress = last.progress()
    assert progress.trials.total == 8
    assert (progress.trials.running, progress.trials.failed) == (0, 0)
    assert progress.trials.complete == 8
    assert progress.references.missing == 0
    numbers = [number for book in last._books for number in book.rows]
    assert sorted(numbers) == list(range(len(numbers))) == lab.run.trials(), "numbers are run-wide, each has its folder"
    for book in last._books:
        held = Counter(row.record.pair for row in book.rows.values() if row.state != "FAIL")
        assert set(held.values()) == {1}, "no pair twice"
        assert len(held) == 4, "none lost"
        for row in book.rows.values():
            assert lab.run.trial(row.record.trial).outcome().state == row.state
