"""Rollback by hand while real leads are under way over real SMTP: not one send comes after it."""

import shutil
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from sqlmodel import Session

from agents.testing import OpenAIServer, Reply
from agents.testing_brain import HouseBrain
from crews.rollback import RollbackRecord, decide_rollback, roll_back
from crews.stage17_gtm.tester import session_facts
from gtm.automation.campaign_email import CampaignEmails
from gtm.automation.engine import Worker
from gtm.automation.ports import Services as Ports
from gtm.automation.triggers.database_insert import LeadInserted, insert_lead
from gtm.connectors.smtp.fake import SmtpSink
from gtm.connectors.smtp.schemas import SmtpSettings
from gtm.connectors.smtp.service import SmtpConnector
from gtm.domain.clock import VirtualClock
from gtm.domain.enrolment import NewLead
from gtm.domain.errors import Conflict, VenturePaused
from gtm.domain.workflow import TriggerDefinition
from gtm.store.dossier import load_dossier
from gtm.store.repositories import automation
from tests.acceptance.conftest import VENTURE, Reference
from tests.acceptance.support.processes import Home
from tests.acceptance.support.runs import Services, Walk, services_in
from tests.acceptance.support.stores import rows

REASON = "complaints about the second e-mail"


@dataclass
class Launched:
    """Fleet after its stage 17, with a worker that sends for real to a sink."""

    services: Services
    home: Home
    worker: Worker
    sink: SmtpSink
    clock: VirtualClock

    @property
    def store(self) -> Path:
        """Its SQLite file."""
        return self.home.state / "gtm.db"

    def sign_up(self, number: int) -> LeadInserted:
        """A person signs up, such that the first trigger fires."""
        with self.services.database.write() as session:
            trigger = _signup_trigger(session)
            values: dict[str, object] = {"lead_source": "website", "status": "new", "segment_id": "it-platform"}
            values |= {p.field: p.value for p in trigger.conditions if p.operator == "equals"}
            person = NewLead.model_validate(
                {
                    "venture_id": VENTURE,
                    "email": f"person{number}@customer.test",
                    "first_name": "Ada",
                    "company": "Customer",
                    "time_zone": "America/New_York",
                    "country": "US",
                    "consent": "granted",
                    **values,
                }
            )
            return insert_lead(session, person, self.clock.now())

    def let_pass(self, days: int) -> int:
        """Time goes on hour by hour; how many mails the sink has taken in it."""
        before = len(self.sink.received)
        for _ in range(days * 24):
            self.clock.advance(timedelta(hours=1))
            self.worker.run_until_idle()
        return len(self.sink.received) - before

    def sends(self) -> list[dict[str, object]]:
        """All rows of `email_sends`."""
        return rows(self.store, "SELECT * FROM email_sends ORDER BY send_id")


@pytest.fixture
def launched(reference: Reference, tmp_path: Path) -> Iterator[Launched]:
    """A copy of the completed run, its clock at the machine's moment."""
    shutil.copytree(reference.home.folder, tmp_path / "copy")
    home = Home(tmp_path / "copy")
    services = services_in(home.folder)
    with services.database.read() as session:
        dossier = load_dossier(session, reference.finished.outcome["run_id"])
    assert dossier.templates is not None
    assert dossier.content is not None
    clock = VirtualClock(datetime.now().astimezone())
    emails = CampaignEmails(
        dossier.brief, dossier.templates, dossier.content, services.mail_layout, session_facts(dossier)
    )
    with SmtpSink(clock) as sink:
        mailer = SmtpConnector(
            SmtpSettings(
                host=sink.host,
                port=sink.port,
                security="plain",
                sender="team@fleet.test",
                unsubscribe_url="https://fleet.test/unsubscribe",
            )
        )
        worker = Worker(services.database, clock, Ports(emails, mailer), name="acceptance")
        yield Launched(services, home, worker, sink, clock)
        mailer.close()
    services.database.close()


def test_not_one_send_comes_after_a_rollback(launched: Launched) -> None:
    for number in range(5):
        assert launched.sign_up(number).executions
    assert launched.let_pass(days=3) >= 5
    before, taken = launched.sends(), len(launched.sink.received)
    waiting = rows(launched.store, "SELECT enrolment_no FROM enrolments WHERE status = 0")
    assert waiting, "somebody must still be under way"
    record = _roll_back(launched)
    assert record.workflows_paused == 6
    assert launched.let_pass(days=45) == 0
    assert launched.sends() == before
    assert len(launched.sink.received) == taken
    after = rows(launched.store, "SELECT status, paused_at, paused_reason FROM automation_workflows")
    assert {row["status"] for row in after} == {"paused"}
    assert {row["paused_reason"] for row in after} == {REASON}
    kept = rows(launched.store, "SELECT enrolment_no FROM enrolments WHERE status = 0")
    assert kept == waiting, "everybody keeps their place"


