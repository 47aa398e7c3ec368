"""SMTP over a real socket: reuse, refusals, stale connections, and a break in the middle of a message."""

import socket
import threading
import time
from datetime import UTC, datetime
from typing import Any

import pytest

from gtm.connectors.base import OutgoingEmail
from gtm.connectors.smtp.client import SmtpClient
from gtm.connectors.smtp.fake import SmtpSink
from gtm.connectors.smtp.schemas import SmtpSettings
from gtm.connectors.smtp.service import SmtpConnector
from gtm.domain.clock import VirtualClock
from gtm.domain.errors import InvalidInput, OutcomeUnknown, PermanentFailure, TransientFailure


def connector(port: int) -> SmtpConnector:
    return SmtpConnector(
        SmtpSettings(
            host="127.0.0.1",
            port=port,
            security="plain",
            sender="team@acme.test",
            timeout_seconds=3,
            unsubscribe_url="https://acme.test/u",
        )
    )


def mail(to: str = "ada@example.test", key: str = "0123456789") -> OutgoingEmail:
    return OutgoingEmail(key=key, to=to, subject="Hi", text="Hi.\n", sent_at=datetime(2026, 1, 6, tzinfo=UTC))


def test_many_messages_go_over_one_connection_and_a_refusal_does_not_spoil_the_next(clock: VirtualClock) -> None:
    with SmtpSink(clock) as sink:
        smtp = connector(sink.port)
        sink.answer("full@example.test", 451, times=1)
        sink.answer("gone@example.test", 550)
        assert smtp.check().ready
        assert smtp.send(mail()) == "<0123456789@acme.test>"
        with smtp._client() as client:
            connection = client._connection
        with pytest.raises(TransientFailure, match="451"):
            smtp.send(mail("full@example.test"))
        with pytest.raises(PermanentFailure, match="550"):
            smtp.send(mail("gone@example.test"))
        smtp.send(mail("full@example.test"))
        assert client._connection is connection
        assert [m.recipient for m in sink.received] == ["ada@example.test", "full@example.test"]
        assert {m.received_at for m in sink.received} == {clock.now()}
        assert (sink.attempts("full@example.test"), sink.attempts("gone@example.test")) == (2, 1)
        smtp.close()


def test_a_header_injection_never_reaches_the_wire() -> None:
    with SmtpSink() as sink:
        smtp = connector(sink.port)
        with pytest.raises(InvalidInput):
            smtp.send(mail("ada@example.test\r\nBcc: all@example.test"))
        assert sink.received == () and sink.attempts("ada@example.test") == 0


def test_a_server_that_went_away_and_came_back_is_reached_again() -> None:
    first = SmtpSink()
    first.start()
    smtp = connector(first.port)
    smtp.send(mail())
    first.stop()
    with pytest.raises(TransientFailure):
        smtp.send(mail())
    assert smtp.check().state == "failing"
    smtp.close()


def test_nobody_listening_is_a_failure_that_may_pass() -> None:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    with pytest.raises(TransientFailure, match="could not be reached"):
        connector(port).send(mail())
    status = connector(port).check()
    assert status.state == "failing" and str(port) in status.fix


def test_a_connection_that_breaks_after_data_is_unknown_and_not_repeated() -> None:
    """A server that takes the message's bytes and hangs up before it answers."""
    server = socket.create_server(("127.0.0.1", 0))
    bodies: list[bytes] = []

    def serve() -> None:
        connection, _ = server.accept()
        with connection, connection.makefile("rwb") as wire:
            wire.write(b"220 ready\r\n")
            wire.flush()
            for line in wire:
                verb = line[:4].upper()
                wire.write(b"354 go on\r\n" if verb == b"DATA" else b"250 OK\r\n")
                wire.flush()
                if verb == b"DATA":
                    body = b""
                    while not body.endswith(b"\r\n.\r\n"):
                        body += wire.readline()
                    bodies.append(body)
                    return

    thread = threading.Thread(target=serve)
    thread.start()
    with pytest.raises(OutcomeUnknown):
        connector(server.getsockname()[1]).send(mail())
    thread.join(5)
    server.close()
    assert len(bodies) == 1


def test_exported_messages_can_be_opened(tmp_path: pytest.TempPathFactory, clock: VirtualClock) -> None:
    from pathlib import Path

    folder = Path(str(tmp_path)) / "mails"
    with SmtpSink(clock) as sink:
        connector(sink.port).send(mail("ada.l+x@example.test"))
    (path,) = sink.export(folder)
    assert path.name == "001-ada-l-x.eml"
    assert b"Message-ID: <0123456789@acme.test>" in path.read_bytes()


