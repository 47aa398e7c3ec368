"""A whole pilot on a virtual clock: a thousand people, eight in a hundred first, feedback, a verdict, the rest."""

from collections import Counter
from dataclasses import dataclass, field, replace
from datetime import datetime, time, timedelta
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from sqlmodel import col, select

from gtm.automation.engine import Worker
from gtm.automation.fake import FakeEmailSource
from gtm.automation.maintenance.pilots import keep_pilots
from gtm.automation.pilots.feedback import keep
from gtm.automation.ports import Services
from gtm.connectors.base import OutgoingEmail
from gtm.domain.clock import VirtualClock
from gtm.domain.delivery import DeliveryPolicy
from gtm.store.database import Database
from gtm.store.models.automation import EmailSend, LeadRow
from gtm.store.models.runs import Approval
from gtm.store.repositories import leads
from tests.integration.automation.piloted import (
    CAMPAIGN,
    SHARE,
    begin,
    close,
    crowd,
    policies,
    results,
    row_of,
    venture,
    verdict,
)
from tests.integration.automation.surroundings import Stage, drip, signup

PEOPLE = 1_000
HOUR = timedelta(hours=1)


@dataclass
class Postman:
    """A mailer that keeps to whom and when, and sends nothing."""

    clock: VirtualClock
    sent: list[tuple[str, str, datetime]] = field(default_factory=list)
    name: str = "postman"
    connections: int = 1
    capabilities: Any = None

    def message_id(self, key: str) -> str:
        return f"<{key}@acme.test>"

    def send(self, email: OutgoingEmail) -> str:
        self.sent.append((email.to, email.subject.rstrip("!"), self.clock.now()))
        return self.message_id(email.key)

    def check(self) -> None:
        return None

    def close(self) -> None:
        return None


def of_policies() -> DeliveryPolicy:
    """What holds in earnest: windows, quiet hours, caps, holdout; the address is a brief's, and there is none here."""
    numbers = policies()
    policy = DeliveryPolicy.of(numbers.delivery, numbers.send_windows)
    return replace(policy, needs_address=False, holdout_percent=Decimal(5), warm_up=())


def let_pass(stage: Stage, worker: Worker, days: int) -> None:
    """Days go by; a worker does what is due every other hour, and looks after pilots at noon and midnight."""
    for hour in range(2, 24 * days + 1, 2):
        stage.clock.advance(2 * HOUR)
        worker.run_until_idle()
        if hour % 12 == 0:
            keep_pilots(stage.database, policies(), stage.clock.now())


def read(stage: Stage, database: Database) -> None:
    """Every second reader opens, every fifth clicks, every tenth becomes a customer."""
    now = stage.clock.now()
    with database.write() as session:
        for number, send in enumerate(session.exec(select(EmailSend).order_by(col(EmailSend.lead_id)))):
            if send.state != "sent":
                continue
            send.opened_at = now if number % 2 == 0 else send.opened_at
            send.clicked_at = now if number % 5 == 0 else send.clicked_at
            session.add(send)
            if number % 10 == 0:
                lead = leads.get_lead(session, send.lead_id)
                leads.save_lead(session, lead.model_copy(update={"status": "customer"}))


def test_each_of_a_thousand_people_is_mailed_once(stage: Stage) -> None:
    with stage.database.write() as session:
        venture(session, stage, CAMPAIGN)
    stage.configure(drip(), signup())
    crowd(stage, PEOPLE - 100)
    crowd(stage, 50, begin=PEOPLE - 100, time_zone="America/Los_Angeles")
    crowd(stage, 50, begin=PEOPLE - 50, consent="withdrawn")
    for number in range(20):
        stage.suppress(f"p{number}@example.test")
    policy = of_policies()
    postman = Postman(stage.clock)
    services = Services(FakeEmailSource(), postman, delivery=policy)
    worker = Worker(stage.database, stage.clock, services, name="w")
    with stage.database.read() as session:
        people = {row.lead_id: row for row in session.exec(select(LeadRow))}
    held = {one for one in people if policy.held_out("acme", one)}
    reachable = {
        one for one, row in people.items() if row.consent == "granted" and one not in held and int(one[5:]) >= 20
    }

    # Eight in a hundred of those who can be reached; the others hear nothing while the pilot lasts.
    done = begin(stage, SHARE, delivery=policy)
    assert done.audience == len(reachable) and done.enrolled == done.chosen == len(reachable) * 8 // 100
    let_pass(stage, worker, 6)
    chosen = {to for to, _, _ in postman.sent}
    assert len(chosen) == done.chosen and chosen <= {people[one].email for one in reachable}
    assert row_of(stage).status == "running"

    # They read and answer; seven days after the start a worker closes it and asks LEAD.
    read(stage, stage.database)
    with stage.database.write() as session:
        for number, address in enumerate(sorted(chosen)[:12]):
            person = leads.find_by_email(session, "acme", address, is_test=False)
            assert person is not None
            keep(session, row_of(stage), person, 3 + number % 3, "Good.", "person", stage.clock.now())
    let_pass(stage, worker, 2)
    assert row_of(stage).status == "ended" and len(stage.rows(Approval)) == 1
    figures = close(stage)
    assert (figures.enrolled, figures.mailed, figures.answers) == (done.chosen, done.chosen, 12)
    assert figures.mean_score == Decimal("4.00") and figures.total("complained") == 0
    assert figures.total("opened") > 0 and figures.converted > 0 and results(stage) == figures
    frozen = row_of(stage).results_sha256

    # LEAD says go, on just these figures, and a worker enrols everybody else.
    assert verdict(stage, shown_sha256=frozen).status == "approved"
    let_pass(stage, worker, 14)
    assert row_of(stage).status == "launched" and row_of(stage).launched_at is not None

    mails = Counter((to, subject.partition(" for ")[0]) for to, subject, _ in postman.sent)
    assert set(mails.values()) == {1}
    first = {to for to, content in mails if content.endswith("/1")}
    assert first == {people[one].email for one in reachable}
    customers = {row.email for row in stage.rows(LeadRow) if row.status == "customer"}
    assert 0 < len(customers) < len(chosen)
    everybody = {to for to, content in mails if content.endswith("/2")}
    assert everybody <= first and len(first - everybody) <= len(customers)
    assert row_of(stage).results_sha256 == frozen
    for to, _, at in postman.sent:
        row = next(row for row in people.values() if row.email == to)
        assert time(8) <= at.astimezone(ZoneInfo(row.time_zone)).time() < time(21)
