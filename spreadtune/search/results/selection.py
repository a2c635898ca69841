"""The trials table: the means over seeds of its settings, and its trials as the choice of the best wants them."""

from collections.abc import Iterable, Mapping
from typing import Any

import pandas as pd

from spreadtune.search.storage.record import Record, Row, Rows
from spreadtune.spec.seed import Stage
from spreadtune.spec.variant import Variant

SETTING = ["variant", "setting"]
_NUMBERS = ("trial", "setting", "seed", "duplicate_of", "repeat_of", "retry_of")


def completed(trials: pd.DataFrame) -> pd.DataFrame:
    """The trials that a search may choose from: finished ones of stage ``search``."""
    return trials[(trials["state"] == "COMPLETE") & (trials["stage"] == "search")]


def settings_table(trials: pd.DataFrame) -> pd.DataFrame:
    """One row for each setting with a finished trial.

    Args:
        trials: the trials table, one row a trial.

    Returns:
        Indexed by (variant, setting): ``n``, the number of finished trials; ``param.*``, the setting; ``metric.*`` and
        ``theory.*``, means over the finished trials. Pruned and failed trials enter nowhere.
    """
    done = completed(trials)
    params = [name for name in done.columns if name.startswith("param.")]
    measured = [name for name in done.columns if name.startswith(("metric.", "theory."))]
    # A column that no trial fills comes back from a file without a numeric type.
    numbers = done[measured].apply(pd.to_numeric).astype(float)
    keys = [done[name] for name in SETTING]
    table: pd.DataFrame = pd.concat([done[params].groupby(keys).first(), numbers.groupby(keys).mean()], axis=1)
    table.insert(0, "n", done.groupby(SETTING).size())
    return table


def table_rows(trials: pd.DataFrame, variants: Iterable[Variant], stage: Stage = "search") -> dict[str, Rows]:
    """A stage's trials of every variant, by its name, as a trials table has them.

    Args:
        trials: the trials table, one row a trial.
        variants: of the study.
        stage: of the run.
    """
    by_name = {variant.name: variant for variant in variants}
    found: dict[str, Rows] = {name: {} for name in by_name}
    for line in trials[(trials["stage"] == stage) & trials["setting"].notna()].to_dict("records"):
        filled = {str(name): value for name, value in line.items() if not pd.isna(value)}
        found[line["variant"]][int(line["trial"])] = _row(filled, by_name[line["variant"]])
    return found


def _row(line: Mapping[str, Any], variant: Variant) -> Row:
    numbers: dict[str, Any] = {name: int(line[name]) for name in _NUMBERS if name in line}
    measured = {name.removeprefix("metric."): value for name, value in line.items() if name.startswith("metric.")}
    return Row(
        Record(
            **numbers,
            values={path: line[f"param.{path}"] for path in variant.space if f"param.{path}" in line},
            stage=line["stage"],
        ),
        state=line["state"],
        metrics=measured if line["state"] == "COMPLETE" else {},
        reason=line.get("reason"),
    )