class Closing:
    """A server that closes each connection after so many messages, with 421 or without a word."""

    def __init__(self, after: int, word: bool) -> None:
        self.after, self.word = after, word
        self.server = socket.create_server(("127.0.0.1", 0))
        self.port = int(self.server.getsockname()[1])
        self.verbs: list[str] = []
        self.connections = self.messages = 0
        threading.Thread(target=self._listen, daemon=True).start()

    def _listen(self) -> None:
        while True:
            try:
                connection, _ = self.server.accept()
            except OSError:
                return
            self.connections += 1
            with connection, connection.makefile("rwb") as wire:
                self._talk(wire)

    def _talk(self, wire: Any) -> None:
        taken = 0
        wire.write(b"220 ready\r\n")
        wire.flush()
        for line in wire:
            verb = line[:4].upper().decode().strip()
            self.verbs.append(verb)
            if verb == "MAIL" and taken >= self.after:
                if self.word:
                    wire.write(b"421 4.7.0 enough for one connection\r\n")
                    wire.flush()
                return
            wire.write(b"354 go on\r\n" if verb == "DATA" else b"250 OK\r\n")
            wire.flush()
            if verb == "DATA":
                while wire.readline() != b".\r\n":
                    pass
                wire.write(b"250 taken\r\n")
                wire.flush()
                taken += 1
                self.messages += 1


@pytest.mark.parametrize("word", [True, False])
def test_a_server_that_closes_after_some_messages_loses_none_and_costs_no_try(word: bool) -> None:
    server = Closing(3, word)
    smtp = connector(server.port)
    for number in range(10):
        smtp.send(mail(key=f"0123456789-{number}"))
    smtp.close()
    server.server.close()
    assert (server.messages, server.connections) == (10, 4)
    assert "NOOP" not in server.verbs


def test_a_server_that_takes_nothing_is_asked_once_a_connection_and_may_be_asked_later() -> None:
    server = Closing(0, True)
    with pytest.raises(TransientFailure, match="421"):
        connector(server.port).send(mail())
    server.server.close()
    assert server.connections == 1


def talker(replies: dict[str, bytes]) -> tuple[int, list[bytes]]:
    """A server that answers each verb, and `.` for the message, with what is given, else with 250; and the messages."""
    server = socket.create_server(("127.0.0.1", 0))
    bodies: list[bytes] = []

    def serve() -> None:
        connection, _ = server.accept()
        server.close()
        with connection, connection.makefile("rwb") as wire:
            wire.write(b"220 ready\r\n")
            wire.flush()
            for line in wire:
                verb = line[:4].upper().decode().strip()
                answer = replies.get(verb, b"354 go on" if verb == "DATA" else b"250 OK")
                wire.write(answer + b"\r\n")
                wire.flush()
                if verb == "DATA" and answer.startswith(b"354"):
                    body = b""
                    while not body.endswith(b"\r\n.\r\n"):
                        body += wire.readline()
                    bodies.append(body)
                    wire.write(replies.get(".", b"250 taken") + b"\r\n")
                    wire.flush()

    threading.Thread(target=serve, daemon=True).start()
    return int(server.getsockname()[1]), bodies


@pytest.mark.parametrize("answer", [b"200 OK", b"251 will forward", b"252 2.0.0 queued", b"250 2.0.0 Ok: queued"])
def test_every_answer_of_the_200s_says_that_the_message_is_taken(answer: bytes) -> None:
    port, bodies = talker({".": answer})
    assert connector(port).send(mail()) == "<0123456789@acme.test>"
    assert len(bodies) == 1


@pytest.mark.parametrize("answer", [b"garbage", b"354 go on", b"199 hm", b"600 what"])
@pytest.mark.parametrize("at", ["DATA", "."])
def test_an_answer_that_says_neither_yes_nor_no_is_unknown(at: str, answer: bytes) -> None:
    if (at, answer) == ("DATA", b"354 go on"):
        return
    port, _ = talker({at: answer})
    with pytest.raises(OutcomeUnknown):
        connector(port).send(mail())


def test_an_odd_answer_before_the_message_may_pass_and_252_takes_the_recipient() -> None:
    port, bodies = talker({"RCPT": b"nonsense"})
    with pytest.raises(TransientFailure, match="RCPT"):
        connector(port).send(mail())
    assert bodies == []
    port, bodies = talker({"RCPT": b"252 cannot verify, will try"})
    connector(port).send(mail())
    assert len(bodies) == 1


class Pipelining:
    """A server that offers PIPELINING (RFC 2920), and answers MAIL only once RCPT and DATA have come as well."""

    def __init__(self, *answers: tuple[bytes, bytes, bytes]) -> None:
        self.answers = list(answers)
        self.connections = 0
        self.server = socket.create_server(("127.0.0.1", 0))
        self.port = int(self.server.getsockname()[1])
        self.verbs: list[str] = []
        self.bodies: list[bytes] = []
        threading.Thread(target=self._listen, daemon=True).start()

    def _listen(self) -> None:
        while True:
            try:
                connection, _ = self.server.accept()
            except OSError:
                return
            self.connections += 1
            with connection, connection.makefile("rwb") as wire:
                self._say(wire, b"220 ready\r\n")
                while line := wire.readline():
                    self._heard(wire, line[:4].upper().decode().strip())

    def _heard(self, wire: Any, verb: str) -> None:
        self.verbs.append(verb)
        if verb == "EHLO":
            self._say(wire, b"250-here\r\n250 PIPELINING\r\n")
        elif verb == "MAIL":
            self.verbs += [wire.readline()[:4].decode(), wire.readline()[:4].decode()]
            answers = self.answers.pop(0)
            self._say(wire, b"".join(answer + b"\r\n" for answer in answers))
            if answers[2].startswith(b"354"):
                self._take(wire)
        else:
            self._say(wire, b"250 OK\r\n")

    def _take(self, wire: Any) -> None:
        body = b""
        while (line := wire.readline()) != b".\r\n":
            if not line:
                return
            body += line
        self.bodies.append(body)
        self._say(wire, b"250 taken\r\n")

    @staticmethod
    def _say(wire: Any, answer: bytes) -> None:
        wire.write(answer)
        wire.flush()


