"""The data sets of a study: as its variants set them and their spaces change them."""

from collections.abc import Iterator

from spreadtune.data.dataset import Dataset
from spreadtune.data.split_name import SPLIT_NAMES
from spreadtune.spec.data import DataConfig
from spreadtune.spec.seed import Seed
from spreadtune.spec.study import Study
from spreadtune.spec.trial import TrialSpec
from spreadtune.trial.datasets import dataset_of, other_dataset_of

DECISIVE = ("dataset", "size", "train_size", "batch_size", "batches")
"""What decides which images there are and whether they can be batched; augmentations are not looked at."""


def data_configs(study: Study) -> list[DataConfig]:
    """Each ``data`` section that trials have, by what is decisive in it, at the ends of what is searched there."""
    found: dict[str, DataConfig] = {}
    for spec in _all_specs(study):
        found.setdefault(spec.data.model_dump_json(include={*DECISIVE}), spec.data)
    return [*found.values()]


def other_datasets(study: Study) -> dict[str, Dataset]:
    """The data sets on which encoders are probed beside their own (``evaluation.transfer_to``), by their names.

    Raises:
        UserError: one cannot be read, or its images not be made like those that encoders are trained on.
    """
    found = ((spec, other_dataset_of(spec)) for spec in _all_specs(study))
    return {spec.evaluation.transfer_to.name: other for spec, other in found if other}


def data_warnings(study: Study) -> list[str]:
    """What measurements on the study's data sets suffer from, each once."""
    own = [line for config in data_configs(study) for line in dataset_of(config).weaknesses]
    others = [
        f"{name}, to which encoders are transferred: {line}"
        for name, other in other_datasets(study).items()
        for line in other.weaknesses
    ]
    return [*dict.fromkeys([*own, *others])]


def described_parts(study: Study) -> list[str]:
    """The images of each class and subclass in every part, a line each; where data sets differ, with their names."""
    counts = [(config.dataset.name, dataset_of(config).counts) for config in data_configs(study)]
    several = len({name for name, _ in counts}) > 1
    lines = (
        f"{name}, {found.described(part)}" if several else found.described(part)
        for part in SPLIT_NAMES
        for name, found in counts
    )
    return [*dict.fromkeys(lines)]


def _all_specs(study: Study) -> Iterator[TrialSpec]:
    """Trials of every variant, at the ends of what is searched of their data."""
    decisive = [*(f"data.{key}" for key in DECISIVE), "evaluation.transfer_to"]
    for variant in study.variants():
        paths = [path for path in variant.space if any(path == key or path.startswith(f"{key}.") for key in decisive)]
        for values in variant.settings({path: variant.space[path].corners() for path in paths}):
            yield variant.trial(values, Seed(study=study.search.seed))
