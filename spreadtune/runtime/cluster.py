"""A Ray cluster for the length of a study: one of our own on this machine, or one that is already there."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from spreadtune.errors import UserError
from spreadtune.runtime.environment import RAY_ENVIRONMENT, prepare_environment
from spreadtune.runtime.resources import Node

logger = logging.getLogger(__name__)

TOKEN_COMMAND = "ray get-auth-token"


@dataclass(frozen=True)
class Cluster:
    """A cluster this process is connected to.

    Attributes:
        dashboard: address of the dashboard, None when there is none.
        nodes: its machines.
    """

    dashboard: str | None
    nodes: tuple[Node, ...]


@contextmanager
def connect(
    address: str = "local", *, dashboard: bool = True, cpus: int | None = None, gpus: int | None = None
) -> Iterator[Cluster]:
    """Start a local cluster, or join the one at ``address``; leave it at the end.

    Args:
        address: ``local`` starts one of our own (a bare ``ray.init()`` would join whatever it finds), ``auto`` or
            ``HOST:PORT`` joins a running one.
        dashboard: whether our own cluster has a dashboard.
        cpus: declared CPUs of our own cluster, the machine's by default.
        gpus: declared GPUs of our own cluster, the machine's by default.

    Raises:
        UserError: there is no cluster at ``address``.
    """
    prepare_environment()
    import ray

    own = address == "local"
    options = (
        {"include_dashboard": dashboard, "num_cpus": cpus, "num_gpus": gpus}
        if own
        else {
            "runtime_env": {"env_vars": dict(RAY_ENVIRONMENT)}  # our own cluster's workers inherit them
        }
    )
    try:
        info = ray.init(address=address, log_to_driver=False, logging_level=logging.ERROR, **options)
    except (ConnectionError, ValueError) as error:
        raise UserError(f"--address {address}: no Ray cluster answers there ({error})") from error
    try:
        url = info.dashboard_url if dashboard or not own else None
        resources = [node["Resources"] for node in ray.nodes() if node["Alive"]]
        yield Cluster(
            dashboard=f"http://{url}" if url else None,
            nodes=tuple(Node(cpus=offer.get("CPU", 0.0), gpus=offer.get("GPU", 0.0)) for offer in resources),
        )
    finally:
        ray.shutdown()
