"""Mail by the workflow engine against a bare smtplib loop, into the same sink in one run.

Usage: python -m benchmarks.smtp_rate [MAILS] [ROUNDS]

The engine claims, judges by every guard, reserves, hands over, and writes moves and log; the loop hands over messages
that were built before. The sink is a process of its own.
"""

import smtplib
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

from sqlalchemy import text

from app.settings import Settings
from benchmarks.conditions import print_conditions, report
from benchmarks.house_mail import HouseMail
from gtm.automation.engine import Worker
from gtm.automation.ports import EmailSource, Services
from gtm.automation.triggers.bulk import enrol_all
from gtm.connectors.base import OutgoingEmail
from gtm.connectors.smtp.message import build_message
from gtm.connectors.smtp.schemas import SmtpSettings
from gtm.connectors.smtp.service import SmtpConnector
from gtm.domain.clock import SystemClock
from gtm.domain.enrolment import Lead
from gtm.domain.workflow import Exit, SendEmail, TriggerDefinition, WorkflowDefinition
from gtm.store.database import Database, sqlite_url
from gtm.store.repositories import automation
from gtm.store.schema import create_all

VENTURE, WORKFLOW, TRIGGER = "bench", "bench-mail", "bench-mail-start"
AIM = 0.9


class Sink:
    """The sink's process."""

    def __init__(self) -> None:
        command = [sys.executable, "-m", "benchmarks.mail_sink"]
        self._process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        assert self._process.stdin is not None and self._process.stdout is not None
        self._in, self._out = self._process.stdin, self._process.stdout
        self.port = int(self._out.readline())

    def taken(self) -> int:
        """How many messages it has taken."""
        self._in.write("\n")
        self._in.flush()
        return int(self._out.readline())

    def close(self) -> None:
        """End it."""
        self._in.close()
        self._process.wait()


def settings(port: int, connections: int) -> SmtpSettings:
    """The way to the sink."""
    return SmtpSettings(
        host="127.0.0.1",
        port=port,
        security="plain",
        sender="team@bench.test",
        unsubscribe_url="https://bench.test/unsubscribe",
        connections=connections,
    )


@contextmanager
def store(folder: Path, mails: int) -> Iterator[Database]:
    """A store with so many leads due for one mail."""
    now = datetime.now(UTC)
    database = Database(sqlite_url(folder / "store.db"), SystemClock())
    create_all(database)
    ways = {"on_success": "end", "on_failure": "lost"}
    definition = WorkflowDefinition(
        workflow_id=WORKFLOW,
        venture_id=VENTURE,
        name="One mail",
        campaign_id="bench-campaign",
        triggers=(TRIGGER,),
        entry="mail",
        steps=(
            SendEmail(id="mail", content_ref="bench/it/1", **ways),
            Exit(id="end"),
            Exit(id="lost", outcome="failed", reason="not sent"),
        ),
    )
    with database.write() as session:
        automation.save_workflow(session, definition, run_id="bench", revision=1, now=now)
        trigger = TriggerDefinition(trigger_id=TRIGGER, type="manual", workflow_id=WORKFLOW)
        automation.save_trigger(session, trigger, venture_id=VENTURE, run_id="bench", revision=1, now=now)
        automation.activate_workflow(session, WORKFLOW, now)
        rows = [
            {"id": f"lead-{n}", "email": f"lead{n}@example.test", "now": now.replace(tzinfo=None).isoformat(" ")}
            for n in range(mails)
        ]
        session.connection().execute(
            text(
                "INSERT INTO leads (lead_id, venture_id, email, first_name, last_name, company, role, segment_id,"
                " lead_source, status, score, time_zone, country, consent, is_test, created_at, attributes, own_writes)"
                " VALUES (:id, 'bench', :email, 'Ada', '', '', '', '', 'website', 'new', 0, 'UTC', '', 'granted', 0,"
                " :now, '{}', 0)"
            ),
            rows,
        )
    if enrol_all(database, TRIGGER, now).enrolled != mails:
        raise RuntimeError("not everybody is enrolled")
    try:
        yield database
    finally:
        database.close()


def engine_rate(sink: Sink, source: EmailSource, mails: int, connections: int) -> float:
    """Mails a second through the engine.

    Raises:
        RuntimeError: the sink did not get each of them.
    """
    with tempfile.TemporaryDirectory(prefix="gtm-benchmark-") as folder, store(Path(folder), mails) as database:
        before = sink.taken()
        mailer = SmtpConnector(settings(sink.port, connections))
        worker = Worker(database, SystemClock(), Services(source, mailer), name="bench")
        began = time.perf_counter()
        worker.run_until_idle()
        took = time.perf_counter() - began
        mailer.close()
        if sink.taken() - before != mails:
            raise RuntimeError(f"the sink got {sink.taken() - before} of {mails} mails")
    return mails / took


def loop_rate(sink: Sink, source: EmailSource, mails: int) -> float:
    """Mails a second by smtplib on one connection, the same messages."""
    there = settings(sink.port, 1)
    messages = []
    for number in range(mails):
        lead = Lead(lead_id=f"lead-{number}", venture_id=VENTURE, email=f"lead{number}@example.test", first_name="Ada")
        words = source.email_for("bench/it/1", lead, lead.lead_id)
        mail = OutgoingEmail(
            key=f"bench-{number:06d}" + "0" * 30,
            to=lead.email,
            subject=words.subject,
            preheader=words.preheader,
            text=words.text,
            html=words.html,
            sent_at=datetime.now(UTC),
        )
        messages.append((lead.email, build_message(mail, there, f"<{mail.key}@bench.test>").as_bytes()))
    before = sink.taken()
    began = time.perf_counter()
    with smtplib.SMTP("127.0.0.1", sink.port) as connection:
        for to, message in messages:
            connection.sendmail("team@bench.test", to, message)
    took = time.perf_counter() - began
    if sink.taken() - before != mails:
        raise RuntimeError("the sink did not get each mail of the loop")
    return mails / took


def main(mails: int, rounds: int) -> None:
    """Measure in turn and report."""
    default = Settings().mail_connections
    print_conditions(
        "smtp_rate: mail by the engine against a bare smtplib loop, into the same sink",
        mails=mails,
        rounds=rounds,
        database="SQLite",
        ours=f"{default} connections (the default), and 1",
        loop="1 connection",
    )
    source = HouseMail()
    sink = Sink()
    try:
        engine_rate(sink, source, 200, default)
        several, single, loop = [], [], []
        for _ in range(rounds):
            several.append(engine_rate(sink, source, mails, default))
            loop.append(loop_rate(sink, source, mails))
            single.append(engine_rate(sink, source, mails, 1))
    finally:
        sink.close()
    report("mails a second", several, loop, unit="mails/s", aim=AIM, at_least=True)
    report("on one connection", single, loop, unit="mails/s", aim=AIM, at_least=True)


if __name__ == "__main__":
    main(*(int(given) for given in (sys.argv[1:] + ["2000", "3"][len(sys.argv) - 1 :])[:2]))
