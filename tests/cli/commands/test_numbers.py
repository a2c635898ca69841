"""Counts and shares on the command line are read as a study file reads them."""

import click
import pytest

from spreadtune.cli.commands.numbers import Number, WholeNumber
from spreadtune.cli.main import cli


@pytest.mark.parametrize("text", ["1_0", " 1", "1.0", "1e1", "\N{ARABIC-INDIC DIGIT ONE}", "true", ""])
def test_what_is_no_whole_number_is_refused(text: str) -> None:
    with pytest.raises(click.BadParameter, match="is not a whole number"):
        WholeNumber(min=0).convert(text, None, None)


@pytest.mark.parametrize("text", ["0_5", " .5", "half", "nan "])
def test_what_is_no_number_is_refused(text: str) -> None:
    with pytest.raises(click.BadParameter, match="is not a number"):
        Number(min=0).convert(text, None, None)


def test_numbers_are_read_and_kept_in_their_range() -> None:
    assert WholeNumber(min=1).convert("12", None, None) == 12
    assert Number(0, 1).convert("5e-1", None, None) == 0.5
    with pytest.raises(click.BadParameter, match="x>=1"):
        WholeNumber(min=1).convert("0", None, None)


def all_options(command: click.Command) -> list[click.Parameter]:
    inner = command.commands.values() if isinstance(command, click.Group) else []
    return [*command.params, *(each for one in inner for each in all_options(one))]


def test_no_command_reads_a_number_otherwise() -> None:
    types = {type(option.type) for option in all_options(cli)}
    assert not types & {click.types.IntParamType, click.types.FloatParamType, click.IntRange, click.FloatRange}
    assert {WholeNumber, Number} <= types
