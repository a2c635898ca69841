import pytest

from spreadtune.theory import collapse_threshold
from spreadtune.trial.prediction import theory_of
from tests.small_trial import small_trial


def test_the_table_of_the_window() -> None:
    """C = 2, n = 64, tau = 0.5: 0.5191 and 0.6848, and the spread at alpha 0.569."""
    theory = theory_of(small_trial({"objective.alpha": 0.569}), [63.5, 64.5])
    assert theory == {
        "images_per_class": 64,
        "alpha_c": pytest.approx(0.5191, abs=1e-4),
        "alpha_m": pytest.approx(0.6848, abs=1e-4),
        "spread": pytest.approx(0.1245, abs=1e-3),
    }


def test_unequal_classes_have_spreads_of_their_own() -> None:
    theory = theory_of(small_trial({"objective.alpha": 0.52}), [20.0, 108.0])
    assert theory == {
        "images_per_class": 64,
        "alpha_c": pytest.approx(0.317, abs=1e-3),
        "alpha_m": pytest.approx(0.735, abs=1e-3),
        "spread": pytest.approx(0.217, abs=1e-3),
        "lowest_class_spread": 0,
        "highest_class_spread": pytest.approx(0.434, abs=1e-3),
    }


def test_a_scheme_without_a_window_has_alpha_c_alone_at_its_views() -> None:
    theory = theory_of(small_trial({"objective.pairs": "all", "data.views": 3}), [16.0, 16.0])
    assert theory == {
        "images_per_class": 16,
        "alpha_c": collapse_threshold([16, 16], 0.5, pairs="all", denominator="negatives", views=3),
    }


def test_one_image_of_a_class_in_a_batch_cannot_spread() -> None:
    assert theory_of(small_trial(), [1.0, 1.0]).keys() == {"images_per_class", "alpha_c"}


def test_other_losses_have_no_theory() -> None:
    assert theory_of(small_trial({"objective": {"name": "infonce"}}), [4.0, 8.0]) == {"images_per_class": 6}