def test_nobody_new_enters_after_a_rollback(launched: Launched) -> None:
    _roll_back(launched)
    inserted = launched.sign_up(9)
    assert inserted.created
    assert inserted.executions == ()
    assert all(fired.skipped for fired in inserted.fired)
    assert "the workflow is paused" in {fired.skipped for fired in inserted.fired}
    assert launched.let_pass(days=10) == 0
    assert launched.sends() == []


def test_leads_decision_lifts_the_pause_of_the_venture_and_not_of_its_workflows(launched: Launched) -> None:
    launched.sign_up(1)
    launched.let_pass(days=1)
    taken = len(launched.sink.received)
    _roll_back(launched)
    refused = launched.home.run("run", VENTURE, "--json")
    assert (refused.code, refused.problem["code"]) == (1, VenturePaused.code)
    with pytest.raises(Conflict):
        _roll_back(launched)
    decided = decide_rollback(
        launched.services.database,
        launched.services.clock,
        venture_id=VENTURE,
        decision="fix_and_retry",
        target_stage=None,
        by="ann",
        role="LEAD",
    )
    assert (decided.status, decided.decision) == ("decided", "fix_and_retry")
    assert launched.let_pass(days=30) == 0
    assert len(launched.sink.received) == taken
    again = launched.home.run("run", VENTURE, "--json")
    assert (again.code, again.outcome["checkpoint"]) == (0, "strategy"), again.err


def test_a_rollback_in_the_middle_of_sending_stops_it(launched: Launched) -> None:
    """From the answer of the rollback on, the sink takes nothing, however busy the worker was."""
    for number in range(30):
        launched.sign_up(number)
    launched.clock.advance(timedelta(days=4))
    # A server that takes its time: in a tenth of a second all thirty would be out.
    launched.sink.pace = 0.1
    stop = threading.Event()
    busy = threading.Thread(target=launched.worker.run, args=(stop, 0.01))
    busy.start()
    try:
        deadline = time.monotonic() + 20
        while len(launched.sink.received) < 5 and time.monotonic() < deadline:
            time.sleep(0.002)
        _roll_back(launched)
        taken = len(launched.sink.received)
        assert 5 <= taken < 30, "the rollback must hit the middle"
        time.sleep(1.0)
        assert len(launched.sink.received) == taken
    finally:
        stop.set()
        busy.join()
    states = rows(launched.store, "SELECT state, count(*) AS n FROM email_sends GROUP BY state")
    assert {row["state"]: row["n"] for row in states}.get("sent") == taken
    assert "reserved" not in {row["state"] for row in states}
    launched.clock.advance(timedelta(days=30))
    launched.worker.run_until_idle()
    assert len(launched.sink.received) == taken


def test_the_command_says_what_it_did_and_the_facts_lead_is_asked_with(launched: Launched) -> None:
    launched.sign_up(1)
    done = launched.home.run("rollback", VENTURE, "--reason", REASON, "--by", "ann", "--json")
    assert done.code == 0, done.err
    told = rows(launched.store, "SELECT * FROM stage_rollbacks")[0]
    assert (told["reason"], told["status"], told["triggered_by"]) == (REASON, "open", "person:ann")
    tracked = rows(launched.store, "SELECT status FROM stage_tracking WHERE stage = 17")
    assert [row["status"] for row in tracked] == ["rolled_back"]
    assert {row["status"] for row in rows(launched.store, "SELECT status FROM campaigns")} == {"paused"}


def test_a_run_that_is_under_way_stops_at_its_next_look(tmp_path: Path) -> None:
    """The model is thinking when the venture is rolled back; what it then answers is not stored any more."""
    asked, rolled_back = threading.Event(), threading.Event()

    def hold(request: dict[str, object], number: int) -> Reply:
        asked.set()
        rolled_back.wait(60)
        return HouseBrain()(request, number)

    with OpenAIServer(hold) as server, ThreadPoolExecutor(1) as pool:
        services = services_in(tmp_path, provider="compatible", model="test-model", base_url=server.base_url)
        walk = Walk.of(services, VENTURE)
        advancing = pool.submit(walk.advance)
        assert asked.wait(60)
        roll_back(services.database, services.clock, services.stage, venture_id=VENTURE, reason=REASON, by="ann")
        rolled_back.set()
        with pytest.raises(VenturePaused):
            advancing.result(timeout=60)
    dossier = walk.dossier()
    assert dossier.status == "rolled_back"
    assert (dossier.strategy, [s for s in dossier.steps if s.status == "done"]) == (None, [])
    with pytest.raises(VenturePaused):
        walk.advance()
    services.database.close()


def _roll_back(launched: Launched) -> RollbackRecord:
    services = launched.services
    return roll_back(services.database, services.clock, services.stage, venture_id=VENTURE, reason=REASON, by="ann")


def _signup_trigger(session: Session) -> TriggerDefinition:
    found = automation.list_triggers(session, VENTURE, "database_insert")
    return automation.trigger_of(next(row for row in found if row.enabled))
