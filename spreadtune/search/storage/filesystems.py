"""Which file systems a SQLite database may lie on."""

from collections.abc import Iterable
from pathlib import Path

import psutil

from spreadtune.errors import UserError

_NETWORK = frozenset(
    {"afs", "beegfs", "ceph", "cifs", "glusterfs", "gpfs", "lustre", "nfs", "nfs4", "pvfs2", "smb3", "smbfs"}
    | {f"fuse.{name}" for name in ("ceph", "gcsfuse", "glusterfs", "goofys", "juicefs", "mount-s3", "rclone")}
    | {"fuse.s3fs", "fuse.sshfs"}
)


def refuse_network(path: Path, mounts: Iterable[tuple[str, str]] | None = None) -> None:
    """Refuse a SQLite file where its locks do not hold: two hosts could write it at once and destroy it.

    Args:
        path: the database file, there or not.
        mounts: (mount point, file system type); the machine's by default.

    Raises:
        UserError: the path lies on a network file system or in a mounted object store.
    """
    if mounts is None:
        mounts = [(mount.mountpoint, mount.fstype) for mount in psutil.disk_partitions(all=True)]
    kind = _filesystem(path, mounts)
    if kind in _NETWORK:
        raise UserError(
            f"{path} lies on a network file system ({kind}), where SQLite loses data; give the run a database server: "
            "--storage postgresql://USER@HOST/DATABASE, or a results folder on a local disk"
        )


def _filesystem(path: Path, mounts: Iterable[tuple[str, str]]) -> str | None:
    """The type of the innermost mount that holds the path."""
    resolved = path.resolve()
    holding = [(len(Path(point).parts), kind) for point, kind in mounts if resolved.is_relative_to(point)]
    # The last of several mounts at one point hides the others.
    return max(reversed(holding), key=lambda mount: mount[0], default=(0, None))[1]
