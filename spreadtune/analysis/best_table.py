"""The best settings beside SupCon: what they gain over the best SupCon, at equal values, and in class accuracy."""

import pandas as pd

from spreadtune.analysis.baseline import NO_BASELINE, best_supcon, supcon_settings
from spreadtune.analysis.columns import Column
from spreadtune.analysis.frame import Frame
from spreadtune.analysis.gains import CLASS, gains
from spreadtune.analysis.method import method, method_with_scheme
from spreadtune.analysis.scheme import SCHEME_PATHS, Scheme, distinguishing_labels
from spreadtune.analysis.statistics import half_widths
from spreadtune.analysis.words import count, in_words, measured, number, signed
from spreadtune.search.results.choice import Setting
from spreadtune.search.results.selection import SETTING

MOST_GROUPS = 12
"""Schemes that have a row each; more of them are points of a search, not conditions of a comparison."""
_CONTINUOUS = ("uniform", "log_uniform")


def best_settings(frame: Frame) -> pd.DataFrame:
    """The best SupCon of the run, then the best setting of each scheme (temperature, batch, pairs), else variant, where
    that is another one.

    Returns:
        Columns group (in words; ``SupCon`` of the first row), best (of the whole run), variant, setting, label, n,
        METRIC and METRIC.half_width of the optimized metric and of the class accuracy, and the columns of
        :func:`~spreadtune.analysis.gains.gains`. Empty before a setting has finished.
    """
    if frame.best is None:
        return pd.DataFrame()
    table = pd.DataFrame(_rows(frame), columns=["group", *SETTING])
    keys = pd.MultiIndex.from_frame(table[SETTING])
    table.insert(1, "best", [key == frame.best for key in keys])
    table["label"] = frame.settings.loc[keys, "label"].to_numpy()
    table["n"] = frame.means.loc[keys, "n"].to_numpy()
    for metric in dict.fromkeys([frame.metric, CLASS]):
        if frame.column(metric):
            table[metric] = frame.means.loc[keys, f"metric.{metric}"].to_numpy()
            table[f"{metric}.half_width"] = half_widths(frame.trials, metric).reindex(keys).to_numpy()
    return pd.concat([table, gains(frame).loc[keys].reset_index(drop=True)], axis=1)


def best_columns(frame: Frame, table: pd.DataFrame) -> list[Column]:
    """That table as the report and an export show it."""
    if table.empty:
        return []
    marked = table["group"] + table["best"].map({True: ", best of all", False: ""})
    columns = [
        Column("", marked),
        Column("setting", table["label"]),
        Column("n", table["n"]),
        _values(in_words(frame.metric), table, frame.metric),
        *gain_columns(frame, table),
    ]
    if CLASS in table and frame.metric != CLASS:
        columns.insert(-1, _values(in_words(CLASS), table, CLASS))
    return columns


def gain_columns(frame: Frame, table: pd.DataFrame) -> list[Column]:
    """The columns of :func:`~spreadtune.analysis.gains.gains` as they are read; empty ones are left out."""
    gain = "gain" if frame.selection.goal.direction == "maximize" else "difference"
    columns = [
        _differences(f"{gain} over best SupCon", table, "gain"),
        Column("p (Holm)", table["gain.p_holm"].map(_shown_p), numeric=True),
        _differences(f"{gain} at equal values", table, "equal_gain"),
    ]
    if frame.metric != CLASS:
        columns.append(_differences(f"{in_words(CLASS)} minus best SupCon's", table, "class_gain"))
    return [column for column in columns if column.values.notna().any()]


def best_note(frame: Frame) -> str:
    """What the columns of the table mean, and how far they are to be trusted."""
    if best_supcon(frame) is None:
        return f"Best settings by {in_words(frame.metric)}. {NO_BASELINE}"
    compared, family = int(gains(frame)["gain.p_holm"].notna().sum()), len(supcon_settings(frame))
    tests = (
        f" p: paired t test, after Holm's correction for the {compared} settings compared with it." if compared else ""
    )
    better = "" if len(frame.confirmed) else " Fresh seeds (--resume --confirm N) are the better answer."
    return (
        f"Best settings by {in_words(frame.metric)}, on validation images, beside the best of "
        f"{count(family, 'SupCon setting')} (alpha 0, no reconstruction), chosen by the same rule. Differences are "
        f"paired over shared seeds; at equal values only alpha and autoencoder weight differ.{tests}{better}"
    )


def _shown_p(p: float) -> str | None:
    """``0.017``, ``<0.001``; nothing where no test was made."""
    return None if pd.isna(p) else "<0.001" if p < 0.001 else "1" if p == 1 else number(p, 2)


def _rows(frame: Frame) -> list[tuple[str, str, int]]:
    baseline, chosen = best_supcon(frame), []
    if baseline:
        chosen.append((f"best {method_with_scheme(frame.specs[baseline])}", *baseline))
    for group, settings in _groups(frame).items():
        best = frame.choice.among(settings).best
        if best and best.key != baseline:
            chosen.append((group, *best.key))
    return chosen


def _groups(frame: Frame) -> dict[str, list[Setting]]:
    """The finished settings by what they are compared within, schemes in the order of their values."""
    schemes = _listed_schemes(frame)
    words = dict(zip(schemes, distinguishing_labels(schemes), strict=True))
    several = len({variant for variant, _ in frame.means.index}) > 1
    found: dict[str, list[Setting]] = {word: [] for word in words.values()}
    for key, scheme in frame.means["scheme"].items():
        assert isinstance(key, tuple)
        if schemes:
            name = words.get(scheme) or method(frame.specs[key])
        else:
            name = f"variant {key[0]}" if several else "all settings"
        found.setdefault(name, []).append(key)
    return found


def _listed_schemes(frame: Frame) -> list[Scheme]:
    """The schemes of the finished settings where they are few and none is drawn from a continuum; else none."""
    if any(domain.kind in _CONTINUOUS for path in SCHEME_PATHS for domain in frame.domains.get(path, [])):
        return []
    schemes = sorted({scheme for scheme in frame.means["scheme"] if scheme is not None})
    return schemes if 1 < len(schemes) <= MOST_GROUPS else []


def _values(heading: str, table: pd.DataFrame, metric: str) -> Column:
    cells = [measured(*each) for each in zip(table[metric], table[f"{metric}.half_width"], strict=True)]
    return Column(heading, pd.Series(cells, dtype=object), numeric=True)


def _differences(heading: str, table: pd.DataFrame, name: str) -> Column:
    cells = [
        None if pd.isna(mean) else signed(mean, width)
        for mean, width in zip(table[name], table[f"{name}.half_width"], strict=True)
    ]
    return Column(heading, pd.Series(cells, dtype=object), numeric=True)
