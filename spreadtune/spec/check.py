"""What only the whole study can say: do all its variants lead to trials that can run?"""

import math
from collections.abc import Iterator
from typing import Any

from spreadtune.errors import UserError
from spreadtune.spec.check_members import check_members, refuse_equal_members
from spreadtune.spec.metrics import METRICS
from spreadtune.spec.parts import is_none
from spreadtune.spec.paths import canonical, leaves, lookup
from spreadtune.spec.search import MOST_TRIALS, NoStopping
from spreadtune.spec.seed import Seed
from spreadtune.spec.study import Study
from spreadtune.spec.trial import TrialSpec
from spreadtune.spec.validation_errors import hint
from spreadtune.spec.variant import Variant

SECTIONS = ("data", "model", "objective", "training", "evaluation", "members")
"""What can be searched and set by a variant."""

MOST_CORNERS = 500
"""Up to this many combinations of corner values all are tried; above, each value is tried beside the others' first."""


def check(study: Study) -> None:
    """Refuse a study of which some trial could not run, before anything starts.

    Raises:
        UserError: an unknown path, a value that its path does not take, a condition that can never hold, a window
            where theory has no formula, early stopping that waits beyond the last epoch, a grid beyond all measure.
    """
    _check_sections(study)
    variants = study.variants()
    _check_conditions(study, variants)
    somewhere = {name for variant in variants for name in variant.members}
    for variant in variants:
        check_members(study, variant, somewhere)
        _check_number(study, variant)
        for values in _corner_settings(variant):
            _check_trial(study, variant, values, variant.trial(values, Seed(study=study.search.seed)))
        refuse_equal_members(variant)


def _check_sections(study: Study) -> None:
    places = {f"search.{place}": set(space) for place, space in study.search.spaces().items()}
    places |= {f"search.variants.{name}.set": set(config.set) for name, config in study.search.variants.items()}
    for place, paths in places.items():
        for path in sorted(paths):
            section = path.partition(".")[0]
            if section not in SECTIONS:
                raise UserError(f"{place}.{path}: unknown section {section!r}{hint(section, SECTIONS)}")


def _check_conditions(study: Study, variants: tuple[Variant, ...]) -> None:
    bodies = [study.file_values(), *(variant.body for variant in variants)]
    known = {canonical(path) for body in bodies for path, _ in leaves(body)}
    for place, space in study.search.spaces().items():
        for path, domain in space.items():
            at = f"search.{place}.{path}"
            for other in domain.when:
                if other not in space and not any(_exists(body, other) for body in bodies):
                    raise UserError(f"{at}.when.{other}: unknown path{hint(other, sorted(known))}")
            users = [variant for variant in variants if variant.space_at == f"search.{place}"]
            searched = any(path in variant.space and variant.reaching(path) is not None for variant in users)
            if domain.when and users and not searched:
                raise UserError(f"{at}.when: can never hold, so {path} would never be searched")


def _check_number(study: Study, variant: Variant) -> None:
    """Settings that a condition rules out are counted too: only grids far beyond what is ever run are refused."""
    if study.search.sampler != "grid":
        return
    settings, seeds = math.prod(len(domain.corners()) for domain in variant.space.values()), study.search.seeds
    if settings * seeds > MOST_TRIALS:
        raise UserError(
            f"search.seeds: {settings} settings x {seeds} seeds of variant {variant.name} are {settings * seeds} "
            f"trials, and a run takes at most {MOST_TRIALS}"
        )


def _exists(body: Any, path: str) -> bool:
    try:
        lookup(body, path)
    except KeyError:
        return False
    return True


def _corner_settings(variant: Variant) -> Iterator[dict[str, Any]]:
    corners = {path: domain.corners() for path, domain in variant.space.items()}
    if math.prod(map(len, corners.values())) <= MOST_CORNERS:
        yield from variant.settings(corners)
        return
    first = {path: values[:1] for path, values in corners.items()}
    for path, values in corners.items():
        lead = {other: (value,) for other, value in (variant.reaching(path) or {}).items()}
        yield from variant.settings({**first, **lead, path: values})


def _check_trial(study: Study, variant: Variant, values: dict[str, Any], spec: TrialSpec) -> None:
    for path in values:
        if variant.space[path].kind == "window":
            encoder = spec.encoder_at(path)
            loss = encoder.objective.spread_loss(encoder.data.views)
            if loss is None or not loss.scheme.has_window:
                raise UserError(
                    f"{variant.space_at}.{path}: theory has no window here (variant {variant.name}); "
                    "it needs objective spread with pairs: cross_view and denominator: negatives"
                )
    best = any(encoder.training.checkpoints == "best" for encoder in spec.encoders.values())
    if best and METRICS[study.search.metric].stand_in is None:
        raise UserError(
            f"training.checkpoints: best needs a metric that is measured during training, and {study.search.metric} is "
            "not; write last or all"
        )
    _check_asked(study, variant, spec)
    stopping = study.search.early_stopping
    if not isinstance(stopping, NoStopping):
        watched = spec.watched(stopping.member)
        epochs = spec.encoders[watched].training.epochs
        if stopping.min_epochs > epochs:
            raise UserError(
                f"search.early_stopping.min_epochs: {stopping.min_epochs} is above training.epochs, {epochs} "
                f"{f'of member {watched} ' if watched else ''}in variant {variant.name}"
            )


def _check_asked(study: Study, variant: Variant, spec: TrialSpec) -> None:
    """What the search needs is measured: without it a trial counts as diverged."""
    other = spec.evaluation.transfer_to
    if other == spec.data.dataset:
        raise UserError(
            f"evaluation.transfer_to: {other.name} is the data set that is trained on (variant {variant.name}), of "
            "which transfer_accuracy tells; name another one"
        )
    objective = spec.main_encoder.objective
    for name, place in study.search.asked.items():
        metric = METRICS[name]
        if metric.needs_other and is_none(other):
            raise UserError(f"search.{place}: {name} needs another data set; name it in evaluation.transfer_to")
        if metric.needs_term and metric.needs_term not in objective.terms:
            raise UserError(
                f"search.{place}: {name} needs the term {metric.needs_term}, which objective {objective.name} does not "
                f"declare (variant {variant.name}); name another metric"
            )
