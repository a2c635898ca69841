"""The table of all trials in reports and exports: what identifies a trial, what was tried, what came out."""

import pandas as pd

from spreadtune.analysis.columns import Column
from spreadtune.analysis.words import in_words
from spreadtune.spec.metrics import shown_beside

_ALWAYS = ("trial", "state")
_IDENTITY = ("trial", "variant", "stage", "setting", "seed", "state")


def trial_columns(trials: pd.DataFrame, asked: list[str]) -> list[Column]:
    """All trials; empty columns, and identities that are the same throughout, are left out.

    The metrics that the study asks for come first. The reason comes last, because it is a sentence and would push the
    metrics out of sight.
    """
    tried = [name for name in trials if str(name).startswith("param.")]
    came_out = [f"{part}.{name}" for name in shown_beside(asked, trials=True) for part in ("metric", "test")]
    identity = [name for name in _IDENTITY if name in _ALWAYS or _tells_apart(trials, name)]
    names = [*identity, *tried, *came_out, "theory.spread", "epoch", "seconds", "taken", "reason"]
    filled = [name for name in names if name in trials and (name in _ALWAYS or trials[name].notna().any())]
    return [Column(_heading(name), trials[name], _decimals(name)) for name in map(str, filled)]


def _decimals(name: str) -> int | None:
    if name == "seconds":
        return 1
    return 3 if name.startswith(("metric.", "test.", "theory.")) else None


def _tells_apart(trials: pd.DataFrame, name: str) -> bool:
    return name in trials and trials[name].nunique(dropna=False) > 1


def _heading(name: str) -> str:
    special = {"theory.spread": "predicted spread", "param.objective.alpha.position": "window position"}
    if name.startswith("test."):
        return f"{in_words(name)}, test"
    return special.get(name, in_words(name.removeprefix("param.").removeprefix("metric.")))
