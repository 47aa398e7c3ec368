"""A hand-over ends by its deadline, however slowly the server answers."""

import contextlib
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from gtm.connectors.smtp import timed
from gtm.connectors.smtp.client import SmtpClient
from gtm.connectors.smtp.schemas import SmtpSettings
from gtm.domain.errors import OutcomeUnknown, TransientFailure

MESSAGE = b"Subject: hi\r\n\r\n" + b"x" * 50_000


@contextmanager
def server(*, before_data: float = 0, dripping: bool = False) -> Iterator[tuple[int, list[bytes]]]:
    """A mail server that takes its time; its port, and the commands that it was given."""
    heard: list[bytes] = []
    listener = socket.create_server(("127.0.0.1", 0))

    def serve() -> None:
        while True:
            try:
                talk(listener.accept()[0])
            except OSError:
                return

    def talk(peer: socket.socket) -> None:
        with peer, peer.makefile("rb") as lines:
            peer.sendall(b"220 slow\r\n")
            for line in lines:
                word = line.strip()[:4].upper()
                heard.append(word)
                if word == b"RCPT":
                    time.sleep(before_data)
                if word == b"QUIT":
                    peer.sendall(b"221 bye\r\n")
                    return
                peer.sendall(b"354 go\r\n" if word == b"DATA" else b"250 fine\r\n")
                if word == b"DATA":
                    while lines.readline() != b".\r\n":
                        pass
                    answer(peer)

    def answer(peer: socket.socket) -> None:
        for byte in b"250 taken after a while\r\n":
            try:
                peer.sendall(bytes([byte]))
            except OSError:
                return
            time.sleep(0.04 if dripping else 0)

    threading.Thread(target=serve, daemon=True).start()
    try:
        yield listener.getsockname()[1], heard
    finally:
        listener.close()


@contextmanager
def dripping(upon: bytes) -> Iterator[int]:
    """A mail server whose answer to one command, or its greeting, never ends: a byte comes now and then; its port."""
    listener = socket.create_server(("127.0.0.1", 0))
    ends = threading.Event()
    said = {b"EHLO": b"250-slow\r\n250 AUTH PLAIN\r\n"}

    def serve() -> None:
        while not ends.is_set():
            with contextlib.suppress(OSError):
                peer = listener.accept()[0]
                threading.Thread(target=talk, args=(peer,), daemon=True).start()

    def talk(peer: socket.socket) -> None:
        with contextlib.suppress(OSError), peer, peer.makefile("rb") as lines:
            answer(peer, b"", b"220 slow\r\n")
            for line in lines:
                answer(peer, line[:4].upper(), said.get(line[:4].upper(), b"235 fine\r\n"))

    def answer(peer: socket.socket, word: bytes, text: bytes) -> None:
        if word != upon:
            peer.sendall(text)
            return
        while not ends.wait(0.04):
            peer.sendall(b"2")

    threading.Thread(target=serve, daemon=True).start()
    try:
        yield listener.getsockname()[1]
    finally:
        ends.set()
        listener.close()


def client(port: int, **more: Any) -> SmtpClient:
    return SmtpClient(
        SmtpSettings(
            host="127.0.0.1", port=port, security="plain", sender="a@b.test", unsubscribe_url="https://b.test/u", **more
        )
    )


@pytest.mark.parametrize("upon", [b"", b"EHLO", b"AUTH", b"MAIL", b"RCPT"])
def test_whatever_drips_before_the_message_is_broken_off_at_the_deadline_too(upon: bytes) -> None:
    with dripping(upon) as port:
        one = client(port, username="ada", password="secret")
        began = time.monotonic()
        with pytest.raises(TransientFailure):
            one.deliver("a@b.test", "c@d.test", MESSAGE, began + 0.4)
        assert 0.3 < time.monotonic() - began < 1
        one.close()


@pytest.mark.parametrize("upon", [b"", b"EHLO", b"AUTH"])
def test_a_connection_that_nobody_hurries_is_made_in_a_few_answers_time_or_not_at_all(upon: bytes) -> None:
    with dripping(upon) as port:
        one = client(port, username="ada", password="secret", timeout_seconds=0.15)
        began = time.monotonic()
        with pytest.raises(TransientFailure):
            one.probe()
        assert 0.3 < time.monotonic() - began < 1
        one.close()


def test_a_kept_connection_whose_server_drips_does_not_outlast_the_message(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("gtm.connectors.smtp.client.IDLE_SECONDS", 0.0)
    with dripping(b"NOOP") as port:
        one = client(port)
        assert one.probe() == "slow"
        began = time.monotonic()
        with pytest.raises(TransientFailure):
            one.deliver("a@b.test", "c@d.test", MESSAGE, began + 0.4)
        assert 0.3 < time.monotonic() - began < 1
        one.close()


def test_an_answer_that_drips_is_broken_off_at_the_deadline() -> None:
    with server(dripping=True) as (port, _):
        one = client(port)
        began = time.monotonic()
        with pytest.raises(OutcomeUnknown):
            one.deliver("a@b.test", "c@d.test", MESSAGE, began + 0.4)
        assert 0.3 < time.monotonic() - began < 2
        # Without haste the same answer is waited for: the deadline was that message's alone.
        assert one.deliver("a@b.test", "c@d.test", MESSAGE) == "taken after a while"
        one.close()


def test_a_message_is_not_begun_after_its_deadline() -> None:
    with server(before_data=0.3) as (port, heard):
        one = client(port)
        with pytest.raises(TransientFailure, match="not handed over"):
            one.deliver("a@b.test", "c@d.test", MESSAGE, time.monotonic() + 0.2)
        assert b"DATA" not in heard
        assert one.deliver("a@b.test", "c@d.test", MESSAGE, time.monotonic() + 30) == "taken after a while"
        one.close()


def test_a_look_up_that_hangs_is_given_up_in_the_time_of_the_connection(monkeypatch: pytest.MonkeyPatch) -> None:
    free = threading.Event()
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: free.wait(30) and [])
    one = SmtpClient(
        SmtpSettings(
            host="mail.example.test", security="plain", sender="a@b.test", unsubscribe_url="https://b.test/u",
            timeout_seconds=0.3,
        )
    )  # fmt: skip
    began = time.monotonic()
    try:
        with pytest.raises(TransientFailure, match=r"mail\.example\.test:587 could not be reached: the look-up"):
            one.deliver("a@b.test", "c@d.test", MESSAGE)
        assert time.monotonic() - began < 5
    finally:
        free.set()


def test_a_machine_whose_own_name_hangs_calls_itself_by_its_address(monkeypatch: pytest.MonkeyPatch) -> None:
    free = threading.Event()
    monkeypatch.setattr(socket, "getfqdn", lambda: "here.example.test" if free.wait(30) else "")
    monkeypatch.setattr(timed, "OWN_NAME_SECONDS", 0.1)
    with server() as (port, _):
        one = client(port)
        try:
            assert one.deliver("a@b.test", "c@d.test", MESSAGE) == "taken after a while"
            assert one._connection is not None and one._connection.local_hostname == "[127.0.0.1]"
        finally:
            free.set()
            one.close()
        with socket.create_connection(("127.0.0.1", port)) as sock:
            until = time.monotonic() + 30
            while timed.own_name(sock, 30) != "here.example.test":
                assert time.monotonic() < until
