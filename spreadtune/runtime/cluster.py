"""A Ray cluster for the length of a study: one of our own on this machine, or one that is already there."""

import logging
import signal
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from spreadtune.data.root import data_root_variable
from spreadtune.errors import UserError
from spreadtune.runtime.environment import RAY_ENVIRONMENT, prepare_environment
from spreadtune.runtime.machine import memory_for_workers
from spreadtune.runtime.resources import Node

logger = logging.getLogger(__name__)

TOKEN_VERB = "get-auth-token"  # of the command ``ray``
KNOCK_TIMEOUT = 10.0  # seconds


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
    own = address == "local"
    prepare_environment()
    import ray

    options: dict[str, Any]
    if own:
        promised = memory_for_workers()  # Ray would count what is free just now, and a plan something else
        options = {"include_dashboard": dashboard, "num_cpus": cpus, "num_gpus": gpus, "_memory": promised}
    else:
        # Our own cluster's workers inherit them.
        options = {"runtime_env": {"env_vars": {**RAY_ENVIRONMENT, **data_root_variable()}}}
    try:
        with _own_sigterm():
            info = ray.init(address=address, log_to_driver=False, logging_level=logging.ERROR, **options)
    except (ConnectionError, ValueError) as error:
        raise UserError(f"--address {address}: no Ray cluster answers there ({error})") from error
    try:
        url = info.dashboard_url if dashboard or not own else None
        resources = [node["Resources"] for node in ray.nodes() if node["Alive"]]
        yield Cluster(
            dashboard=f"http://{url}" if url else None,
            nodes=tuple(
                Node(offer.get("CPU", 0.0), offer.get("GPU", 0.0), offer.get("memory", 0.0)) for offer in resources
            ),
        )
    finally:
        ray.shutdown()


def check_address(address: str) -> None:
    """Refuse at once an address where nobody listens: Ray would try for minutes.

    Raises:
        UserError: ``address`` is none of local, auto and HOST:PORT, or nothing answers there.
    """
    if address in ("local", "auto"):
        return
    host, _, port = address.rpartition(":")
    if not host or not port.isdigit():
        raise UserError(f"--address {address}: expected local, auto or HOST:PORT")
    try:
        socket.create_connection((host.strip("[]"), int(port)), timeout=KNOCK_TIMEOUT).close()
    except OSError as error:
        raise UserError(f"--address {address}: no Ray cluster answers there ({error.strerror or error})") from error


@contextmanager
def _own_sigterm() -> Iterator[None]:
    """Keep this process's answer to SIGTERM: ``ray.init`` puts its own in place, which ends it without a word."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    answer = signal.getsignal(signal.SIGTERM)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, answer)
