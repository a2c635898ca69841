import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter, ValidationError

from spreadtune.spec.domain import AnyDomain, Choice, Domain, Grid, Int, LogUniform, Uniform, Window, same

ADAPTER: TypeAdapter[Domain] = TypeAdapter(AnyDomain)


@pytest.mark.parametrize(
    ("written", "domain"),
    [
        ({"uniform": [0, 1]}, Uniform(uniform=(0.0, 1.0))),
        ({"log_uniform": [0.1, 1]}, LogUniform(log_uniform=(0.1, 1.0))),
        ({"int": [1, 5]}, Int(int=(1, 5))),
        ({"choice": ["a", True, 1, 0.5]}, Choice(choice=("a", True, 1, 0.5))),
        ({"grid": [0, 0.5]}, Grid(grid=(0, 0.5))),
        ({"window": [0, 1], "when": {"data.views": [2, 3]}}, Window(window=(0, 1), when={"data.views": (2, 3)})),
    ],
)
def test_a_domain_is_read_from_its_kind_and_written_back(written: dict[str, object], domain: Domain) -> None:
    read = ADAPTER.validate_python(written)
    assert read == domain
    assert type(read) is type(domain)
    assert read.model_dump(mode="json") == written
    assert read.kind in written


def test_values_keep_their_type() -> None:
    values = Choice.model_validate({"choice": ["1", True, 1, 0.5]}).choice
    assert [type(value) for value in values] == [str, bool, int, float]


@pytest.mark.parametrize(
    ("written", "message"),
    [
        ({"uniform": [1, 0]}, "[1, 0] is reversed, write [0, 1]"),
        ({"uniform": [1, 1]}, "[1, 1] is empty, the upper end must be above the lower"),
        ({"int": [4, 2]}, "[4, 2] is reversed, write [2, 4]"),
        ({"log_uniform": [0, 1]}, "greater than 0"),
        ({"log_uniform": [-1, 1]}, "greater than 0"),
        ({"uniform": [0, float("inf")]}, "finite number"),
        ({"uniform": [0, float("nan")]}, "finite number"),
        ({"window": [-0.1, 1]}, "greater than or equal to 0"),
        ({"window": [0, 1.1]}, "less than or equal to 1"),
        ({"grid": []}, "is empty, give at least one value"),
        ({"choice": []}, "is empty, give at least one value"),
        ({"grid": [0, 0.0]}, "0.0 is given twice"),
        ({"choice": ["a", "a"]}, "'a' is given twice"),
        ({"grid": [float("nan")]}, "finite number"),
        ({"uniform": [0, 1], "grid": [1]}, "Extra inputs"),
    ],
)
def test_impossible_domains_are_refused(written: dict[str, object], message: str) -> None:
    with pytest.raises(ValidationError) as error:
        ADAPTER.validate_python(written)
    assert message in str(error.value)


def test_what_a_draw_can_equal() -> None:
    assert Int(int=(1, 3)).reaches(3)
    assert not Int(int=(1, 3)).reaches(4)
    assert not Int(int=(1, 3)).reaches(1.5)
    assert not Int(int=(0, 3)).reaches(True)
    assert Choice(choice=("a", 1)).reaches(1.0)
    assert Grid(grid=(0.5,)).reaches(0.5)
    assert not Grid(grid=(1,)).reaches(True)
    assert not Uniform(uniform=(0, 1)).reaches(0.5)


@given(st.floats(-1e6, 1e6), st.floats(-1e6, 1e6))
def test_ends_are_accepted_exactly_when_they_ascend(low: float, high: float) -> None:
    if low < high:
        assert Uniform(uniform=(low, high)).corners() == (low, high)
    else:
        with pytest.raises(ValidationError):
            Uniform(uniform=(low, high))


def test_true_is_not_one() -> None:
    assert same(1, 1.0)
    assert not same(1, True)
    assert not same("1", 1)
