"""What a run would be and cost. Nothing is started but a look at the cluster, where one is joined."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from spreadtune.run_folder import RunFolder
from spreadtune.runtime.before_start.cost import Cost, cost_of
from spreadtune.runtime.cluster.connection import connect
from spreadtune.runtime.cluster.machine import this_machine
from spreadtune.runtime.cluster.resources import Node, Slots, plan_slots
from spreadtune.search.plans.workload import Workload, workload
from spreadtune.spec.study import Study
from spreadtune.spec.trial import TrialSpec
from spreadtune.trial.datasets import dataset_of
from spreadtune.trial.shape import Pace, Shape, shape_of

Measure = Callable[[TrialSpec, Slots], Pace]


@dataclass(frozen=True)
class Outlook:
    """What a run would be, how fast it would go, what it would cost.

    Attributes:
        study: as resolved; that of the run, where one is taken up.
        work: what there is to train.
        slots: what a trial is given and how many run at once.
        paces: how fast trials of each shape are.
        cost: all of it.
    """

    study: Study
    work: Workload
    slots: Slots
    paces: dict[Shape, Pace]
    cost: Cost


def look_ahead(
    study: Study,
    run: RunFolder | None = None,
    *,
    storage: str | None = None,
    address: str = "local",
    price_per_gpu_hour: float | None = None,
    measure: Measure,
) -> Outlook:
    """What a run of ``study`` would be, or what ``run`` still lacks.

    Args:
        study: the resolved study, which passed its preflight.
        run: one to go on with.
        storage: its database URL, where it was given one.
        address: the cluster whose slots are counted; ``local`` counts this machine's and starts none.
        price_per_gpu_hour: in any currency.
        measure: the pace of a trial of each shape.

    Raises:
        UserError: a trial can never fit, or no cluster answers.
    """
    slots = plan_slots(study.resources, _nodes(study, address))
    work = workload(study, run, references=dataset_of(study.data).has_subclasses, storage=storage)
    shapes: dict[Shape, TrialSpec] = {}
    for encoder in (encoder for job in work.jobs for encoder in job.encoders):
        shapes.setdefault(shape_of(encoder.spec), encoder.spec)
    paces = {shape: measure(spec, slots) for shape, spec in shapes.items()}
    return Outlook(study, work, slots, paces, cost_of(work, paces, slots, price_per_gpu_hour=price_per_gpu_hour))


def measure_here(spec: TrialSpec, slots: Slots) -> Pace:
    """Train a few steps on this machine, on a GPU where trials get one and it has one, else on the CPU."""
    import torch

    from spreadtune.runtime.worker.device import claim
    from spreadtune.trial.timing import measure_pace

    claimed = claim(slots.gpus if torch.cuda.is_available() else 0)
    return measure_pace(spec, claimed.device, memory=claimed.memory, threads=slots.cpus)


def has_gpu_for(slots: Slots) -> bool:
    """Whether this machine has what trials are given: a GPU where they get one."""
    if slots.gpus == 0:
        return True
    import torch

    return torch.cuda.is_available()


def _nodes(study: Study, address: str) -> Sequence[Node]:
    if address == "local":
        return [this_machine(study.resources)]
    with connect(address, dashboard=False) as cluster:
        return cluster.nodes
