"""The curve between alpha_c and where spread is full, in schemes without a formula and, as a check, with one."""

import numpy as np
import pytest

from spreadtune import theory
from spreadtune.analysis.free_curve import free_curve
from spreadtune.analysis.scheme import Scheme
from spreadtune.objectives import free_embedding_curve


@pytest.mark.slow
def test_it_interpolates_the_minimum() -> None:
    scheme = Scheme(0.5, 32, "all", "negatives", 2)
    asked = [0.2, 0.43, 0.5, 0.59, 0.65, 0.9]
    expected = free_embedding_curve(asked, [16, 16], **scheme.arguments)
    assert np.interp(asked, *free_curve((15.7, 16.3), scheme)).tolist() == pytest.approx(expected, abs=5e-3)


def test_it_goes_from_alpha_c_to_where_class_means_vanish() -> None:
    alphas, spreads = free_curve((16, 16), Scheme(0.5, 32, "cross_view", "negatives", 2))
    assert alphas[0] == theory.collapse_threshold([16, 16], 0.5)
    assert alphas[-1] == pytest.approx(theory.means_vanish_threshold([16, 16], 0.5), abs=2e-3)
    assert (spreads[0], spreads[-1]) == (0.0, pytest.approx(16 / 15, abs=1e-4))
    asked = np.linspace(0, 1, 51)
    predicted = [theory.predicted_spread(float(alpha), [16, 16], 0.5) for alpha in asked]
    assert np.interp(asked, alphas, spreads).tolist() == pytest.approx(predicted, abs=5e-3)


@pytest.mark.parametrize("counts", [(), (8.0,), (1.0, 1.0), (8.0, 0.3)])
def test_too_few_images_have_none(counts: tuple[float, ...]) -> None:
    with pytest.raises(ValueError, match="class_counts"):
        free_curve(counts, Scheme(0.5, 16, "all", "all", 2))
