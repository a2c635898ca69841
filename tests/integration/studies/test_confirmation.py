"""Nothing reads the test split before the confirmation does; real Ray, real SQLite, real digits."""

import pytest

import spreadtune
from tests.workplace import Workplace

pytestmark = pytest.mark.slow


def test_a_test_split_that_raises_when_it_is_read(workplace: Workplace) -> None:
    opened = workplace.folder / "opened"
    workplace.write(
        "guarded",
        {
            "data.dataset": {"name": "runtime_parts:guarded", "opened_by": str(opened)},
            "training.epochs": 2,
            "search.seeds": 1,
            "search.variants": {"spread": {}, "supcon": {"set": {"objective.alpha": 0}}},
            "search.space": {"objective.alpha": {"grid": [0.3, 0.6]}},
        },
    )
    for command in (["run", "guarded", "--plan"], ["run", "guarded", "--no-dashboard"], ["replay", "guarded", "1"]):
        code, output = workplace.run(*command)
        assert code == 0, output
    assert "not confirmed on test" in workplace.run("report", "guarded")[1]

    # The trap works: a confirmation falls into it, in its last epoch's evaluation.
    confirm = ["run", "guarded", "--resume", "--no-dashboard", "--confirm", "2"]
    code, output = workplace.run(*confirm)
    assert code == 1, output
    run = workplace.newest("guarded")
    trials = spreadtune.load_results(run.path).trials.set_index("trial")
    assert list(trials["stage"]) == ["search"] * 3 + ["confirm"] * 4
    assert list(trials["state"]) == ["COMPLETE"] * 3 + ["FAIL"] * 4
    assert set(trials["reason"].dropna()) == {"RuntimeError: the test split was read"}
    assert "confirmation: 4 failed of 4" in workplace.run("runs")[1]

    opened.touch()
    code, output = workplace.run(*confirm[:-2])  # its folder remembers that there is one
    assert code == 0, output
    results = spreadtune.load_results(run.path)
    assert results.answer() in output
    assert ", 2 seeds, too few for an interval, test.\n" in output
    again = results.trials.tail(4)
    assert list(again["retry_of"]) == [3, 4, 5, 6]
    assert again["test.transfer_accuracy"].between(0.1, 1).all()
    assert again["test.transfer_accuracy"].ne(again["metric.transfer_accuracy"]).any()
    assert results.trials["test.transfer_accuracy"].head(7).isna().all()
    assert results.failures == 0

    number = int(again["trial"].iloc[0])
    code, output = workplace.run("replay", "guarded", str(number))
    assert code == 0, output
    assert "test.transfer_accuracy" in output
    code, output = workplace.run("run", "guarded", "--resume", "--confirm", "1")
    assert code == 2
    assert "--confirm 1" in output
    assert "already has 2; it can be raised, not lowered" in output
    code, output = workplace.run("run", "guarded", "--resume", "--confirm", "3", "--plan")
    assert code == 0, output
    assert "to run     0 trials and 2 trials of confirmation on the test split, 4 epochs in all" in output
