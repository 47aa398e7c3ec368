"""Failures that a workflow test brings about: a mail server that refuses one email, an endpoint that says no.

A refusal of mail happens at the wire: the sink is told to answer 550 to just this message.
"""

from collections.abc import Mapping
from typing import Any

from gtm.automation.fake import RecordingHttp
from gtm.automation.ports import EmailSource, RenderedEmail
from gtm.automation.testing_leads import TestPerson
from gtm.connectors.base import OutgoingEmail
from gtm.connectors.http.schemas import HttpMethod
from gtm.connectors.smtp.fake import SmtpSink
from gtm.connectors.smtp.schemas import SmtpSettings
from gtm.connectors.smtp.service import SmtpConnector
from gtm.domain.enrolment import Lead
from gtm.domain.errors import PermanentFailure
from gtm.domain.workflow import SendEmail, WorkflowDefinition
from gtm.store.database import Database
from gtm.store.repositories import leads

REFUSAL = 550


class Failures:
    """Who is to fail at which steps, and what each is being written at the moment."""

    def __init__(self, definition: WorkflowDefinition) -> None:
        self._refs = {step.id: step.content_ref for step in definition.steps if isinstance(step, SendEmail)}
        self._fails: dict[str, frozenset[str]] = {}
        self._writing: dict[str, str] = {}

    def plan(self, people: tuple[TestPerson, ...]) -> None:
        """Take down who fails where."""
        self._fails = {person.email: person.fails_at for person in people if person.fails_at}

    def writing(self, email: str, content_ref: str) -> None:
        """Somebody is being written to."""
        self._writing[email] = content_ref

    def mail_fails(self, email: str) -> bool:
        """Whether what is being written to an address is to be refused."""
        return any(self._refs.get(step) == self._writing.get(email) for step in self._fails.get(email, ()))

    def step_fails(self, email: str, step: str) -> bool:
        """Whether a person is to fail at a step."""
        return step in self._fails.get(email, ())


class WatchedEmails:
    """An EmailSource that tells what it writes to whom."""

    def __init__(self, inner: EmailSource, failures: Failures) -> None:
        self._inner, self._failures = inner, failures

    def email_for(self, content_ref: str, lead: Lead, assignment_key: str) -> RenderedEmail:
        """The email for one person; see `EmailSource`."""
        self._failures.writing(lead.email, content_ref)
        return self._inner.email_for(content_ref, lead, assignment_key)


class FailingMailer(SmtpConnector):
    """The SMTP connector, over a sink that is told to refuse what is to fail."""

    def __init__(self, settings: SmtpSettings, sink: SmtpSink, failures: Failures) -> None:
        super().__init__(settings)
        self._sink, self._failures = sink, failures

    def send(self, email: OutgoingEmail) -> str:
        """Hand one email over; errors as `EmailConnector.send` says."""
        if self._failures.mail_fails(email.to):
            self._sink.answer(email.to, REFUSAL, times=1)
        return super().send(email)


class FailingHttp(RecordingHttp):
    """An HttpCaller that refuses what is to fail."""

    def __init__(self, database: Database, failures: Failures) -> None:
        super().__init__()
        self._database, self._failures = database, failures

    def call(
        self, *, connector: str | None, url: str | None, method: HttpMethod, key: str, body: Mapping[str, Any]
    ) -> int:
        """Remember a call; see `HttpCaller`."""
        status = super().call(connector=connector, url=url, method=method, key=key, body=body)
        with self._database.read() as session:
            email = leads.get_lead(session, str(body.get("lead_id", ""))).email
        if self._failures.step_fails(email, str(body.get("step", ""))):
            raise PermanentFailure("the endpoint answered 422 (a failure of the test)", field="http_request")
        return status
