"""How the best was chosen, word by word."""

from typing import Any

import pytest

from spreadtune.analysis.frame import build_frame
from spreadtune.analysis.front import front_table
from spreadtune.analysis.results import Results

SWEEP = "\nsearch: {{seeds: 3, space: {{objective.alpha: {{grid: [0, 0.56, 0.9]}}}}, {}}}\n"
TRANSFER = {0.0: 0.93, 0.56: 0.97, 0.9: 0.98}
CLASS = {0.0: 0.99, 0.56: 0.96, 0.9: 0.90}
SPREAD = {0.0: 0.06, 0.56: 0.30, 0.9: 0.80}
TWO = "optimize: {transfer_accuracy: maximize, class_accuracy: maximize}"


def lines(new_run: Any, search: str) -> list[str]:
    run = new_run(SWEEP.format(search))
    for seed in range(3):
        for setting, alpha in enumerate(TRANSFER):
            values = {"transfer_accuracy": TRANSFER[alpha], "class_accuracy": CLASS[alpha], "spread": SPREAD[alpha]}
            measured = {f"metric.{name}": value for name, value in values.items()}
            run.trial(setting, seed, alpha=alpha, params={"objective.alpha": alpha}, **measured)
    answer: list[str] = run.write().answer().splitlines()
    return answer


def test_several_objectives_have_a_front_and_the_first_chooses(new_run: Any) -> None:
    answer = lines(new_run, TWO)
    assert answer[0].startswith("Best setting: alpha 0.9. Its transfer accuracy is 0.980")
    assert (
        "Pareto front of transfer accuracy and class accuracy: 3 of 3 settings (transfer accuracy 0.930 to 0.980, "
        "class accuracy 0.900 to 0.990). The best setting is on it, chosen by the highest transfer accuracy."
    ) in answer


def test_what_chooses_may_lead_away_from_the_front(new_run: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(TRANSFER, 0.9, 0.92)
    answer = lines(new_run, f"{TWO}, select_on: spread")
    assert answer[0].startswith("Best setting: alpha 0.9. Its spread is 0.800")
    assert any(line.endswith("The best setting is not on it, chosen by the highest spread.") for line in answer)


def test_bounds_are_told_with_what_they_cost(new_run: Any) -> None:
    answer = lines(new_run, "subject_to: {class_accuracy: '>= 0.95', spread: '> 0.1'}")
    assert answer[0].startswith("Best setting: alpha 0.56. Its transfer accuracy is 0.970")
    assert (
        "Asked was class accuracy >= 0.95 and spread > 0.1: this setting has class accuracy 0.960 +- 0.000, spread "
        "0.300 +- 0.000; 1 of 3 settings keeps it. Without that the choice would be alpha 0.9: 0.980 +- 0.000."
    ) in answer


def test_where_no_setting_keeps_the_bounds_that_is_the_first_word(new_run: Any) -> None:
    answer = lines(new_run, "subject_to: {class_accuracy: '> 0.995'}")
    assert answer[0].startswith(
        "No finished setting keeps class accuracy > 0.995. The one that breaks least: alpha 0. Its transfer accuracy "
    )
    assert any("0 of 3 settings keep it. Without that the choice would be alpha 0.9" in line for line in answer)


def test_single_seeds_that_keep_the_bounds_are_not_said_to_break_them(new_run: Any) -> None:
    run = new_run(
        "\nsearch: {sampler: random, seeds: 2, trials: 3, space: {objective.alpha: {uniform: [0, 1]}}, "
        "subject_to: {class_accuracy: '> 0.9'}}\n"
    )
    for setting, seed, kept in ((0, 0, 0.8), (0, 1, 0.8), (1, 0, 0.95)):
        measured = {"metric.class_accuracy": kept, "metric.transfer_accuracy": 0.9}
        repeat_of = 0 if seed else None
        run.trial(setting, seed, alpha=0.5, params={"objective.alpha": setting / 2}, repeat_of=repeat_of, **measured)
    assert (
        run.write()
        .answer()
        .startswith(
            "No finished setting with several seeds keeps class accuracy > 0.9. The one that breaks least: alpha 0. "
        )
    )


def test_fine_labels_choose_through_a_bound_too(new_run: Any) -> None:
    answer = lines(new_run, "optimize: {spread: minimize}, subject_to: {transfer_accuracy: '>= 0.95'}")
    assert answer[0].startswith("Best setting: alpha 0.56.")
    assert any(line.startswith("Fine labels chose this setting: transfer accuracy needs the subc") for line in answer)


def test_what_fine_labels_would_have_chosen_stands_beside_a_choice_by_coarse_ones(new_run: Any) -> None:
    answer = lines(new_run, "select_on: class_accuracy")
    assert answer[0].startswith("Best setting: alpha 0. Its class accuracy is 0.990")
    assert (
        "Coarse labels alone chose this setting: class accuracy needs no subclasses (what was tried was searched for "
        "by transfer accuracy, which does). The highest transfer accuracy would have chosen alpha 0.9: 0.980 +- 0.000 "
        "there, 0.930 +- 0.000 here."
    ) in answer
    answer = lines(new_run, "optimize: {spread: maximize}")
    assert (
        "Coarse labels alone chose this setting: spread needs no subclasses. The highest transfer accuracy would have "
        "chosen the same."
    ) in answer


def test_the_table_of_the_front(goals: Results) -> None:
    table = front_table(build_frame(goals))
    assert list(table) == [
        "setting", "n", "transfer_accuracy", "transfer_accuracy.half_width", "class_accuracy",
        "class_accuracy.half_width",
    ]  # fmt: skip
    # Alpha 0.25 is dominated by 0, and from 0.8 on the bound is broken.
    assert table["setting"].tolist() == ["alpha 0.75", "alpha 0.62", "alpha 0.56", "alpha 0.45", "alpha 0"]
    assert table["transfer_accuracy"].tolist() == pytest.approx([0.961, 0.9506, 0.9458, 0.937, 0.901])
    assert table["transfer_accuracy.half_width"].iloc[0] == pytest.approx(4.3027 * 0.001 / 3**0.5, rel=1e-4)


def test_one_objective_has_no_front(sweep: Results) -> None:
    assert front_table(build_frame(sweep)).empty
    assert "Pareto" not in sweep.answer()
