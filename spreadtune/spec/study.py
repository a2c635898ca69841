"""The study file: a question, and how to search for its answer."""

from collections.abc import Mapping
from typing import Any

from pydantic import Field, PrivateAttr, ValidationError

from spreadtune.errors import UserError
from spreadtune.spec.domain import AnyDomain
from spreadtune.spec.messages import Problem, problems, report
from spreadtune.spec.paths import DottedPath, fill, other_way, overlap
from spreadtune.spec.search import ConfirmConfig, SearchConfig, VariantConfig
from spreadtune.spec.trial import Body
from spreadtune.spec.variant import MAIN, Variant

__all__ = ["MAIN", "Study", "Variant"]


class Study(Body):
    """A study file. Profiles are maps of overrides that are applied by name, before ``--set``."""

    search: SearchConfig = SearchConfig()
    profiles: dict[str, dict[DottedPath, Any]] = Field(default_factory=dict)
    _name: str = PrivateAttr("study")
    _profile: str | None = PrivateAttr(None)

    @classmethod
    def from_values(cls, values: Mapping[str, Any], *, name: str, source: str, profile: str | None = None) -> "Study":
        """Validate what a file says; raises :class:`UserError`, one line a mistake, with ``source`` in front."""
        try:
            study = cls.model_validate(values)
        except ValidationError as error:
            raise UserError(report(source, problems(error, cls))) from error
        study._name, study._profile = name, profile
        return study

    @property
    def name(self) -> str:
        """The stem of the file's name."""
        return self._name

    @property
    def profile(self) -> str | None:
        """The profile that was applied when it was loaded from its author's file; a run's manifest remembers it."""
        return self._profile

    def variants(self) -> tuple[Variant, ...]:
        """The study's variants in the order of the file.

        A variant without a ``space`` of its own takes the search's, less what it sets and less what, by its ``when``,
        can never be searched under its values.

        Raises:
            UserError: a ``set`` does not fit the study, or conditions form a cycle.
        """
        configs = self.search.variants or {MAIN: VariantConfig()}
        return tuple(self._variant(name, config) for name, config in configs.items())

    def file_values(self) -> dict[str, Any]:
        """The file's own values, defaults filled in, without ``search`` and ``profiles``."""
        return self.model_dump(mode="json", exclude={"search", "profiles"})

    def with_selection_of(self, other: "Study") -> "Study":
        """The same question whose best is chosen as the other's, by its ``search.select_on``.

        Raises:
            UserError: this study is confirmed, and what chooses is not measured on test.
        """
        search = self.search.model_copy(update={"select_on": other.search.select_on})
        values = self.model_copy(update={"search": search}).model_dump(mode="json")
        return Study.from_values(values, name=self.name, source="search.select_on of this study")

    def with_counts(
        self, *, seeds: int | None = None, trials: int | None = None, confirm: int | None = None
    ) -> "Study":
        """The same question with other counts (``confirm``: of its seeds); None leaves one as it is."""
        counts = {"seeds": seeds, "trials": trials, "confirm": confirm and ConfirmConfig(seeds=confirm)}
        search = self.search.model_copy(update={key: count for key, count in counts.items() if count is not None})
        return self.model_copy(update={"search": search})

    def _variant(self, name: str, config: VariantConfig) -> Variant:
        body = self._body(name, config.set)
        if config.space is not None:
            return Variant(name, body, dict(config.space), f"search.variants.{name}.space")
        space = {
            path: domain
            for path, domain in self.search.space.items()
            if not {path, other_way(path)} & config.set.keys()
        }
        return _without_unreachable(Variant(name, body, space))

    def _body(self, name: str, overrides: Mapping[str, Any]) -> dict[str, Any]:
        values = fill(self.file_values(), overrides)
        try:
            return Body.model_validate(values).model_dump(mode="json")
        except ValidationError as error:
            at = f"search.variants.{name}.set"
            found = [
                Problem(f"{at}.{problem.path}", problem.text)
                if any(overlap(path, problem.path) for path in overrides)
                else Problem(at, str(problem))
                for problem in problems(error, Body)
            ]
            raise UserError(report("", found)) from error


def _without_unreachable(variant: Variant) -> Variant:
    space: dict[str, AnyDomain] = {
        path: domain for path, domain in variant.space.items() if variant.reaching(path) is not None
    }
    return Variant(variant.name, variant.body, space, variant.space_at)