FINE = (b"250 OK", b"250 OK", b"354 go on")
TURN = ["MAIL", "RCPT", "DATA"]


def test_where_a_server_takes_commands_at_once_each_answer_goes_to_its_own() -> None:
    no_sender = (b"451 4.3.0 later", b"503 no sender", b"503 no recipient")
    server = Pipelining(FINE, no_sender, (b"250 OK", b"550 5.1.1 nobody", b"503 no recipient"), FINE)
    smtp = connector(server.port)
    smtp.send(mail(key="0123456789-1"))
    with pytest.raises(TransientFailure, match="451 to MAIL"):
        smtp.send(mail(key="0123456789-2"))
    with pytest.raises(PermanentFailure, match="550 to RCPT"):
        smtp.send(mail(key="0123456789-3"))
    smtp.send(mail(key="0123456789-4"))
    smtp.close()
    server.server.close()
    assert [body.count(f"0123456789-{n}@".encode()) for body, n in zip(server.bodies, (1, 4), strict=True)] == [1, 1]
    assert server.connections == 1
    assert server.verbs[:-1] == ["EHLO", *TURN, *TURN, "RSET", *TURN, "RSET", *TURN]


@pytest.mark.parametrize("refusal", [b"451 4.3.0 later", b"550 5.1.1 nobody"])
def test_a_server_that_waits_for_a_message_to_nobody_gets_none_but_a_closed_connection(refusal: bytes) -> None:
    server = Pipelining((b"250 OK", refusal, b"354 go on"), FINE)
    smtp = connector(server.port)
    with pytest.raises(TransientFailure if refusal.startswith(b"4") else PermanentFailure, match="to RCPT"):
        smtp.send(mail(key="0123456789-1"))
    smtp.send(mail(key="0123456789-2"))
    smtp.close()
    server.server.close()
    assert server.connections == 2 and len(server.bodies) == 1
    assert b"0123456789-2@" in server.bodies[0]


def test_a_message_whose_time_is_over_is_not_begun_and_no_connection_is_made_for_it() -> None:
    server = Pipelining(FINE, FINE)
    smtp = connector(server.port)
    late = {"deadline": time.monotonic() - 1}
    with pytest.raises(TransientFailure, match="the time for it was over"):
        smtp.send(mail().model_copy(update=late))
    assert server.connections == 0
    smtp.send(mail())
    with pytest.raises(TransientFailure, match="not handed over"):
        smtp.send(mail().model_copy(update=late))
    smtp.send(mail())
    smtp.close()
    server.server.close()
    assert server.connections == 2 and len(server.bodies) == 2


def test_a_message_whose_time_is_over_when_the_server_waits_for_it_is_not_begun() -> None:
    server = Pipelining(FINE, FINE)
    client = SmtpClient(connector(server.port)._settings)
    connection = client._ready(None)
    with pytest.raises(TransientFailure, match="not handed over"):
        client._before_message(connection, "team@acme.test", "ada@example.test", time.monotonic() - 1)
    assert client.deliver("team@acme.test", "ada@example.test", b"Subject: hi\r\n\r\nhi\r\n") == "taken"
    client.close()
    server.server.close()
    assert server.connections == 2 and len(server.bodies) == 1


def test_a_connection_that_breaks_before_the_message_costs_no_doubt() -> None:
    """Between DATA and its answer: the server has the recipient and nothing of the message."""
    server = socket.create_server(("127.0.0.1", 0))

    def serve() -> None:
        for _ in range(2):
            connection, _ = server.accept()
            with connection, connection.makefile("rwb") as wire:
                wire.write(b"220 ready\r\n")
                wire.flush()
                while (line := wire.readline()) and line[:4].upper() != b"DATA":
                    wire.write(b"250 OK\r\n")
                    wire.flush()

    threading.Thread(target=serve, daemon=True).start()
    with pytest.raises(TransientFailure, match="before the message"):
        connector(server.getsockname()[1]).send(mail())
    server.close()


@pytest.mark.parametrize("text", [".", ".a\n..\n.\n", "a\n.b", "..\r\n.\r\n"])
def test_dots_at_the_beginning_of_lines_come_through(text: str) -> None:
    with SmtpSink() as sink:
        smtp = connector(sink.port)
        with smtp._client() as client:
            client.deliver("team@acme.test", "ada@example.test", text.replace("\r", "").replace("\n", "\r\n").encode())
        smtp.close()
    (one,) = sink.received
    assert one.raw.replace(b"\r\n", b"\n").rstrip(b"\n") == text.replace("\r", "").rstrip("\n").encode()
