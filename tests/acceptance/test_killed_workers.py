"""Bare workers are killed with signal 9 every few hundred milliseconds: every lead gets every mail once, and ends.

They are up at once and their leases are short, so many kills fit into a minute; `test_killed_commands.py` kills the
command itself.
"""

import os
import random
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Generator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import text

from gtm.automation import reconciling
from gtm.automation.reconciling import reconcile
from gtm.automation.triggers.bulk import enrol_all
from gtm.connectors.smtp.fake import SmtpSink
from gtm.domain.clock import SystemClock
from gtm.domain.workflow import Exit, SendEmail, TriggerDefinition, UpdateLead, WorkflowDefinition
from gtm.store.database import Database
from gtm.store.repositories import automation
from tests.acceptance.support.killable_worker import LEASE, mailer
from tests.conformance.temporal_server import TemporalServer

LEADS, KILLS = 600, 12
WORKFLOW, TRIGGER, VENTURE = "acme-mail", "acme-mail-start", "acme"


def definition() -> WorkflowDefinition:
    """A mail, and the lead's status written."""
    return WorkflowDefinition(
        workflow_id=WORKFLOW,
        venture_id=VENTURE,
        name="A mail",
        campaign_id="acme-mail",
        triggers=(TRIGGER,),
        entry="first",
        steps=(
            SendEmail(id="first", content_ref="acme/it/1", on_success="mark", on_failure="lost"),
            UpdateLead(id="mark", field="status", value="contacted", on_success="end", on_failure="lost"),
            Exit(id="end"),
            Exit(id="lost", outcome="failed", reason="mail could not be sent"),
        ),
    )


def prepare(database: Database, leads: int) -> None:
    """So many leads in the workflow, all due now."""
    now = datetime.now(UTC)
    with database.write() as session:
        automation.save_workflow(session, definition(), run_id="run-1", revision=1, now=now)
        trigger = TriggerDefinition(trigger_id=TRIGGER, type="manual", workflow_id=WORKFLOW)
        automation.save_trigger(session, trigger, venture_id=VENTURE, run_id="run-1", revision=1, now=now)
        automation.activate_workflow(session, WORKFLOW, now)
        moment = now.replace(tzinfo=None).isoformat(" ") if database.is_sqlite else now
        rows = [{"id": f"lead-{n}", "email": f"lead{n}@example.test", "now": moment, "no": False} for n in range(leads)]
        session.connection().execute(
            text(
                "INSERT INTO leads (lead_id, venture_id, email, first_name, last_name, company, role, segment_id,"
                " lead_source, status, score, time_zone, country, consent, is_test, created_at, attributes, own_writes)"
                " VALUES (:id, 'acme', :email, 'Ada', '', '', '', '', 'website', 'new', 0, 'UTC', '', 'granted', :no,"
                " :now, '{}', 0)"
            ),
            rows,
        )
    assert enrol_all(database, TRIGGER, now).enrolled == leads


def workers(url: str, sink: SmtpSink, count: int, *more: str) -> Generator[Callable[[], None], None, None]:
    """Keeps `count` workers alive; yields what kills one of them and starts another in its place."""
    module = "tests.acceptance.support.killable_worker"
    command = [sys.executable, "-m", module, url, sink.host, str(sink.port), *more]
    env = {**os.environ, "PYTHONPATH": "."}

    def begin() -> subprocess.Popen[bytes]:
        started = subprocess.Popen(command, env=env, stdout=subprocess.PIPE)
        assert started.stdout is not None
        assert started.stdout.readline() == b"ready\n"
        return started

    running = [begin() for _ in range(count)]

    def kill_one() -> None:
        victim = running.pop(0)
        victim.kill()
        victim.wait()
        running.append(begin())

    try:
        yield kill_one
    finally:
        for one in running:
            one.kill()
            one.wait()


def left(database: Database) -> int:
    """Enrolments that have not ended."""
    with database.engine.connect() as connection:
        return int(connection.execute(text("SELECT count(*) FROM enrolments WHERE status NOT IN (2, 3)")).scalar_one())


