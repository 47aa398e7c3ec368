"""Failures that a workflow test brings about: a mail server that refuses one email, an endpoint, a CRM or the crew's
desk that says no.

A refusal of mail happens at the wire: the sink is told to answer 550 to just this message.
"""

from collections.abc import Mapping
from typing import Any

from gtm.automation.fake import RecordingCrm, RecordingHttp, RecordingRuns
from gtm.automation.ports import EmailSource, RenderedEmail
from gtm.automation.testing_leads import TestPerson
from gtm.connectors.base import OutgoingEmail
from gtm.connectors.http.schemas import HttpMethod
from gtm.connectors.smtp.fake import SmtpSink
from gtm.connectors.smtp.schemas import SmtpSettings
from gtm.connectors.smtp.service import SmtpConnector
from gtm.domain.conditions import Scalar
from gtm.domain.enrolment import Lead
from gtm.domain.errors import PermanentFailure
from gtm.domain.workflow import CrmSync, HttpRequest, Notify, SendEmail, StartRun, Step, WorkflowDefinition
from gtm.store.database import Database
from gtm.store.repositories import automation_tests

REFUSAL = 550


def can_fail(step: Step) -> bool:
    """Whether a test can make what a step does fail; what only writes into the store, or the log, does not."""
    return isinstance(step, SendEmail | HttpRequest | CrmSync | StartRun) or (
        isinstance(step, Notify) and step.channel == "email"
    )


class Failures:
    """Who is to fail at which steps, and what each is being written at the moment.

    Args:
        database: tells whose effect a key is.
        definition: the workflow.
    """

    def __init__(self, database: Database, definition: WorkflowDefinition) -> None:
        self._database, self._workflow_id = database, definition.workflow_id
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

    def effect_fails(self, key: str) -> bool:
        """Whether an announced effect is to be refused."""
        if not self._fails:
            return False
        with self._database.read() as session:
            found = automation_tests.acting(session, self._workflow_id, key)
        return found is not None and found[1] in self._fails.get(found[0], ())

    def refuse(self, key: str, who: str) -> None:
        """Refuse an announced effect that is to fail.

        Raises:
            PermanentFailure: it is.
        """
        if self.effect_fails(key):
            raise PermanentFailure(f"{who} refused it (a failure of the test)")


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
        if self._failures.mail_fails(email.to) or self._failures.effect_fails(email.key):
            self._sink.answer(email.to, REFUSAL, times=1)
        return super().send(email)


class FailingHttp(RecordingHttp):
    """An HttpCaller that refuses what is to fail."""

    def __init__(self, failures: Failures) -> None:
        super().__init__()
        self._failures = failures

    def call(
        self, *, connector: str | None, url: str | None, method: HttpMethod, key: str, body: Mapping[str, Any]
    ) -> int:
        """Remember a call; see `HttpCaller`."""
        status = super().call(connector=connector, url=url, method=method, key=key, body=body)
        self._failures.refuse(key, "the endpoint")
        return status


class FailingCrm(RecordingCrm):
    """A CrmCaller that refuses what is to fail."""

    def __init__(self, failures: Failures) -> None:
        super().__init__()
        self._failures = failures

    def sync(self, *, connector: str, action: str, fields: Mapping[str, Scalar], key: str) -> str:
        """Remember a call; see `CrmCaller`."""
        self._failures.refuse(key, "the CRM")
        return super().sync(connector=connector, action=action, fields=fields, key=key)


class FailingRuns(RecordingRuns):
    """A RunStarter that refuses what is to fail."""

    def __init__(self, failures: Failures) -> None:
        super().__init__()
        self._failures = failures

    def ask_for_run(self, *, venture_id: str, reason: str, key: str) -> str:
        """Remember a wish; see `RunStarter`."""
        self._failures.refuse(key, "the crew's desk")
        return super().ask_for_run(venture_id=venture_id, reason=reason, key=key)
