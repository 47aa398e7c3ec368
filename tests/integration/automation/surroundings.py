"""A venture's drip campaign on a store, with a real mail server on the loopback interface: what the tests share."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from gtm.automation.engine import Worker
from gtm.automation.fake import FakeEmailSource, RecordingHttp
from gtm.automation.ports import Services
from gtm.automation.triggers.database_insert import LeadInserted, insert_lead
from gtm.connectors.base import EmailConnector, OutgoingEmail
from gtm.connectors.smtp.fake import SmtpSink
from gtm.connectors.smtp.schemas import SmtpSettings
from gtm.connectors.smtp.service import SmtpConnector
from gtm.domain.clock import VirtualClock
from gtm.domain.conditions import Predicate
from gtm.domain.enrolment import NewLead
from gtm.domain.workflow import Condition, ErrorPolicy, Exit, SendEmail, TriggerDefinition, Wait, WorkflowDefinition
from gtm.domain.workflow_report import WorkflowTestReport
from gtm.store.database import Database
from gtm.store.repositories import automation, enrolments, leads

QUICK = ErrorPolicy(strategy="retry_3x", delays_seconds=(1, 2, 3))


def drip(workflow_id: str = "acme-drip", venture_id: str = "acme", **policy: Any) -> WorkflowDefinition:
    """Two emails, 48 hours apart, the second by whether the first was opened."""
    error = ErrorPolicy(**policy) if policy else ErrorPolicy()
    return WorkflowDefinition(
        workflow_id=workflow_id,
        venture_id=venture_id,
        name="Acme drip",
        campaign_id=f"{venture_id}-email-drip",
        triggers=(f"{workflow_id}-signup",),
        entry="send_email_1",
        steps=(
            SendEmail(
                id="send_email_1", content_ref="acme/it/1", on_success="wait_1", on_failure="gave_up", error=error
            ),
            Wait(id="wait_1", hours=48, next="opened"),
            Condition(
                id="opened",
                when=Predicate(field="email_1_opened", value=True),
                if_true="send_email_2a",
                if_false="send_email_2b",
            ),
            SendEmail(
                id="send_email_2a", content_ref="acme/it/2", on_success="done", on_failure="gave_up", error=error
            ),
            SendEmail(
                id="send_email_2b",
                content_ref="acme/sec/2",
                email=2,
                on_success="done",
                on_failure="gave_up",
                error=error,
            ),
            Exit(id="done"),
            Exit(id="gave_up", outcome="failed", reason="mail could not be sent"),
        ),
    )


def signup(workflow_id: str = "acme-drip") -> TriggerDefinition:
    """New leads from the website."""
    return TriggerDefinition(
        trigger_id=f"{workflow_id}-signup",
        conditions=(Predicate(field="lead_source", value="website"),),
        workflow_id=workflow_id,
    )


class KilledHere(BaseException):
    """Stands for kill -9: nothing of the worker's runs after it."""


class Scripted:
    """A mailer that does something else before, or instead of, handing an email over."""

    name = "smtp"
    capabilities = SmtpConnector.capabilities
    connections = 1

    def __init__(self, inner: EmailConnector, before: Any = None) -> None:
        self.inner, self.before = inner, before

    def message_id(self, key: str) -> str:
        return self.inner.message_id(key)

    def send(self, email: OutgoingEmail) -> str:
        if self.before is not None:
            self.before(email)
        return self.inner.send(email)

    def check(self) -> Any:
        return self.inner.check()

    def close(self) -> None:
        self.inner.close()


Examine = Callable[..., WorkflowTestReport]
"""`examine(stage, folder, definition=drip(), trigger=signup(), **options)`: see the fixture of that name."""


@dataclass
class Stage:
    """Everything an engine test works with."""

    database: Database
    clock: VirtualClock
    sink: SmtpSink
    mailer: SmtpConnector
    http: RecordingHttp

    def services(self, mailer: EmailConnector | None = None) -> Services:
        return Services(FakeEmailSource(), mailer or self.mailer, self.http)

    def worker(self, name: str = "w", mailer: EmailConnector | None = None, **options: Any) -> Worker:
        return Worker(self.database, self.clock, self.services(mailer), name=name, **options)

    def configure(
        self, definition: WorkflowDefinition, *triggers: TriggerDefinition, active: bool = True
    ) -> WorkflowDefinition:
        with self.database.write() as session:
            now = self.clock.now()
            automation.save_workflow(session, definition, run_id="run-1", revision=1, now=now)
            for trigger in triggers:
                automation.save_trigger(
                    session, trigger, venture_id=definition.venture_id, run_id="run-1", revision=1, now=now
                )
            if active:
                automation.activate_workflow(session, definition.workflow_id, now)
        return definition

    def lead(self, number: int = 1, **values: Any) -> LeadInserted:
        person: dict[str, Any] = {
            "venture_id": "acme",
            "email": f"lead{number}@example.test",
            "first_name": "Ada",
            "lead_source": "website",
        }
        with self.database.write() as session:
            return insert_lead(session, NewLead.model_validate(person | values), self.clock.now())

    def advance(self, **by: int) -> datetime:
        return self.clock.advance(timedelta(**by))

    def rows(self, model: Any) -> list[Any]:
        from sqlmodel import select

        with self.database.read() as session:
            return list(session.exec(select(model)).all())

    def outcomes(self, inserted: LeadInserted) -> list[tuple[str, str]]:
        with self.database.read() as session:
            return [(line.step, line.outcome) for line in enrolments.log_of(session, inserted.fired[0].enrolment_no)]

    def suppress(self, email: str) -> None:
        with self.database.write() as session:
            leads.suppress(session, "acme", email, "unsubscribed", self.clock.now())


def smtp(sink: SmtpSink) -> SmtpConnector:
    """A real SMTP connector that talks to the sink."""
    return SmtpConnector(
        SmtpSettings(
            host=sink.host,
            port=sink.port,
            security="plain",
            sender="team@acme.test",
            unsubscribe_url="https://acme.test/unsubscribe",
        )
    )
