"""All checks, one after the other."""

import os
from collections.abc import Iterator
from pathlib import Path

from spreadtune.data.cache import cache_folder
from spreadtune.data.root import data_roots
from spreadtune.runtime.doctor import cluster, devices, folders, smoke, versions
from spreadtune.runtime.doctor.check import Check, examined


def examination(results: Path, *, smoke_study: bool) -> Iterator[Check]:
    """Check after check, each when it is asked for; none raises.

    Args:
        results: the folder of all runs, there or not.
        smoke_study: whether to run one, which takes longer than everything else.
    """
    yield from examined("versions", versions.check_versions)
    yield from examined("CPUs", lambda: devices.check_cpus(devices.read_machine()))
    yield from examined("memory", lambda: devices.check_memory(devices.read_machine()))
    yield from examined("GPUs", lambda: devices.check_gpus(devices.read_gpus()))
    yield from examined("data root", lambda: folders.check_data_roots(data_roots(), folders.published_sets()))
    yield from examined("cache", lambda: folders.check_cache(cache_folder()))
    yield from examined("results", lambda: folders.check_results(results))
    yield from examined("Ray's token", lambda: cluster.check_token(os.environ, Path.home()))
    yield from examined("Ray's folder", lambda: cluster.check_ray_folder(os.environ))
    yield from examined("ports", lambda: cluster.check_ports(cluster.bind_once))
    yield from examined("leftovers", lambda: cluster.check_leftovers(cluster.read_processes))
    if smoke_study:
        yield from examined("smoke study", smoke.check_smoke)
