"""What all contracts share: the part under test, and claims whose failure names it."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from functools import cache
from typing import Any, ClassVar, NoReturn, cast

import torch
from pydantic import ValidationError, create_model
from torch import Tensor

from spreadtune.errors import UserError
from spreadtune.spec.config import Config
from spreadtune.spec.messages import problems
from spreadtune.spec.parts import Family, NamedPart


class Contract:
    """What every part of one family has to keep, a method for each claim.

    A subclass names the part as a study file does. It imports nothing of pytest, which collects it by its name::

        class TestPerceptron(EncoderContract):
            part = {"name": "my_encoder:Perceptron", "width": 32}

    What does not hold raises ``AssertionError``, and so does a part that cannot be built. What the part itself raises
    comes through, for its traceback says more.

    Attributes:
        part: ``name``, or a mapping with ``name`` and the part's values.
        family: whose parts it is about.
    """

    part: str | Mapping[str, Any] = ""
    family: ClassVar[Family]

    @property
    def named(self) -> str:
        """The part as messages call it: ``encoder my_encoder:Perceptron (width 32)``."""
        values = {"name": self.part} if isinstance(self.part, str) else dict(self.part)
        name = values.pop("name", "") or type(self).__name__
        told = ", ".join(f"{key} {value}" for key, value in values.items())
        return f"{self.family.kind} {name}" + (f" ({told})" if told else "")

    @property
    def config(self) -> NamedPart:
        """The part's values, checked as those of a study file are."""
        section = _section(self.family)
        try:
            checked = section.model_validate({"part": self.part})
        except ValidationError as error:
            self.fail("; ".join(map(str, problems(error, section))))
        return cast(NamedPart, dict(checked)["part"])

    def claim(self, holds: bool | Tensor, broken: str) -> None:
        """Fail with what is broken, unless it holds."""
        if not holds:
            self.fail(broken)

    def claim_close(self, found: Tensor, expected: Tensor, broken: str, *, rtol: float, atol: float) -> None:
        """Fail with what is broken and by how much, unless both tensors are equal within tolerances."""
        torch.testing.assert_close(
            found, expected, rtol=rtol, atol=atol, msg=lambda difference: f"{self.named}: {broken}\n{difference}"
        )

    def fail(self, broken: str) -> NoReturn:
        """Raise AssertionError about this part."""
        raise AssertionError(f"{self.named}: {broken}")

    def built(self, build: Callable[[], Any], seed: int = 0) -> Any:
        """What ``build`` makes, its weights drawn from torch's default generator under ``seed``."""
        try:
            with seeded(seed):
                return build()
        except UserError as error:
            self.fail(str(error))


@cache
def _section(family: Family) -> type[Config]:
    """A section of a study file whose one key, ``part``, names a part of the family."""
    return create_model("Section", __base__=Config, part=(family.field(), ...))


@contextmanager
def seeded(seed: int) -> Iterator[None]:
    """torch's default generator under a seed, and afterwards as it was."""
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        yield
