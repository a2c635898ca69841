"""Groups of processes with a gloo process group among them, on this machine."""

import os
import tempfile
import traceback
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import torch
import torch.distributed as dist
import torch.multiprocessing as mp

PATIENCE = 120  # seconds


class GlooPool:
    """``count`` processes that run functions together; each starts once, for importing torch takes seconds."""

    def __init__(self, count: int) -> None:
        context = mp.get_context("spawn")
        self._folder = tempfile.TemporaryDirectory(prefix="gloo-")
        self._calls = [context.SimpleQueue() for _ in range(count)]
        self._answers = context.Queue()
        meeting = str(Path(self._folder.name) / "meeting")
        self._processes = [
            context.Process(target=_serve, args=(rank, count, meeting, self._calls[rank], self._answers), daemon=True)
            for rank in range(count)
        ]
        for process in self._processes:
            process.start()

    def run(self, function: Callable[..., Any], *arguments: Any) -> list[Any]:
        """What a function of a module gives in each process, by rank; raises what any of them raised."""
        for calls in self._calls:
            calls.put((function, arguments))
        answers = dict(self._answers.get(timeout=PATIENCE) for _ in self._processes)
        for rank in sorted(answers):
            if answers[rank][1]:
                raise AssertionError(f"rank {rank}:\n{answers[rank][1]}")
        return [answers[rank][0] for rank in sorted(answers)]

    def close(self) -> None:
        for calls in self._calls:
            calls.put(None)
        for process in self._processes:
            process.join(10)
            if process.is_alive():
                process.kill()
        self._folder.cleanup()


def _serve(rank: int, count: int, meeting: str, calls: Any, answers: Any) -> None:
    torch.set_num_threads(1)
    os.environ.setdefault("GLOO_SOCKET_IFNAME", "lo")
    dist.init_process_group(
        "gloo", init_method=f"file://{meeting}", rank=rank, world_size=count, timeout=timedelta(seconds=PATIENCE)
    )
    while call := calls.get():
        function, arguments = call
        try:
            answers.put((rank, (function(*arguments), None)))
        except Exception:
            answers.put((rank, (None, traceback.format_exc())))
    dist.destroy_process_group()
