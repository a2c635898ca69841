"""The data sets of a study: as its variants set them and their spaces change them."""

from collections.abc import Iterator

from spreadtune.data.split_name import SPLIT_NAMES
from spreadtune.spec.data import DataConfig
from spreadtune.spec.seed import Seed
from spreadtune.spec.study import Study
from spreadtune.trial.datasets import dataset_of

DECISIVE = ("dataset", "size", "train_size", "batch_size", "batches")
"""What decides which images there are and whether they can be batched; augmentations are not looked at."""


def data_configs(study: Study) -> list[DataConfig]:
    """Each ``data`` section that trials have, by what is decisive in it, at the ends of what is searched there."""
    found: dict[str, DataConfig] = {}
    for config in _all_configs(study):
        found.setdefault(config.model_dump_json(include={*DECISIVE}), config)
    return [*found.values()]


def data_warnings(study: Study) -> list[str]:
    """What measurements on the study's data sets suffer from, each once."""
    return [*dict.fromkeys(line for config in data_configs(study) for line in dataset_of(config).weaknesses)]


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


def _all_configs(study: Study) -> Iterator[DataConfig]:
    for variant in study.variants():
        paths = [path for path in variant.space if path.split(".")[0] == "data" and path.split(".")[1] in DECISIVE]
        for values in variant.settings({path: variant.space[path].corners() for path in paths}):
            yield variant.trial(values, Seed(study=study.search.seed)).data
