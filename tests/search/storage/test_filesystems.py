"""SQLite is refused where its locks do not hold."""

from pathlib import Path

import pytest

from spreadtune.errors import UserError
from spreadtune.search.storage.filesystems import refuse_network

MOUNTS = [("/", "ext4"), ("/home", "nfs4"), ("/home/me/local", "xfs"), ("/data", "fuse.s3fs"), ("/data", "ext4")]


@pytest.mark.parametrize("path", ["/tmp/optuna.db", "/home/me/local/run/optuna.db", "/data/optuna.db", "/homely/x.db"])
def test_local_disks_are_fine(path: str) -> None:
    refuse_network(Path(path), MOUNTS)


@pytest.mark.parametrize("kind", ["nfs", "nfs4", "cifs", "smb3", "lustre", "gpfs", "fuse.sshfs", "fuse.gcsfuse"])
def test_network_file_systems_and_object_stores_are_refused(kind: str) -> None:
    with pytest.raises(
        UserError, match=rf"^/srv/results/optuna.db lies on a network file system \({kind}\).*--storage"
    ):
        refuse_network(Path("/srv/results/optuna.db"), [("/", "ext4"), ("/srv/results", kind)])


def test_this_machines_mounts_are_read(tmp_path: Path) -> None:
    refuse_network(tmp_path / "optuna.db")
