"""What is checked before anything starts or is written: a study that cannot run is refused, not half run."""

from spreadtune.data.dataset import load_dataset
from spreadtune.runtime.cluster import check_address
from spreadtune.search.database import check_storage
from spreadtune.spec.data import DataConfig
from spreadtune.spec.study import Study


def preflight(study: Study, *, storage: str | None = None, address: str = "local") -> None:
    """Every variant's data can be loaded and batched, and database and cluster answer.

    Raises:
        UserError: the first thing that does not hold.
    """
    configs = [DataConfig.model_validate(variant.body["data"]) for variant in study.variants()]
    for config in {config.model_dump_json(): config for config in configs}.values():
        load_dataset(config).mean_batch_class_counts(config.batch_size, config.batches)
    check_address(address)
    if storage:
        check_storage(storage)
