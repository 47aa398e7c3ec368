"""A venture is paused while a worker sends its mail: what the pause costs, and what still goes out after it.

Measured as part of `python -m benchmarks.waiting_leads`. The worker is a process of its own, the mail goes into a sink
in another one, the pauser is this one. A send follows a pause when its SMTP dialogue begins, with MAIL, after the
pause's transaction has returned. A rollback then waits until nothing is being handed over any more (`pausing.drain`);
what begins after that is counted as well.
"""

import statistics
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import count

from sqlalchemy import text

from benchmarks.conditions import ROOT
from benchmarks.engine_store import INSERT_ONE, VENTURE, store
from benchmarks.mail_sink import Sink
from gtm.automation.engine import Worker
from gtm.automation.fake import FakeEmailSource
from gtm.automation.pausing import drain, pause_venture
from gtm.automation.ports import Services
from gtm.automation.triggers.bulk import enrol_all
from gtm.connectors.smtp.schemas import SmtpSettings
from gtm.connectors.smtp.service import SmtpConnector
from gtm.domain.clock import SystemClock
from gtm.domain.workflow import Exit, SendEmail, TriggerDefinition, WorkflowDefinition
from gtm.store.database import Database
from gtm.store.repositories import automation

WORKFLOW, TRIGGER = "bench-mail", "bench-mail-start"
FEW = 100
ROUNDS = 9
AIM = 2.0
AT_WORK = 20
"""Mails that must have gone out since the workflow was resumed before it is paused again."""
AFTERWARDS = 1.0
"""Seconds for which the sink is watched after a pause."""

_numbers = count(1)


@dataclass(frozen=True)
class Pauses:
    """What pausing came to, once a round.

    Attributes:
        milliseconds: of the pause's transaction.
        drained: milliseconds until nothing was being handed over any more.
        followed: sends that began after the transaction had returned.
        drained_followed: those of them that began after nothing was being handed over any more.
    """

    milliseconds: tuple[float, ...]
    drained: tuple[float, ...]
    followed: int
    drained_followed: int


def told(kind: str, in_flight: int) -> None:
    """Pause with so many in flight and with a hundred, and report.

    Args:
        kind: of store, `sqlite` or `postgres`.
        in_flight: enrolments that are due.
    """
    few, many = pauses(kind, FEW), pauses(kind, in_flight)
    here, there = statistics.median(many.milliseconds), statistics.median(few.milliseconds)
    ratio = here / there
    print(f"pause while a worker sends: {here:.1f} ms with {in_flight:,} in flight, {there:.1f} ms with {FEW}", end=" ")
    print(f"(median of {ROUNDS}; longest {max(many.milliseconds):.1f} and {max(few.milliseconds):.1f} ms)")
    print(f"  ratio {ratio:.2f}, aim ≤ {AIM:g}: {'met' if ratio <= AIM else 'MISSED'}")
    _never("the pause had returned", many.followed + few.followed)
    _never("it had drained, as a rollback does", many.drained_followed + few.drained_followed)
    print(f"  draining took {statistics.median(many.drained + few.drained):.0f} ms at the median", flush=True)


def _never(what: str, sends: int) -> None:
    verdict = "met" if sends == 0 else "MISSED"
    print(f"  sends that began after {what}: {sends} in {2 * ROUNDS} pauses, aim 0: {verdict}")


def pauses(kind: str, in_flight: int) -> Pauses:
    """Pause and resume, again and again, with so many in flight each time.

    Raises:
        RuntimeError: sends are still under way long after a pause.
    """
    took, drained, followed, later = list[float](), list[float](), 0, 0
    with store(kind) as database, Sink() as sink:
        _configure(database)
        _fill(database, in_flight)
        with _worker(database, sink):
            for _ in range(ROUNDS):
                _await_mail(sink, sink.taken() + AT_WORK)
                began = time.monotonic()
                with database.write() as session:
                    pause_venture(session, VENTURE, "benchmark", datetime.now(UTC))
                returned = time.monotonic()
                if drain(database, VENTURE):
                    raise RuntimeError("sends are still under way")
                quiet = time.monotonic()
                time.sleep(AFTERWARDS)
                took.append((returned - began) * 1000)
                drained.append((quiet - returned) * 1000)
                followed += sink.begun_after(returned)
                later += sink.begun_after(quiet)
                _fill(database, FEW)
    return Pauses(tuple(took), tuple(drained), followed, later)


def _configure(database: Database) -> None:
    now = datetime.now(UTC)
    definition = WorkflowDefinition(
        workflow_id=WORKFLOW,
        venture_id=VENTURE,
        name="One mail",
        campaign_id="bench-campaign",
        triggers=(TRIGGER,),
        entry="mail",
        steps=(
            SendEmail(id="mail", content_ref="bench/it/1", on_success="end", on_failure="lost"),
            Exit(id="end"),
            Exit(id="lost", outcome="failed", reason="not sent"),
        ),
    )
    with database.write() as session:
        automation.save_workflow(session, definition, run_id="bench", revision=1, now=now)
        trigger = TriggerDefinition(trigger_id=TRIGGER, type="manual", workflow_id=WORKFLOW)
        automation.save_trigger(session, trigger, venture_id=VENTURE, run_id="bench", revision=1, now=now)


def _fill(database: Database, leads: int) -> None:
    """So many leads more, due now, and the workflow active (again)."""
    now = datetime.now(UTC)
    moment = now.replace(tzinfo=None).isoformat(" ") if database.is_sqlite else now
    numbers = [next(_numbers) for _ in range(leads)]
    rows = [{"id": f"lead-{n}", "email": f"person{n}@example.test", "no": False, "now": moment} for n in numbers]
    with database.write() as session:
        session.connection().execute(text(INSERT_ONE), rows)
        automation.activate_workflow(session, WORKFLOW, now)
    done = enrol_all(database, TRIGGER, now).enrolled
    if done != leads:
        raise RuntimeError(f"{done} of {leads} leads are enrolled")


def _await_mail(sink: Sink, wanted: int) -> None:
    give_up = time.monotonic() + 60
    while sink.taken() < wanted:
        if time.monotonic() > give_up:
            raise RuntimeError("the worker sends nothing")
        time.sleep(0.005)


@contextmanager
def _worker(database: Database, sink: Sink) -> Iterator[None]:
    url = database.engine.url.render_as_string(hide_password=False)
    command = [sys.executable, "-m", "benchmarks.waiting_pause", url, str(sink.port)]
    process = subprocess.Popen(command, cwd=ROOT)
    try:
        yield
        if process.poll() is not None:
            raise RuntimeError(f"the worker ended with {process.returncode}")
    finally:
        process.kill()
        process.wait()


def work(url: str, port: int) -> None:
    """The worker process: sends until it is killed."""
    clock = SystemClock()
    there = SmtpSettings(
        host="127.0.0.1",
        port=port,
        security="plain",
        sender="team@bench.test",
        unsubscribe_url="https://bench.test/unsubscribe",
    )
    services = Services(FakeEmailSource(), SmtpConnector(there))
    Worker(Database(url, clock), clock, services, name="bench").run(threading.Event(), 0.05)


if __name__ == "__main__":
    work(sys.argv[1], int(sys.argv[2]))
