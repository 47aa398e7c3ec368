"""`gtm worker` as real processes: starts safely, ends gracefully, is missed when it dies."""

import gc
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from app import ROOT
from app.cli import working
from app.cli.root import app
from app.mailing import mail_settings
from app.settings import Settings
from gtm.domain.clock import SystemClock
from gtm.domain.enrolment import NewLead
from gtm.domain.errors import ConfigError
from gtm.store.database import Database
from gtm.store.models.enrolments import RUNNING, Enrolment
from gtm.store.models.running import UpkeepTask, WorkerRow
from gtm.store.repositories import claims, workers
from tests.integration.app.conftest import Gtm

MAIL = {
    "GTM_MAIL_URL": "smtp+plain://127.0.0.1:9",
    "GTM_MAIL_FROM": "team@acme.test",
    "GTM_MAIL_UNSUBSCRIBE_URL": "https://acme.test/unsubscribe",
}


@contextmanager
def running(env: Mapping[str, str], *arguments: str) -> Iterator[subprocess.Popen[str]]:
    """A worker that has said that it works."""
    process = subprocess.Popen(
        [sys.executable, "-m", "app", "worker", "--json", *arguments],
        cwd=ROOT,
        env=dict(env),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        assert process.stdout is not None
        line = process.stdout.readline()
        assert line, process.stderr.read() if process.stderr else ""
        assert json.loads(line)["event"] == "started"
        yield process
    finally:
        if process.poll() is None:
            process.kill()
        process.communicate()


def rows(store: Database, model: Any) -> list[Any]:
    from sqlmodel import select

    with store.read() as session:
        return list(session.exec(select(model)).all())


def until(seconds: float, holds: Any) -> bool:
    give_up = time.monotonic() + seconds
    while time.monotonic() < give_up:
        if holds():
            return True
        time.sleep(0.05)
    return bool(holds())


def test_without_a_mail_server_nothing_starts(gtm: Gtm) -> None:
    done = gtm("worker", "--json")
    assert done.code == 2
    assert done.problem["field"] == "GTM_MAIL_URL" and "--sink" in done.problem["hint"]


def test_once_does_what_is_due_and_ends(gtm: Gtm, store: Database) -> None:
    done = gtm("worker", "--once", "--sink", "--json")
    assert done.code == 0, done.err
    told = json.loads(done.out)
    assert told["event"] == "stopped" and told["moved"] == 0
    (row,) = rows(store, WorkerRow)
    assert row.name == told["name"] and row.stopped_at is not None
    assert {task.task for task in rows(store, UpkeepTask)} >= {"outbox_drain", "scheduler", "retention"}


@pytest.mark.parametrize("seconds", [0, 9, 301, -1])
def test_a_lease_that_no_claim_can_have_is_refused(gtm: Gtm, seconds: int) -> None:
    done = gtm("worker", "--once", "--sink", "--lease", str(seconds), "--json")
    assert done.code == 2
    told = {name: done.problem[name] for name in ("field", "value", "allowed")}
    assert told == {"field": "--lease", "value": str(seconds), "allowed": "10 to 300"}


@pytest.mark.parametrize(("asked", "seconds"), [(("--lease", "10"), 10), (("--lease", "300"), 300), ((), 120)])
def test_the_lease_that_is_asked_for_is_the_one_of_its_claims(
    env: dict[str, str], store: Database, monkeypatch: pytest.MonkeyPatch, asked: tuple[str, ...], seconds: int
) -> None:
    from app import worker

    leases: list[timedelta] = []

    class Noted(worker.Worker):
        def __init__(self, *given: Any, lease: timedelta, **how: Any) -> None:
            leases.append(lease)
            super().__init__(*given, lease=lease, **how)

    monkeypatch.setattr(worker, "Worker", Noted)
    done = CliRunner().invoke(app, ["worker", "--once", "--sink", *asked], env=env)
    assert done.exit_code == 0, done.output
    assert leases == [timedelta(seconds=seconds)]


def test_the_longest_lease_that_can_be_asked_for_is_that_of_the_store() -> None:
    assert timedelta(seconds=working.LONGEST_LEASE) == claims.LONGEST_LEASE


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_ends_it_gracefully(env: dict[str, str], store: Database, number: int) -> None:
    with running(env, "--sink", "--poll", "30") as process:
        process.send_signal(number)
        out, err = process.communicate(timeout=20)
    assert process.returncode == 0, err
    assert json.loads(out)["event"] == "stopped"
    assert [row.stopped_at is not None for row in rows(store, WorkerRow)] == [True]


def test_several_live_at_once_and_one_that_is_killed_is_missed(env: dict[str, str], store: Database) -> None:
    clock = SystemClock()
    with running(env, "--sink") as first, running(env, "--sink") as second:
        with store.read() as session:
            assert {row.pid for row in workers.living(session, clock.now())} == {first.pid, second.pid}
        os.kill(first.pid, signal.SIGKILL)
        first.wait()
        with store.read() as session:
            later = clock.now() + timedelta(seconds=21)
            assert [row.pid for row in workers.lost(session, later) if row.pid == first.pid] == [first.pid]
        assert second.poll() is None


def test_the_mail_server_is_read_from_its_address() -> None:
    told = mail_settings(Settings.from_env({**MAIL, "GTM_MAIL_URL": "smtps://ada%40acme:p%2Fw@mail.acme.test"}))
    assert (told.host, told.port, told.security, told.username) == ("mail.acme.test", 465, "tls", "ada@acme")
    assert told.password is not None and told.password.get_secret_value() == "p/w"
    assert mail_settings(Settings.from_env(MAIL)).security == "plain"
    for missing in MAIL:
        with pytest.raises(ConfigError) as caught:
            mail_settings(Settings.from_env({k: v for k, v in MAIL.items() if k != missing}))
        assert caught.value.field == missing
    for wrong in ("http://mail.acme.test", "smtp://", "smtp://a:b@c:99999999", "smtp://a/b"):
        with pytest.raises(ConfigError) as caught:
            Settings.from_env({**MAIL, "GTM_MAIL_URL": wrong})
        assert (caught.value.field, caught.value.value) == ("GTM_MAIL_URL", "(not shown)")


CHILD = """
import sys
from gtm.automation.triggers.database_insert import insert_lead
from gtm.domain.clock import SystemClock
from gtm.domain.enrolment import NewLead
from gtm.store.database import Database
database, clock, started = Database(sys.argv[1]), SystemClock(), 0
sys.stdin.readline()
for number in range(20):
    with database.write() as session:
        lead = NewLead(venture_id="acme", email=f"lead{number}@example.test", lead_source="website", consent="granted")
        started += len(insert_lead(session, lead, clock.now()).executions)
print(started)
"""


def test_one_per_lead_holds_under_eight_processes(database_url: str, tmp_path: Path) -> None:
    from gtm.store.repositories import automation
    from tests.integration.automation.surroundings import drip, signup

    database, now = Database(database_url), SystemClock().now()
    with database.write() as session:
        automation.save_workflow(session, drip(), run_id="run-1", revision=1, now=now)
        automation.save_trigger(session, signup(), venture_id="acme", run_id="run-1", revision=1, now=now)
        automation.activate_workflow(session, "acme-drip", now)
    children = [
        subprocess.Popen(
            [sys.executable, "-c", CHILD, database_url],
            env={**os.environ, "PYTHONPATH": str(ROOT)},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        for _ in range(8)
    ]
    started = [child.communicate("go\n", timeout=120)[0] for child in children]
    assert sum(map(int, started)) == 20
    assert len({row.lead_no for row in rows(database, Enrolment)}) == len(rows(database, Enrolment)) == 20
    database.close()


def test_what_was_claimed_and_not_begun_is_given_back(database: Database) -> None:
    """A stop in the middle of a batch: the group under way is finished, the rest is due again at once."""
    import threading

    from app.worker import WorkerProcess
    from gtm.automation.engine import GROUP
    from gtm.automation.fake import FakeEmailSource
    from gtm.automation.ports import Services
    from gtm.automation.triggers.database_insert import insert_lead
    from gtm.connectors.smtp.fake import SmtpSink
    from gtm.store.repositories import automation
    from tests.integration.automation.surroundings import Scripted, drip, signup, smtp

    clock = SystemClock()
    with database.write() as session:
        automation.save_workflow(session, drip(), run_id="run-1", revision=1, now=clock.now())
        automation.save_trigger(session, signup(), venture_id="acme", run_id="run-1", revision=1, now=clock.now())
        automation.activate_workflow(session, "acme-drip", clock.now())
        for number in range(GROUP * 3):
            lead = NewLead(venture_id="acme", email=f"l{number}@example.test", lead_source="website", first_name="Ada")
            insert_lead(session, lead, clock.now())
    with SmtpSink() as sink:
        mailer = smtp(sink)
        scripted = Scripted(mailer)
        process = WorkerProcess(database, clock, Services(FakeEmailSource(), scripted), tasks=())
        scripted.before = lambda _email: process.stop()
        thread = threading.Thread(target=process.run, daemon=True)
        thread.start()
        try:
            thread.join(15)
            assert not thread.is_alive()
        finally:
            process.stop()
            thread.join(15)
            mailer.close()
    states = [row.status for row in rows(database, Enrolment)]
    assert RUNNING not in states
    assert 0 < len(sink.received) <= GROUP


@pytest.mark.parametrize("embedded", [True, False])
def test_what_the_start_leaves_behind_is_collected_no_more_wherever_a_worker_runs(
    sqlite_database: Database, embedded: bool
) -> None:
    from app.worker import WorkerProcess
    from gtm.automation.fake import FakeEmailSource
    from gtm.automation.ports import Services
    from gtm.connectors.smtp.fake import SmtpSink
    from tests.integration.automation.surroundings import smtp

    frozen: list[int] = []
    with SmtpSink() as sink:
        mailer = smtp(sink)
        process = WorkerProcess(
            sqlite_database, SystemClock(), Services(FakeEmailSource(), mailer), embedded=embedded, tasks=()
        )

        def ready() -> None:
            frozen.append(gc.get_freeze_count())
            process.stop()

        try:
            gc.unfreeze()
            process.run(ready)
        finally:
            gc.unfreeze()
            mailer.close()
    assert frozen[0] > 10_000


@pytest.mark.parametrize(("arguments", "embedded"), [((), 1), (("--no-worker",), 0)])
def test_serve_embeds_a_worker_when_a_mail_server_is_configured(
    env: dict[str, str], store: Database, arguments: tuple[str, ...], embedded: int
) -> None:
    process = subprocess.Popen(
        [sys.executable, "-m", "app", "serve", "--port", "0", "--json", *arguments],
        cwd=ROOT,
        env={**env, **MAIL},
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        assert process.stdout is not None and json.loads(process.stdout.readline())["url"]
        until(5 if embedded else 1, lambda: rows(store, WorkerRow))
        found = rows(store, WorkerRow)
        assert [row.embedded for row in found] == [True] * embedded
    finally:
        process.terminate()
        process.wait(30)
        assert process.stdout is not None
        process.stdout.close()
    assert all(row.stopped_at is not None for row in rows(store, WorkerRow))


def test_status_and_doctor_tell_whether_a_worker_lives(gtm: Gtm, store: Database, fleet: Any) -> None:
    from datetime import timedelta

    from gtm.store.repositories import automation
    from gtm.store.repositories.workers import WorkerInfo
    from tests.integration.automation.surroundings import drip

    def told() -> tuple[str, str]:
        checks = {check["name"]: check for check in json.loads(gtm("doctor", "--json").out)["checks"]}
        return gtm("status").out.splitlines()[-1], checks["worker"]["detail"]

    now = SystemClock().now()
    with store.write() as session:
        automation.save_workflow(session, drip(), run_id="run-1", revision=1, now=now)
        automation.activate_workflow(session, "acme-drip", now)
    status, doctor = told()
    assert status == "workers: none alive, and 1 workflow in this store is active; gtm worker starts one"
    assert doctor == "none is alive, and 1 workflow is active: nothing is sent"
    with store.write() as session:
        workers.beat(session, WorkerInfo(name="w1", host="here", pid=1), now, timedelta(minutes=5), 0)
    status, doctor = told()
    assert status == "workers: 1 alive" and doctor == "1 alive: w1"
