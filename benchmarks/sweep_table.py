"""A run's settings as a Markdown table: means over seeds and half-widths of 95 % intervals.

python -m spreadtune.study digits_alpha_sweep --seeds 5
python benchmarks/sweep_table.py digits_alpha_sweep
"""

from argparse import ArgumentParser

import pandas as pd

import spreadtune
from spreadtune.analysis.results import Results
from spreadtune.analysis.statistics import Interval, half_widths, interval, paired_difference
from spreadtune.search.results.selection import settings_table

ALPHA = "param.objective.alpha"
COLUMNS = {
    "metric.transfer_accuracy": "transfer accuracy",
    "metric.class_accuracy": "class accuracy",
    "metric.spread": "spread, validation",
    "metric.train_spread": "spread, training",
}
REFERENCES = {"ceiling": "trained on fine labels", "raw_pixels": "raw pixels", "random_encoder": "random encoder"}


def main() -> None:
    parser = ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("run", help="a run folder, NAME or NAME/ID")
    results = spreadtune.load_results(parser.parse_args().run)
    print(f"{results.run.label}, {len(results.trials)} trials\n")
    for line in table(results.trials):
        print(line)
    print(f"\nTransfer accuracy of floors and ceiling: {references(results)}.")


def table(trials: pd.DataFrame) -> list[str]:
    """One line a setting; the gain is the paired difference from alpha 0 where everything else is equal."""
    means = settings_table(trials)
    widths = {name: half_widths(trials, name.removeprefix("metric.")) for name in COLUMNS}
    params = [name for name in means if name.startswith("param.")]
    heads = [*(name.rpartition(".")[2] for name in params), "n", "transfer accuracy", "gain over alpha 0"]
    heads += [*list(COLUMNS.values())[1:], "spread, predicted"]
    lines = ["| " + " | ".join(heads) + " |", "|" + "---|" * len(heads)]
    for setting, row in means.iterrows():
        measured = [f"{row[name]:.3f} +- {widths[name][setting]:.3f}" for name in COLUMNS]
        cells = [*(f"{row[name]:g}" for name in params), f"{row['n']:.0f}", measured[0]]
        cells += [_gain(trials, means, params, setting), *measured[1:], f"{row['theory.spread']:.3f}"]
        lines.append("| " + " | ".join(cells) + " |")
    return lines


def _gain(trials: pd.DataFrame, means: pd.DataFrame, params: list[str], setting: tuple[str, int]) -> str:
    others = [name for name in params if name != ALPHA]
    same = (means[others] == means.loc[setting, others]).all(axis=1) & (means[ALPHA] == 0)
    baseline = next(iter(means[same].index), None)
    if baseline is None or baseline == setting:
        return ""
    return _shown(paired_difference(trials, "transfer_accuracy", setting, baseline), sign="+")


def references(results: Results) -> str:
    """Floors and ceiling over their seeds."""
    table = results.references
    searched = table[table["stage"] == "search"] if "stage" in table else table
    found = {words: interval(searched[f"{name}.transfer_accuracy"]) for name, words in REFERENCES.items()}
    return ", ".join(f"{words} {_shown(value)}" for words, value in found.items())


def _shown(value: Interval, sign: str = "") -> str:
    return f"{value.mean:{sign}.3f} +- {value.half_width:.3f}"


if __name__ == "__main__":
    main()
