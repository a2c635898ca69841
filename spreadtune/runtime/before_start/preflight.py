"""What is checked before anything starts or is written: a study that cannot run is refused, not half run."""

import logging

from spreadtune.data.dataset import Dataset
from spreadtune.data.hierarchy_file import FILE_NAME, HEADER
from spreadtune.errors import UserError
from spreadtune.runtime.before_start.data_sets import data_configs, data_warnings
from spreadtune.runtime.cluster.connection import check_address
from spreadtune.runtime.cluster.needs import refuse_where_ray_cannot_start
from spreadtune.search.storage.database import check_storage
from spreadtune.spec.data import DataConfig, ImageFolderDataset
from spreadtune.spec.metrics import METRICS, need_groups, need_subclasses
from spreadtune.spec.seed import Seed
from spreadtune.spec.study import Study
from spreadtune.spec.trial import TrialSpec
from spreadtune.trial.datasets import dataset_of, forget_datasets

logger = logging.getLogger(__name__)


def preflight(study: Study, *, storage: str | None = None, address: str = "local", make_tables: bool = True) -> None:
    """Every variant's data can be loaded, split and batched, its parts fit, and database and cluster answer.

    What the data's measurements suffer from is warned of.
    Tables are made in a database that has none, unless ``make_tables`` is unset.

    Raises:
        UserError: the first thing that does not hold.
    """
    if address == "local":
        refuse_where_ray_cannot_start()
    check_address(address)
    forget_datasets()  # of an earlier run of this process
    specs = [variant.trial({}, Seed(study=study.search.seed)) for variant in study.variants()]
    for config in data_configs(study):
        dataset = dataset_of(config)
        dataset.mean_batch_class_counts(config.batch_size, config.batches)
        _check_metrics(study, config, dataset)
    for line in data_warnings(study):
        logger.warning("data.dataset: %s", line)
    if uncertain := [spec for spec in specs if _may_not_fit(spec)]:
        from spreadtune.trial.rehearsal import rehearse  # torch, which the driver has no other use for

        for spec in uncertain:
            rehearse(spec)
    if storage:
        check_storage(storage, make_tables=make_tables)


def _may_not_fit(spec: TrialSpec) -> bool:
    """Whether a part is one's own, or not every image or file suits it. The small convnet suits the digits."""
    return bool(spec.own_parts) or spec.data.dataset.name != "digits" or spec.model.encoder.name != "convnet"


def _check_metrics(study: Study, config: DataConfig, dataset: Dataset) -> None:
    """What the search needs is measured. Where every class is one subclass, transfer asks nothing that training was not
    told."""
    used, name = study.search.asked, config.dataset.name
    for few in (metric for metric in used if dataset.class_count < METRICS[metric].fewest_classes):
        raise UserError(
            f"search.{used[few]}: {few} needs {METRICS[few].fewest_classes} classes, and {name} has "
            f"{dataset.class_count}; name another metric"
        )
    grouped = next(iter(need_groups(used)), None)
    if grouped and not dataset.has_groups:
        raise UserError(
            f"search.{used[grouped]}: {grouped} needs groups, and {name} has none; name another metric, or a data set "
            "with groups, such as colored_digits"
        )
    metric = next(iter(need_subclasses(used)), None)
    if metric is None or dataset.has_subclasses:
        return
    if isinstance(config.dataset, ImageFolderDataset):
        from spreadtune.data.image_folder import find_root  # Pillow

        fix = f"give {find_root(config.dataset.root) / FILE_NAME} with the header {','.join(HEADER)}"
    else:
        fix = "give it subclasses"
    raise UserError(
        f"search.{used[metric]}: {metric} needs subclasses, and every class of {name} is one subclass; {fix}, or "
        f"{'optimize' if used[metric] == 'optimize' else 'name'} class_accuracy"
    )
