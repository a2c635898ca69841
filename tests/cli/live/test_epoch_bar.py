"""How far a replay is: a bar on a terminal, nothing in a pipe."""

import io

import pytest
from rich.console import Console

from spreadtune.cli.live import epoch_bar as module


def shown(monkeypatch: pytest.MonkeyPatch, *, terminal: bool) -> str:
    """What two of four epochs write."""
    stream = io.StringIO()
    console = Console(file=stream, force_terminal=terminal, width=80)
    progress = module.Progress
    monkeypatch.setattr(module, "Console", lambda: console)
    monkeypatch.setattr(module, "Progress", lambda **options: progress(console=console, **options))
    with module.epoch_bar("epochs") as on_epoch:
        on_epoch(1, 4)
        on_epoch(2, 4)
    return stream.getvalue()


def test_a_terminal_shows_the_share_of_epochs(monkeypatch: pytest.MonkeyPatch) -> None:
    text = shown(monkeypatch, terminal=True)
    assert "epochs" in text
    assert "50%" in text


def test_a_pipe_shows_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    assert shown(monkeypatch, terminal=False).strip() == ""