def seen(database: Database) -> str:
    """What stands where, for the report of a failure."""
    with database.engine.connect() as connection:
        query = (
            "SELECT e.status, s.state, s.refusal_reason, count(*) FROM enrolments e"
            " LEFT JOIN email_sends s ON s.enrolment_no = e.enrolment_no GROUP BY 1, 2, 3"
        )
        return str([tuple(row) for row in connection.execute(text(query))])


def settle_doubts(database: Database, sink: SmtpSink) -> int:
    """Ask the sink about sends in doubt, as upkeep does; how many it decided."""
    connector = mailer(sink.host, sink.port, sink)
    try:
        done = reconcile(database, connector, datetime.now(UTC))
    finally:
        connector.close()
    return done.accepted + done.not_accepted


@pytest.mark.slow
@pytest.mark.parametrize("count", [1, 2])
def test_every_mail_goes_out_once_however_often_workers_are_killed(
    database_url: str, count: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    if count > 1 and database_url.startswith("sqlite"):
        pytest.skip("one process works on SQLite")
    kill_again_and_again(database_url, count, monkeypatch)


@pytest.mark.slow
def test_every_mail_goes_out_once_however_often_workers_on_temporal_are_killed(
    database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with TemporalServer(tmp_path / "temporal.log") as server:
        kill_again_and_again(database_url, 1, monkeypatch, server.address)


def sending(sink: SmtpSink, seconds: float) -> None:
    """Wait until another mail is taken, or for so long."""
    before, give_up = len(sink.received), time.monotonic() + seconds
    while len(sink.received) == before and time.monotonic() < give_up:
        time.sleep(0.01)


def kill_again_and_again(database_url: str, count: int, monkeypatch: pytest.MonkeyPatch, *more: str) -> None:
    """Kill workers while they send, let the last ones finish, and look at everything that is stored."""
    database = Database(database_url, SystemClock())
    prepare(database, LEADS)
    chance = random.Random(20261122)
    # The sink knows at once what it took; a provider is given minutes.
    monkeypatch.setattr(reconciling, "SETTLE", timedelta(seconds=1))
    doubts = kills = 0
    # Without it, all mail is out before the second kill on a fast machine.
    with SmtpSink(pace=0.01) as sink:
        tended = workers(database_url, sink, count, *more)
        kill_one = next(tended)
        give_up = time.monotonic() + 120 + KILLS * 6 + LEADS / 20
        while (kills < KILLS or left(database)) and time.monotonic() < give_up:
            if kills < KILLS:
                # A machine that does much else must not have all its workers killed before they begin to send.
                sending(sink, 2 * LEASE.total_seconds())
            time.sleep(chance.uniform(0.0, 0.3) if kills < KILLS else 0.5)
            if kills < KILLS and left(database):
                kill_one()
                kills += 1
            doubts += settle_doubts(database, sink)
            if not left(database):
                break
        tended.close()
        received = [mail.message_id for mail in sink.received]
    assert left(database) == 0, seen(database)
    with database.engine.connect() as connection:
        statuses = Counter(row[0] for row in connection.execute(text("SELECT status FROM enrolments")))
        states = Counter(row[0] for row in connection.execute(text("SELECT state FROM email_sends")))
        lines = connection.execute(text("SELECT enrolment_no, seq FROM step_log")).all()
    print(f"{kills} kills, {count} workers, {LEADS} leads: {doubts} sends in doubt were settled by asking the server")
    assert statuses == {2: LEADS}
    assert states == {"sent": LEADS}
    assert len(received) == len(set(received)) == LEADS
    assert len(lines) == len(set(lines))
    by_lead = Counter(number for number, _ in lines)
    highest = Counter[int]()
    for number, seq in lines:
        highest[number] = max(highest[number], seq)
    assert all(by_lead[number] == highest[number] + 1 for number in by_lead)
    assert doubts > 0, "no kill fell between a reservation and its note: nothing was proven"
    database.close()


def test_the_lease_is_short_enough_for_the_test_to_see_it_expire() -> None:
    assert timedelta(0) < LEASE < timedelta(seconds=10)
