"""The tests' own guard: nothing reaches beyond this machine, and no outside setting reaches a test."""

import os
import socket
import urllib.request

import pytest


@pytest.mark.parametrize("address", [("192.0.2.1", 80), ("2001:db8::1", 80), ("api.openai.com", 443)])
def test_no_connection_leaves_this_machine(address: tuple[str, int]) -> None:
    family = socket.AF_INET6 if ":" in address[0] else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as opened:
        for attempt in (opened.connect, opened.connect_ex):
            with pytest.raises(RuntimeError, match="a test tried to reach"):
                attempt(address)
    with (
        socket.socket(family, socket.SOCK_DGRAM) as datagrams,
        pytest.raises(RuntimeError, match="a test tried to reach"),
    ):
        datagrams.sendto(b"?", address)


def test_no_name_is_looked_up() -> None:
    with pytest.raises(RuntimeError, match="a test tried to look up"):
        socket.getaddrinfo("api.openai.com", 443)
    with pytest.raises(RuntimeError, match="a test tried to look up"):
        urllib.request.urlopen("http://example.com/")


def test_loopback_is_open() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        with socket.create_connection(server.getsockname()) as client:
            assert client.getpeername() == server.getsockname()
        assert socket.getaddrinfo("localhost", 80)


def test_no_key_and_no_telemetry() -> None:
    assert "OPENAI_API_KEY" not in os.environ
    assert os.environ["CREWAI_DISABLE_TELEMETRY"] == "true"
    assert os.environ["OTEL_SDK_DISABLED"] == "true"
