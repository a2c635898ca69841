"""Ray's control service, played by a socket."""

import socket
import threading

from spreadtune.runtime.cluster.control_watch import control_watched


def listening() -> tuple[socket.socket, str]:
    server = socket.create_server(("127.0.0.1", 0))
    return server, f"127.0.0.1:{server.getsockname()[1]}"


def test_one_that_is_gone_is_noticed_once() -> None:
    server, address = listening()
    lost, calls = threading.Event(), []

    def note() -> None:
        calls.append("lost")
        lost.set()

    with control_watched(address, note, every=0.01, patience=0.1):
        assert not lost.wait(0.3), "it answers"
        server.close()
        assert lost.wait(30)
    assert calls == ["lost"]


def test_what_ends_in_order_is_not_lost() -> None:
    server, address = listening()
    lost = threading.Event()
    with control_watched(address, lost.set, every=0.01, patience=0.1):
        pass
    server.close()
    assert not lost.wait(0.3)


def test_without_an_address_nothing_is_watched() -> None:
    lost = threading.Event()
    with control_watched(None, lost.set, every=0.01, patience=0.0):
        assert not lost.wait(0.1)
