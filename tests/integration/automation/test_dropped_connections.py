"""A mail server that takes the message and hangs up without a word: the send is unknown, looked up, never doubled."""

import re
import socket
import threading
from typing import Any

from gtm.automation.reconciling import reconcile
from gtm.connectors.smtp.schemas import SmtpSettings
from gtm.connectors.smtp.service import SmtpConnector
from gtm.store.models.automation import EmailSend
from gtm.store.models.enrolments import MANUAL, Enrolment
from tests.integration.automation.surroundings import Stage, drip, signup


class HangsUp:
    """Speaks SMTP on a real socket; the first message is taken, or lost, and then the connection is closed."""

    def __init__(self, *, keeps_first: bool) -> None:
        self.keeps_first = keeps_first
        self.taken: list[str] = []
        self.heard = 0
        self.server = socket.create_server(("127.0.0.1", 0))
        threading.Thread(target=self._listen, daemon=True).start()

    def _listen(self) -> None:
        while True:
            try:
                connection, _ = self.server.accept()
            except OSError:
                return
            with connection, connection.makefile("rwb") as wire:
                self._talk(wire)

    def _talk(self, wire: Any) -> None:
        wire.write(b"220 ready\r\n")
        wire.flush()
        for line in wire:
            verb = line[:4].upper()
            wire.write(b"354 go on\r\n" if verb == b"DATA" else b"250 OK\r\n")
            wire.flush()
            if verb != b"DATA":
                continue
            body = b""
            while not body.endswith(b"\r\n.\r\n"):
                body += wire.readline()
            self.heard += 1
            match = re.search(rb"^Message-ID: (\S+)", body, re.MULTILINE)
            if match and (self.heard > 1 or self.keeps_first):
                self.taken.append(match.group(1).decode())
            if self.heard == 1:
                return
            wire.write(b"250 taken\r\n")
            wire.flush()

    def was_accepted(self, message_id: str) -> bool | None:
        return message_id in self.taken


def connector(server: HangsUp) -> SmtpConnector:
    settings = SmtpSettings(
        host="127.0.0.1",
        port=int(server.server.getsockname()[1]),
        security="plain",
        sender="team@acme.test",
        unsubscribe_url="https://acme.test/u",
    )
    return SmtpConnector(settings, server)


def dropped(stage: Stage, server: HangsUp) -> tuple[SmtpConnector, str]:
    """One lead whose first mail was answered by a closed connection; the mailer, and its Message-ID."""
    stage.configure(drip(), signup())
    stage.lead(1)
    mailer = connector(server)
    stage.worker(mailer=mailer).run_until_idle()
    (send,) = stage.rows(EmailSend)
    assert send.state == "unknown" and server.heard == 1
    assert [row.status for row in stage.rows(Enrolment)] == [MANUAL]
    stage.advance(minutes=30)
    stage.worker(mailer=mailer).run_until_idle()
    assert server.heard == 1, "a send of unknown fate was tried again"
    return mailer, str(send.message_id)


def test_a_message_that_was_taken_counts_as_sent_and_is_not_sent_again(stage: Stage) -> None:
    server = HangsUp(keeps_first=True)
    mailer, message_id = dropped(stage, server)
    assert reconcile(stage.database, mailer, stage.clock.now()).accepted == 1
    stage.worker(mailer=mailer).run_until_idle()
    assert server.taken == [message_id] and stage.rows(EmailSend)[0].state == "sent"
    mailer.close()
    server.server.close()


def test_a_message_that_was_lost_goes_out_once_under_the_same_id(stage: Stage) -> None:
    server = HangsUp(keeps_first=False)
    mailer, message_id = dropped(stage, server)
    assert reconcile(stage.database, mailer, stage.clock.now()).not_accepted == 1
    stage.worker(mailer=mailer).run_until_idle()
    assert server.taken == [message_id] and stage.rows(EmailSend)[0].state == "sent"
    mailer.close()
    server.server.close()
