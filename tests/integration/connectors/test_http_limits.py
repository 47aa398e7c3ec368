"""A call is over in its time and takes little memory, whatever the other side sends; over a real socket."""

import socket
import threading
import time
import tracemalloc
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest

from gtm.connectors.http.schemas import HttpEndpoint, HttpSettings
from gtm.connectors.http.service import MOST_READ, HttpConnector
from gtm.domain.errors import OutcomeUnknown, TransientFailure

Talk = Callable[[socket.socket], None]

SECONDS = 1.0
"""What a call here may take."""
SLACK = 4.0
"""What a busy machine may add to that; a server here that is not left talks for ever."""


@contextmanager
def serving(talk: Talk) -> Iterator[int]:
    """A server that hears a request and then answers as `talk` does; its port."""
    server = socket.create_server(("127.0.0.1", 0))

    def run() -> None:
        while True:
            try:
                connection, _ = server.accept()
            except OSError:
                return
            with connection:
                try:
                    connection.recv(65536)
                    talk(connection)
                except OSError:
                    pass

    threading.Thread(target=run, daemon=True).start()
    yield int(server.getsockname()[1])
    server.close()


def call(port: int, method: str = "POST", timeout: float = SECONDS) -> int:
    settings = HttpSettings(
        endpoints=(HttpEndpoint(name="x", url=f"http://127.0.0.1:{port}/"),),
        private_hosts=("127.0.0.1",),
        timeout_seconds=timeout,
    )
    connector = HttpConnector(settings)
    try:
        return connector.call(connector="x", url=None, method=method, key="k" * 20, body={})
    finally:
        connector.close()


def endless(connection: socket.socket) -> None:
    connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 300000000\r\n\r\n")
    for _ in range(300):
        connection.sendall(b"x" * 1_000_000)


def drip_body(connection: socket.socket) -> None:
    connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 1000000\r\n\r\n")
    while True:
        connection.sendall(b"x")
        time.sleep(0.1)


def drip_head(connection: socket.socket) -> None:
    connection.sendall(b"HTTP/1.1 200 OK\r\nX-Long: ")
    while True:
        connection.sendall(b"y")
        time.sleep(0.1)


def interim(connection: socket.socket) -> None:
    while True:
        connection.sendall(b"HTTP/1.1 103 Early Hints\r\n\r\n")
        time.sleep(0.1)


def test_an_endless_answer_is_read_no_further_than_its_cap() -> None:
    assert MOST_READ <= 64 * 1024
    with serving(endless) as port:
        tracemalloc.start()
        assert call(port, timeout=10) == 200
        _, peak = tracemalloc.get_traced_memory()
        tracemalloc.stop()
    assert peak < 20_000_000


def test_an_answer_whose_body_drips_is_an_answer_and_over_in_time() -> None:
    with serving(drip_body) as port:
        began = time.monotonic()
        assert call(port) == 200
        assert time.monotonic() - began < SECONDS + SLACK


@pytest.mark.parametrize("talk", [drip_head, interim])
def test_a_head_that_drips_is_given_up_in_time(talk: Talk) -> None:
    with serving(talk) as port:
        for method, kind in (("POST", OutcomeUnknown), ("GET", TransientFailure)):
            began = time.monotonic()
            with pytest.raises(kind):
                call(port, method)
            assert time.monotonic() - began < SECONDS + SLACK
