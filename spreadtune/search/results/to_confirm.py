"""Which settings a confirmation trains anew: the best of every variant, and a SupCon to set them against."""

from collections.abc import Mapping

from spreadtune.search.plans.draws import typical_trial
from spreadtune.search.results.choice import Choice, SettingResults
from spreadtune.search.storage.record import Rows
from spreadtune.spec.members import plain_path
from spreadtune.spec.seed import Seed
from spreadtune.spec.study import Study
from spreadtune.spec.trial import TrialSpec
from spreadtune.spec.variant import Variant

ALPHA, WEIGHT = "objective.alpha", "objective.autoencoder_weight"


def settings_to_confirm(study: Study, choice: Choice) -> dict[str, list[SettingResults]]:
    """By variant that has a finished trial: its best setting, and the best SupCon of the run (alpha 0, no
    reconstruction term) unless one of these trains the very same.

    Args:
        study: what was asked.
        choice: all settings of its search, which is over.
    """
    variants = {variant.name: variant for variant in study.variants()}

    def spec(found: SettingResults) -> TrialSpec:
        return variants[found.variant].trial(found.values, Seed(study=0))

    found = {variant: [best] for variant, best in choice.of_variants.items()}
    baseline = next((each for each in choice.settings if each.results and spec(each).is_supcon), None)
    if baseline and spec(baseline) not in [spec(best) for best in choice.of_variants.values()]:
        found[baseline.variant].append(baseline)
    return found


def pairs_to_confirm(
    study: Study, chosen: Mapping[str, list[SettingResults]] | None, confirmed: Mapping[str, Rows]
) -> dict[str, int]:
    """How many pairs (a setting at a seed) of each variant a confirmation has in all, those of former bests too.

    Args:
        study: says how many seeds.
        chosen: the settings to confirm; None while the search goes on, when as many are counted as are expected.
        confirmed: the confirmation's trials, by the name of every variant.
    """
    seeds, expected = study.search.confirm_seeds, expected_settings(study)
    totals = {}
    for variant, rows in confirmed.items():
        held = {row.record.pair for row in rows.values()}
        if chosen is None:
            totals[variant] = max(seeds * expected[variant], len(held))
        else:
            wanted = {(found.setting, seed) for found in chosen.get(variant, ()) for seed in range(seeds)}
            totals[variant] = len(held | wanted)
    return totals


def expected_settings(study: Study) -> dict[str, int]:
    """How many settings of each variant will be confirmed, as far as that can be told before its search.

    One, and of the first that lists alpha 0 among others a SupCon beside it, unless a variant is SupCon throughout.
    """
    variants = study.variants()
    listing = [variant.name for variant in variants if _lists_supcon(variant)]
    beside = listing[:1] if not any(map(_supcon_throughout, variants)) else []
    return {variant.name: 1 + (variant.name in beside) for variant in variants}


def _lists_supcon(variant: Variant) -> bool:
    alphas = {path: domain for path, domain in variant.space.items() if plain_path(path) == ALPHA}
    listed = all(domain.kind in ("grid", "choice") for domain in alphas.values())
    if not (alphas and listed and all(domain.reaches(0) and len(domain.corners()) > 1 for domain in alphas.values())):
        return False
    encoders = typical_trial(variant).encoders.values()
    return all(spec.objective.spread_loss(spec.data.views) for spec in encoders)


def _supcon_throughout(variant: Variant) -> bool:
    searched = {ALPHA, WEIGHT} & set(map(plain_path, variant.space))
    return not searched and typical_trial(variant).is_supcon
