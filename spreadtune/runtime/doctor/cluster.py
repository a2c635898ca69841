"""What Ray needs on this machine: its token, ports, a folder for its sockets, and no leftovers of killed runs."""

import os
import re
import socket
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import psutil

from spreadtune.runtime.cluster.needs import folder_hindrance, ray_folder, token_file, token_hindrance
from spreadtune.runtime.doctor.check import Check
from spreadtune.runtime.doctor.folders import NO_ROOM, Free, free_space
from spreadtune.runtime.doctor.units import size

DASHBOARD_PORT = 8265
SETTLING = 5.0  # seconds

Bind = Callable[[str, int], None]
"""Listens at (host, port) for an instant; OSError where that cannot be done."""


@dataclass(frozen=True)
class Process:
    """A process of this user: its number, its parent's, and its command line or the title it gave itself."""

    pid: int
    parent: int
    title: str


def check_token(environment: Mapping[str, str], home: Path) -> Check:
    """Whether Ray asks for a token, has one or can make it, and whether others can read it. It is never shown."""
    mode = environment.get("RAY_AUTH_MODE")
    if mode is not None and mode.lower() != "token":
        text = f"RAY_AUTH_MODE={mode} turns authentication off: whoever reaches Ray's ports can run code as you"
        return Check("Ray's token", "warning", text, "unset RAY_AUTH_MODE")
    if environment.get("RAY_AUTH_TOKEN"):
        return Check("Ray's token", "ok", "taken from RAY_AUTH_TOKEN")
    if found := token_hindrance(environment, home):
        return Check("Ray's token", "problem", found.text, found.fix)
    file = token_file(environment, home)
    if not file.exists():
        return Check("Ray's token", "ok", f"none yet; Ray makes {file} when it first starts")
    if readable_by_others(file):
        return Check("Ray's token", "warning", f"{file} can be read by other users", f"chmod 600 {file}")
    return Check("Ray's token", "ok", f"{file}, readable by its owner alone")


def readable_by_others(file: Path) -> bool:
    """Whether the group or everybody may read a file, and pass through every folder above it."""
    resolved = file.resolve()
    above = [folder.stat().st_mode for folder in resolved.parents]
    mode = resolved.stat().st_mode
    return any(mode & read and all(folder & enter for folder in above) for read, enter in ((0o040, 0o010), (0o004, 1)))


def check_ports(bind: Bind) -> Check:
    """Whether a cluster of our own can listen on this machine."""
    try:
        bind("127.0.0.1", 0)
        bind("", 0)
    except OSError as error:
        fix = "let this process listen on ports (see the container's or sandbox's network settings)"
        return Check("ports", "problem", f"no port can be opened ({error.strerror or error})", fix)
    try:
        bind("127.0.0.1", DASHBOARD_PORT)
    except OSError:
        text = f"can be opened; {DASHBOARD_PORT} is taken (another run?), so the dashboard gets the next free one"
        return Check("ports", "ok", text)
    return Check("ports", "ok", f"can be opened; the dashboard gets {DASHBOARD_PORT}")


def bind_once(host: str, port: int) -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as listening:
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)  # what has just ended is no hindrance
        listening.bind((host, port))
        listening.listen()


def check_ray_folder(environment: Mapping[str, str], free: Free = free_space) -> Check:
    """The folder of Ray's sockets, logs and spilled objects."""
    if found := folder_hindrance(environment):
        return Check("Ray's folder", "problem", found.text, found.fix)
    folder = ray_folder(environment)
    left = free(folder)
    if left < NO_ROOM:
        fix = "make room there, or name another folder with RAY_TMPDIR"
        return Check("Ray's folder", "problem", f"{folder}: {size(left)} free", fix)
    return Check("Ray's folder", "ok", f"{folder}: {size(left)} free")


def check_leftovers(read: Callable[[], Sequence[Process]], wait: Callable[[float], None] = time.sleep) -> Check:
    """Ray's processes whose cluster is gone. They are listed, and left to whoever reads it.

    Args:
        read: gives the processes of now. A cluster that is just ending or starting looks like one that is gone, so
            what is found has to be there twice.
        wait: for so many seconds in between.
    """
    left = leftovers(read())
    if left:
        wait(SETTLING)
        left = [process for process in leftovers(read()) if process in left]
    if not left:
        return Check("leftovers", "ok", "no process of a killed run")
    listed = ", ".join(f"{process.pid} ({_short(process.title)})" for process in left)
    fix = f"they mostly end by themselves within a minute; else: kill {' '.join(str(each.pid) for each in left)}"
    return Check("leftovers", "warning", f"of a cluster that is gone: {listed}", fix)


def leftovers(processes: Sequence[Process]) -> list[Process]:
    """Workers and agents that descend from no raylet, and daemons without a parent whose session has no raylet.

    A raylet starts all workers and agents of its machine, and dies with the driver of a cluster of our own. One that
    ``ray start`` began has no parent either, but lives.
    """
    by_pid = {process.pid: process for process in processes}
    alive = {session for process in processes if _is_raylet(process) and (session := _session(process))}
    return [
        process
        for process in processes
        if (process.title.startswith("ray::") and not _descends_from_a_raylet(process, by_pid))
        or (_is_daemon(process) and process.parent not in by_pid.keys() - {1} and _session(process) not in alive)
    ]


def read_processes() -> list[Process]:
    """All processes of this user."""
    found = []
    for process in psutil.process_iter(["pid", "ppid", "cmdline", "uids", "status"]):
        facts = process.info
        if facts["uids"] and facts["uids"].real == os.getuid() and facts["status"] != psutil.STATUS_ZOMBIE:
            found.append(Process(facts["pid"], facts["ppid"], " ".join(facts["cmdline"] or ())))
    return found


def _descends_from_a_raylet(process: Process, by_pid: Mapping[int, Process]) -> bool:
    seen = set()
    while (above := by_pid.get(process.parent)) is not None and above.pid not in seen:
        if _is_raylet(above):
            return True
        seen.add(above.pid)
        process = above
    return False


def _is_raylet(process: Process) -> bool:
    return process.title.partition(" ")[0].endswith("/raylet/raylet")


def _is_daemon(process: Process) -> bool:
    """Ray's own processes beside the raylet, which name their session."""
    return "/ray/" in process.title and not _is_raylet(process) and _session(process) is not None


def _session(process: Process) -> str | None:
    found = re.search(r"session_[\d-]+_[\d-]+_\d+_\d+", process.title)
    return found[0] if found else None


def _short(title: str) -> str:
    if title.startswith("ray::"):
        return title.partition(" ")[0]
    words = [Path(word).name for word in title.split() if "/ray/" in word and not word.startswith("-")]
    return words[0] if words else "ray"
