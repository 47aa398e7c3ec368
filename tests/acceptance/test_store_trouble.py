"""The store fails in the middle of sending, and comes back: nothing lost, nothing doubled, and the log says why."""

import logging
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import event, text

from app.worker import WorkerProcess
from gtm.automation import reconciling
from gtm.automation.fake import FakeEmailSource
from gtm.automation.maintenance.reconciler import reconciler
from gtm.automation.maintenance.runner import standard_tasks
from gtm.automation.ports import Services
from gtm.connectors.smtp.fake import SmtpSink
from gtm.domain.clock import SystemClock
from gtm.domain.errors import StoreError
from gtm.store import schema
from gtm.store.database import Database, sqlite_url
from gtm.store.testing import PrivatePostgres
from tests.acceptance.support.killable_worker import mailer
from tests.acceptance.test_killed_workers import left, prepare, seen

LEADS = 400


@contextmanager
def at_work(database: Database, sink: SmtpSink) -> Iterator[threading.Thread]:
    """A worker that sends, with its upkeep."""
    connector = mailer(sink.host, sink.port, sink)
    services = Services(FakeEmailSource(), connector)
    tasks = (*standard_tasks(), reconciler(connector))
    worker = WorkerProcess(database, SystemClock(), services, lease=timedelta(seconds=4), tasks=tasks, poll_seconds=0.1)
    thread = threading.Thread(target=worker.run, name="worker")
    thread.start()
    try:
        yield thread
    finally:
        worker.stop()
        thread.join(30)
        connector.close()


def until(holds: Callable[[], object], seconds: float = 60) -> None:
    give_up = time.monotonic() + seconds
    while not holds() and time.monotonic() < give_up:
        time.sleep(0.05)


def all_went_out_once(database: Database, sink: SmtpSink) -> None:
    assert left(database) == 0, seen(database)
    with database.engine.connect() as connection:
        statuses = Counter(row[0] for row in connection.execute(text("SELECT status FROM enrolments")))
        states = Counter(row[0] for row in connection.execute(text("SELECT state FROM email_sends")))
    assert (statuses, states) == ({2: LEADS}, {"sent": LEADS})
    ids = [mail.message_id for mail in sink.received]
    assert len(ids) == len(set(ids)) == LEADS


@pytest.fixture(autouse=True)
def soon(monkeypatch: pytest.MonkeyPatch) -> None:
    """The sink knows at once what it took, and upkeep looks often."""
    monkeypatch.setattr(reconciling, "SETTLE", timedelta(seconds=1))
    monkeypatch.setattr("gtm.automation.maintenance.reconciler.EVERY", timedelta(seconds=1))


@pytest.mark.slow
@pytest.mark.postgres
def test_postgresql_restarts_while_mail_goes_out(caplog: pytest.LogCaptureFixture) -> None:
    try:
        server = PrivatePostgres().__enter__()
    except StoreError as error:
        pytest.skip(str(error))
    with SmtpSink() as sink:
        try:
            database = Database(server.url(), SystemClock())
            schema.upgrade(database)
            prepare(database, LEADS)
            with caplog.at_level(logging.WARNING), at_work(database, sink) as thread:
                for number in (50, 200):
                    until(lambda wanted=number: len(sink.received) >= wanted)
                    server.restart(lambda: time.sleep(1))
                until(lambda: not thread.is_alive() or not left(database))
                assert thread.is_alive()
            all_went_out_once(database, sink)
            database.close()
        finally:
            server.stop()
    told = [record.getMessage() for record in caplog.records]
    assert any("the database cannot be reached" in line for line in told), told
    assert not any("disk" in line for line in told), told


@pytest.mark.slow
def test_the_disk_is_full_for_a_while(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    database = Database(sqlite_url(tmp_path / "store.db"), SystemClock())
    schema.upgrade(database)
    prepare(database, LEADS)
    most = [0]

    @event.listens_for(database.engine, "begin")
    def limit(connection: object) -> None:
        # Of a connection's own: what a disk without room does to the file.
        connection.exec_driver_sql(f"PRAGMA max_page_count={most[0] or 1073741823}")

    with SmtpSink() as sink, caplog.at_level(logging.WARNING), at_work(database, sink) as thread:
        until(lambda: len(sink.received) >= 100)
        with database.engine.connect() as connection:
            most[0] = connection.execute(text("PRAGMA page_count")).scalar_one()
        until(lambda: any("the disk is full" in record.getMessage() for record in caplog.records), 20)
        time.sleep(1)
        stuck = len(sink.received)
        time.sleep(1)
        assert len(sink.received) == stuck < LEADS
        most[0] = 0
        until(lambda: not thread.is_alive() or not left(database))
        assert thread.is_alive()
        all_went_out_once(database, sink)
    told = [record.getMessage() for record in caplog.records]
    assert any("the disk is full" in line for line in told), told
    assert not any("reached" in line for line in told), told
    database.close()
