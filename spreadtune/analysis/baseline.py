"""The baseline: SupCon, the best of all that the run searched, and the one that has all else in common.

SupCon wants another temperature than the spread loss does, so the SupCon beside a setting says what alpha does there,
and not what the loss is worth: a user without it would have tuned SupCon too.
"""

from collections.abc import Iterable

from spreadtune.analysis.frame import Frame
from spreadtune.analysis.method import without_weights
from spreadtune.search.results.choice import Setting

WITHOUT_WEIGHTS = "alpha 0 and no reconstruction term"
NO_BASELINE = f"There is no SupCon baseline in this run: no finished setting has {WITHOUT_WEIGHTS}."


def supcon_settings(frame: Frame) -> list[Setting]:
    """The finished settings that are SupCon alone, of any variant, temperature, batch or scheme."""
    return [setting for setting in frame.means.index if frame.specs[setting].is_supcon]


def best_supcon(frame: Frame) -> Setting | None:
    """The best of them, by the rule that chooses the run's best setting; None where none has finished.

    It is a maximum too, over fewer settings and on the same seeds, so its luck counts against what is compared with it.
    """
    return _best(frame, supcon_settings(frame))


def equal_supcons(frame: Frame) -> dict[Setting, Setting]:
    """By finished setting, the SupCon that differs from it in nothing but the weights alpha and autoencoder weight.

    SupCon's own settings have none, nor have those beside which no such SupCon was trained.
    """
    family, alike = supcon_settings(frame), dict[str, list[Setting]]()
    for setting in family:
        alike.setdefault(_apart_from_weights(frame, setting), []).append(setting)
    found = {
        setting: _best(frame, alike.get(_apart_from_weights(frame, setting), ()))
        for setting in frame.means.index
        if setting not in set(family)
    }
    return {setting: equal for setting, equal in found.items() if equal}


def _apart_from_weights(frame: Frame, setting: Setting) -> str:
    return without_weights(frame.specs[setting]).model_dump_json()


def _best(frame: Frame, settings: Iterable[Setting]) -> Setting | None:
    best = frame.choice.among(settings).best
    return best.key if best else None
