"""Numbers on the command line, written as in a study file: Python would take ``1_0`` for ten, a study file does not."""

import re
from typing import Any

import click

from spreadtune.spec.yaml_text import FLOAT, INT


class WholeNumber(click.IntRange):
    """A whole number in a range."""

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        if isinstance(value, str) and not re.fullmatch(INT, value):
            self.fail(f"{value!r} is not a whole number.", param, ctx)
        return super().convert(value, param, ctx)


class Number(click.FloatRange):
    """A number in a range."""

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        if isinstance(value, str) and not re.fullmatch(FLOAT, value):
            self.fail(f"{value!r} is not a number.", param, ctx)
        return super().convert(value, param, ctx)
