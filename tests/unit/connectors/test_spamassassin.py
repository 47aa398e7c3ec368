"""The protocol of spamd, against a server of a few lines; the real one is asked in tests/integration/connectors."""

import socket
import threading
from collections.abc import Callable, Iterator
from decimal import Decimal

import pytest

from gtm.connectors.spamassassin.schemas import SpamAssassinSettings
from gtm.connectors.spamassassin.service import SpamAssassinService
from gtm.domain.errors import PermanentFailure, TransientFailure
from gtm.domain.proofing import SpamReport

Answering = Callable[[bytes], SpamAssassinService]
SCORED = b"SPAMD/1.1 0 EX_OK\r\nContent-length: 30\r\nSpam: True ; 17.1 / 5.0\r\n\r\nGTUBE,MISSING_DATE,NO_RELAYS\r\n"


@pytest.fixture
def answering() -> Iterator[Answering]:
    """Makes a service whose server gives one answer and closes."""
    servers: list[socket.socket] = []
    asked: list[bytes] = []

    def make(answer: bytes) -> SpamAssassinService:
        server = socket.create_server(("127.0.0.1", 0))
        servers.append(server)

        def serve() -> None:
            connection, _ = server.accept()
            with connection:
                while part := connection.recv(65536):
                    asked.append(part)
                connection.sendall(answer)

        threading.Thread(target=serve, daemon=True).start()
        return SpamAssassinService(SpamAssassinSettings.at(f"127.0.0.1:{server.getsockname()[1]}"))

    yield make
    for server in servers:
        server.close()


def test_score_threshold_and_rules(answering: Answering) -> None:
    report = answering(SCORED).judge(b"Subject: x\r\n\r\nx")
    assert report == SpamReport(
        score=Decimal("17.1"), threshold=Decimal("5.0"), rules=("GTUBE", "MISSING_DATE", "NO_RELAYS")
    )


@pytest.mark.parametrize(
    ("answer", "error", "words"),
    [
        (b"HTTP/1.1 400 Bad Request\r\n\r\n", PermanentFailure, "no spamd"),
        (b"", PermanentFailure, "no spamd"),
        (b"SPAMD/1.0 75 EX_TEMPFAIL\r\n\r\n", TransientFailure, "EX_TEMPFAIL"),
        (b"SPAMD/1.0 76 EX_PROTOCOL\r\n\r\n", PermanentFailure, "EX_PROTOCOL"),
        (b"SPAMD/1.1 0 EX_OK\r\n\r\n", PermanentFailure, "no score"),
    ],
)
def test_what_is_no_answer(answering: Answering, answer: bytes, error: type[Exception], words: str) -> None:
    with pytest.raises(error, match=words):
        answering(answer).judge(b"x")


def test_nobody_there_is_told_with_the_setting() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
    service = SpamAssassinService(SpamAssassinSettings(host="127.0.0.1", port=port))
    with pytest.raises(TransientFailure) as caught:
        service.judge(b"x")
    assert caught.value.field == "GTM_SPAMD"
    assert service.check().state == "failing"


def test_a_living_daemon_is_ready(answering: Answering) -> None:
    assert answering(b"SPAMD/1.5 0 PONG\r\n").check().ready


@pytest.mark.parametrize(
    ("address", "host"), [("127.0.0.1:783", "127.0.0.1"), ("[::1]:783", "::1"), ("x.y:783", "x.y")]
)
def test_addresses(address: str, host: str) -> None:
    assert SpamAssassinSettings.at(address) == SpamAssassinSettings(host=host, port=783)
