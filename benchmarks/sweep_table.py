"""A run's settings as a Markdown table: means over seeds and half-widths of 95 % intervals.

python -m spreadtune.study digits_alpha_sweep --seeds 5
python benchmarks/sweep_table.py digits_alpha_sweep
"""

from argparse import ArgumentParser

import spreadtune
from spreadtune.analysis.statistics import half_widths
from spreadtune.search.selection import settings_table

COLUMNS = {
    "metric.transfer_accuracy": "transfer accuracy",
    "metric.class_accuracy": "class accuracy",
    "metric.spread": "spread, validation",
    "metric.train_spread": "spread, training",
}


def main() -> None:
    parser = ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("run", help="a run folder, NAME or NAME/ID")
    results = spreadtune.load_results(parser.parse_args().run)
    means = settings_table(results.trials)
    widths = {name: half_widths(results.trials, name.removeprefix("metric.")) for name in COLUMNS}
    params = [name for name in means if name.startswith("param.")]
    print(f"{results.run.label}, {len(results.trials)} trials\n")
    heads = [name.rpartition(".")[2] for name in params]
    print("| " + " | ".join([*heads, "n", *COLUMNS.values(), "spread, predicted"]) + " |")
    print("|" + "---|" * (len(params) + len(COLUMNS) + 2))
    for setting, row in means.iterrows():
        cells = [f"{row[name]:g}" for name in params] + [f"{row['n']:.0f}"]
        cells += [f"{row[name]:.3f} +- {widths[name][setting]:.3f}" for name in COLUMNS]
        print("| " + " | ".join([*cells, f"{row['theory.spread']:.3f}"]) + " |")


if __name__ == "__main__":
    main()
