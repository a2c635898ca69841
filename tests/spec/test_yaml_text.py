import pytest
from hypothesis import given
from hypothesis import strategies as st

from spreadtune.errors import UserError
from spreadtune.spec.yaml_text import dump, inline, parse


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("1e-3", 0.001),
        ("3.0e-4", 0.0003),
        (".5", 0.5),
        ("+2", 2),
        ("010", 10),
        ("12:30", "12:30"),
        ("1_000", "1_000"),
        ("no", "no"),
        ("on", "on"),
        ("true", True),
        ("~", None),
        ("", None),
        ("2026-01-01", "2026-01-01"),
        ("package.module:name", "package.module:name"),
    ],
)
def test_scalars_follow_yaml_1_2(text: str, value: object) -> None:
    parsed = parse(text, "x")
    assert parsed == value
    assert type(parsed) is type(value)


def test_a_broken_file_names_line_and_column() -> None:
    with pytest.raises(UserError) as error:
        parse("data:\n  dataset: [digits\n", "studies/x.yaml")
    assert str(error.value) == "studies/x.yaml: line 3, column 1: expected ',' or ']', but got '<stream end>'"


def test_a_key_given_twice_is_refused() -> None:
    with pytest.raises(UserError) as error:
        parse("model: {encoder: convnet}\nmodel: {encoder: other}\n", "x.yaml")
    assert str(error.value) == "x.yaml: line 2, column 1: key 'model' is given twice"


def test_control_characters_are_no_yaml() -> None:
    with pytest.raises(UserError, match=r"^x.yaml: not YAML: "):
        parse("a: \x07", "x.yaml")


texts = st.text("aßé:#'\"-{}[] ,1e.~&*!%@`|>?", max_size=8)
scalars = st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | texts
keys = st.text("abc.xyz019-_ ", min_size=1, max_size=5)
trees = st.recursive(
    scalars, lambda below: st.lists(below, max_size=3) | st.dictionaries(keys, below, max_size=3), max_leaves=8
)


@given(st.dictionaries(keys, trees, max_size=4))
def test_what_is_dumped_parses_to_the_same_in_the_same_order(values: dict[str, object]) -> None:
    again = parse(dump(values), "x")
    assert again == values
    assert list(again) == list(values)


@given(scalars)
def test_an_inline_value_is_one_line_and_parses_to_the_same(value: object) -> None:
    text = inline(value)
    assert "\n" not in text
    assert parse(text, "x") == value
