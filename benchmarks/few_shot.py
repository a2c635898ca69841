"""How much of a few-shot accuracy is the luck of the draw: its spread over draws of examples, beside that over seeds.

    python benchmarks/few_shot.py [--study digits_alpha_sweep] [--alphas 0 0.56 0.75] [--seeds 5] [--draws 40]

Trains the study's encoders in this process, on the CPU with one thread, and prints a Markdown table. For each alpha
and number of shots: the mean accuracy of one draw's probe on validation images, its standard deviation over draws
(pooled over seeds), and the standard deviation over seeds of the mean of a seed's draws. Once with C = 1, once with C
chosen on a held-out tenth of the drawn examples, one a label.
"""

import statistics
import tempfile
from argparse import ArgumentParser
from collections.abc import Callable
from pathlib import Path

import torch
from torch import Tensor

from spreadtune.evaluation.few_shot import SHOTS, few_shot_probe
from spreadtune.evaluation.probe import Probe, fit_probe
from spreadtune.evaluation.representations import Representations
from spreadtune.evaluation.stratified import few_of_each
from spreadtune.run_folder import TrialFolder
from spreadtune.spec import Seed, load_study
from spreadtune.spec.trial import TrialSpec
from spreadtune.training.context import LocalContext
from spreadtune.trial.datasets import dataset_of
from spreadtune.trial.learner import Learner

Seen = tuple[Representations, Representations]
Fit = Callable[[Tensor, Tensor, int, int], Probe]


def chosen(features: Tensor, labels: Tensor, shots: int, seed: int) -> Probe:
    drawn = few_of_each(labels, shots, seed=seed)
    return fit_probe(features[drawn], labels[drawn], seed=seed)


RULES: dict[str, Fit] = {
    "1": lambda features, labels, shots, seed: few_shot_probe(features, labels, shots=shots, seed=seed),
    "chosen": chosen,
}


def main() -> None:
    parser = ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--study", default="digits_alpha_sweep")
    parser.add_argument("--alphas", type=float, nargs="+", default=[0, 0.56, 0.75])
    parser.add_argument("--seeds", type=int, default=5)
    parser.add_argument("--draws", type=int, default=40)
    arguments = parser.parse_args()
    torch.set_num_threads(1)
    variant = load_study(arguments.study).variants()[0]
    print("| alpha | shots | C | mean | over draws | over seeds |\n|---|---|---|---|---|---|")
    for alpha in arguments.alphas:
        seeds = [Seed(study=0, index=index) for index in range(arguments.seeds)]
        seen = [trained(variant.trial({"objective.alpha": alpha}, seed)) for seed in seeds]
        for shots in SHOTS:
            for rule, fit in RULES.items():
                if shots > 1 or rule == "1":  # of one example there is nothing to hold out
                    numbers = row([accuracies(one, fit, shots, arguments.draws) for one in seen])
                    print(f"| {alpha:g} | {shots} | {rule} | {numbers} |", flush=True)


def trained(spec: TrialSpec) -> Seen:
    """What the trained encoder makes of training and validation images."""
    with tempfile.TemporaryDirectory() as scratch:
        learner = Learner(spec, dataset_of(spec.data), LocalContext(TrialFolder(Path(scratch)).new_attempt()))
        learner.train()
        return learner.represent(learner.parts.train), learner.represent(learner.parts.validation)


def accuracies(seen: Seen, fit: Fit, shots: int, draws: int) -> list[float]:
    """Of the probe of each draw."""
    train, validation = seen
    probes = (fit(train.features, train.labels.subclasses, shots, draw) for draw in range(draws))
    return [probe.accuracy(validation.features, validation.labels.subclasses) for probe in probes]


def row(by_seed: list[list[float]]) -> str:
    means = [statistics.mean(draws) for draws in by_seed]
    over_draws = statistics.mean(statistics.variance(draws) for draws in by_seed) ** 0.5
    return f"{statistics.mean(means):.3f} | {over_draws:.4f} | {statistics.stdev(means):.4f}"


if __name__ == "__main__":
    main()
