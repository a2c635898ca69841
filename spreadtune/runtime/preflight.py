"""What is checked before anything starts or is written: a study that cannot run is refused, not half run."""

from spreadtune.runtime.cluster import check_address
from spreadtune.search.database import check_storage
from spreadtune.spec.seed import Seed
from spreadtune.spec.study import Study
from spreadtune.trial.datasets import dataset_of


def preflight(study: Study, *, storage: str | None = None, address: str = "local") -> None:
    """Every variant's data can be loaded and batched, its own parts fit, and database and cluster answer.

    Raises:
        UserError: the first thing that does not hold.
    """
    specs = [variant.trial({}, Seed(study=study.search.seed)) for variant in study.variants()]
    for config in {spec.data.model_dump_json(): spec.data for spec in specs}.values():
        dataset_of(config).mean_batch_class_counts(config.batch_size, config.batches)
    if any(spec.own_parts for spec in specs):
        from spreadtune.trial.rehearsal import rehearse  # torch, which the driver has no other use for

        for spec in specs:
            rehearse(spec)
    check_address(address)
    if storage:
        check_storage(storage)
