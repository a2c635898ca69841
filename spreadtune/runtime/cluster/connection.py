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
from spreadtune.errors import FaultError, UserError
from spreadtune.runtime.cluster.environment import RAY_ENVIRONMENT, prepare_environment
from spreadtune.runtime.cluster.machine import load, memory_for_workers
from spreadtune.runtime.cluster.needs import ray_folder
from spreadtune.runtime.cluster.resources import Node
from spreadtune.runtime.ray_internals import own_cluster_options, own_process_groups

logger = logging.getLogger(__name__)

TOKEN_VERB = "get-auth-token"  # of the command ``ray``
KNOCK_TIMEOUT = 10.0  # seconds
BUSY = 1.5  # of the CPUs: from here on a start may be too slow for Ray's patience


class ClusterError(FaultError):
    """Ray could not be started, or has ended in the middle of a run."""


@dataclass(frozen=True)
class Cluster:
    """A cluster this process is connected to.

    Attributes:
        dashboard: address of the dashboard, None when there is none.
        nodes: its machines.
        control: HOST:PORT of Ray's control service (GCS).
    """

    dashboard: str | None
    nodes: tuple[Node, ...]
    control: str | None = None


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
        UserError: there is no cluster at ``address``, or it asks for another token.
        ClusterError: our own one could not be started.
    """
    own = address == "local"
    prepare_environment()
    import ray

    options: dict[str, Any]
    if own:
        promised = memory_for_workers()  # Ray would count what is free just now, and a plan something else
        options = {"include_dashboard": dashboard, "num_cpus": cpus, "num_gpus": gpus} | own_cluster_options(promised)
    else:
        # Our own cluster's workers inherit them.
        options = {"runtime_env": {"env_vars": {**RAY_ENVIRONMENT, **data_root_variable()}}}
    try:
        with _own_sigterm(), own_process_groups():
            info = ray.init(address=address, log_to_driver=False, logging_level=logging.ERROR, **options)
    except KeyboardInterrupt:
        ray.shutdown()
        raise
    except Exception as error:  # Ray raises bare exceptions of a start that took too long
        ray.shutdown()
        if own:
            raise ClusterError(_not_started(error)) from error
        if isinstance(error, ray.exceptions.AuthenticationError):
            fix = "copy ~/.ray/auth_token of its head here, or set RAY_AUTH_TOKEN to what it holds"
            raise UserError(f"--address {address}: the cluster there asks for a token of its own; {fix}") from error
        if not isinstance(error, ConnectionError | ValueError):
            raise
        raise UserError(f"--address {address}: no Ray cluster answers there; {_way_there(address)}") from error
    try:
        url = info.dashboard_url if dashboard or not own else None
        resources = [node["Resources"] for node in ray.nodes() if node["Alive"]]
        yield Cluster(
            dashboard=f"http://{url}" if url else None,
            nodes=tuple(
                Node(offer.get("CPU", 0.0), offer.get("GPU", 0.0), offer.get("memory", 0.0)) for offer in resources
            ),
            control=ray.get_runtime_context().gcs_address,
        )
    finally:
        ray.shutdown()


def _way_there(address: str) -> str:
    if address == "auto":
        return "start one on this machine with ray start --head, or give HOST:PORT of its head"
    return "give HOST:PORT of its head, auto for one on this machine, or local to start one"


def _not_started(error: Exception) -> str:
    """Why, and where to look."""
    reason = (str(error).splitlines() or [type(error).__name__])[0].strip()
    # What the system refuses it refuses an idle machine too; what took too long, or was cut short, may be busy's fault.
    refused = isinstance(error, OSError) and not isinstance(error, TimeoutError | ConnectionError)
    busy = 0.0 if refused else load()
    loaded = (
        f" (this machine is busy: {busy:.1f} processes wanted each of its CPUs in the last minute)"
        if busy > BUSY
        else ""
    )
    return (
        f"Ray did not start: {reason}{loaded}; its logs are in {ray_folder() / 'session_latest' / 'logs'}. Try again, "
        "or let `spreadtune doctor` look for the cause"
    )


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
    """Keep this process's answer to SIGTERM: ``ray.init`` puts its own in place, which ends it without a word.

    Python's part of Ray does so early, and would answer while it starts, so it is not let. The rest does it behind
    Python's back when it connects, so the answer is put in place again at the end.
    """
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    plain, own = signal.signal, signal.getsignal(signal.SIGTERM)

    def others(number: int, answer: Any) -> Any:
        return own if number == signal.SIGTERM else plain(number, answer)

    signal.signal = others  # type: ignore[assignment]
    try:
        yield
    finally:
        signal.signal = plain
        plain(signal.SIGTERM, own)
