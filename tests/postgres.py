"""A PostgreSQL server of its own on this machine, which can be stopped and started."""

import os
import pwd
import secrets
import shutil
import socket
import subprocess
from dataclasses import dataclass, field
from pathlib import Path

PASSWORD = "s3cret"


def programs() -> Path | None:
    """Where ``initdb`` and ``pg_ctl`` are; None where PostgreSQL is not installed."""
    found = shutil.which("pg_ctl")
    places = [Path(found).parent] if found else sorted(Path("/usr/lib/postgresql").glob("*/bin"))
    return next((place for place in reversed(places) if (place / "initdb").is_file()), None)


@dataclass(frozen=True)
class Server:
    """A server in ``folder``, reached over TCP on this machine alone.

    Attributes:
        folder: its data, readable by the user that it runs as: PostgreSQL refuses to be run by root.
        programs: its ``bin``.
        port: free when it was asked for.
    """

    folder: Path
    programs: Path
    port: int = field(default_factory=lambda: free_port())

    @property
    def url(self) -> str:
        return f"postgresql://postgres:{PASSWORD}@127.0.0.1:{self.port}/postgres"

    def create(self) -> None:
        self.folder.mkdir(parents=True)
        password = self.folder.parent / secrets.token_hex(4)
        password.write_text(PASSWORD)
        if os.geteuid() == 0:
            user = pwd.getpwnam("postgres")
            for path in (self.folder, password):
                os.chown(path, user.pw_uid, user.pw_gid)
        self._run("initdb", "-U", "postgres", "-A", "scram-sha-256", f"--pwfile={password}", "--no-sync")
        password.unlink()

    def start(self) -> None:
        options = f"-p {self.port} -c listen_addresses=127.0.0.1 -c unix_socket_directories='' -c fsync=off"
        self._run("pg_ctl", "-w", "-l", str(self.folder / "log"), "-o", options, "start")

    def stop(self) -> None:
        """At once, as a machine that goes away: connections are cut."""
        self._run("pg_ctl", "-w", "-m", "immediate", "stop")

    def _run(self, program: str, *arguments: str) -> None:
        as_user = {"user": "postgres", "group": "postgres", "extra_groups": []} if os.geteuid() == 0 else {}
        subprocess.run(
            [self.programs / program, "-D", self.folder, *arguments],
            check=True,
            cwd="/",
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            timeout=60,
            **as_user,
        )


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
