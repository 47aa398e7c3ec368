"""What the engine needs from outside, as protocols; the fakes beside them are in `gtm.automation.fake`."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

from sqlmodel import Session

from gtm.connectors.base import EmailConnector
from gtm.connectors.http.schemas import HttpMethod
from gtm.domain.base import Model
from gtm.domain.conditions import Scalar
from gtm.domain.delivery import NO_LIMITS, DeliveryPolicy
from gtm.domain.enrolment import Lead


class RenderedEmail(Model):
    """Campaign content filled for one person.

    Attributes:
        variant: the label of the A/B version they got.
        unsubscribe_url: the address in text and html that unsubscribes; tracking puts a signed one in its place.
        preferences_url: the address in text and html at which the lead chooses what to get.
        sender_name: the venture whose mail it is; readers see it before the address.
        addressed: whether it holds the sender's postal address, which mail law demands of marketing mail.
    """

    subject: str
    preheader: str = ""
    text: str
    html: str | None = None
    variant: str = ""
    unsubscribe_url: str = ""
    preferences_url: str = ""
    sender_name: str = ""
    addressed: bool = True


class EmailSource(Protocol):
    """Where the words of an email come from."""

    def email_for(self, content_ref: str, lead: Lead, assignment_key: str) -> RenderedEmail:
        """The email for one person.

        Args:
            content_ref: campaign content, `campaign/segment/step`.
            lead: whom it is for.
            assignment_key: the same key always gets the same A/B variant.

        Raises:
            NotFound: there is no such content.
            UnknownVariable: a placeholder has no value for this person.
        """
        ...


class HttpCaller(Protocol):
    """Calls endpoints that the configuration allows; see `gtm.connectors.http.service.HttpConnector.call`."""

    def call(
        self, *, connector: str | None, url: str | None, method: HttpMethod, key: str, body: Mapping[str, Any]
    ) -> int:
        """Make one call and return its status; raises TransientFailure, PermanentFailure or OutcomeUnknown."""
        ...


class Tracking(Protocol):
    """Sees what is opened and clicked; see `gtm.automation.tracking.SignedTracking`."""

    def numbers(self, session: Session, emails: Sequence[tuple[RenderedEmail, Lead]]) -> Mapping[str, int]:
        """The numbers of all addresses that these mails link to, stored where they were not; in a write transaction."""
        ...

    def tracked(self, email: RenderedEmail, lead: Lead, send_id: str, numbers: Mapping[str, int]) -> RenderedEmail:
        """The mail with signed links in place of its own, a pixel, and a signed way to unsubscribe."""
        ...

    def unsubscribe_url(self, send_id: str) -> str:
        """Where the recipient of a send unsubscribes: a page on GET, done on POST (RFC 8058)."""
        ...

    def confirm_url(self, send_id: str, expires_at: datetime) -> str:
        """Where the recipient of a send confirms their consent until a moment: a page on GET, done on POST."""
        ...


class CrmCaller(Protocol):
    """Hands leads to the CRM connectors that the configuration names."""

    def sync(self, *, connector: str, action: str, fields: Mapping[str, Scalar], key: str) -> str:
        """Have one connector do one thing with one lead.

        Args:
            connector: the connector's name.
            action: its own word for what to do.
            fields: the lead's fields that the step hands over.
            key: idempotency key; the same key twice has the effect once.

        Returns:
            What the CRM calls the record.

        Raises:
            NotFound: no such connector or action.
            ConnectorError: TransientFailure, PermanentFailure or OutcomeUnknown.
        """
        ...


class RunStarter(Protocol):
    """Takes wishes for a run of a venture's crew; whether and when one starts is decided elsewhere."""

    def ask_for_run(self, *, venture_id: str, reason: str, key: str) -> str:
        """Note the wish, once for each key, and return its id.

        Raises:
            ConnectorError: TransientFailure, PermanentFailure or OutcomeUnknown.
        """
        ...


@dataclass(frozen=True)
class Services:
    """What actions work with.

    Attributes:
        http: without it, every http_request fails for good and says so.
        delivery: caps, windows, budgets; all off by default, `DeliveryPolicy.of` turns them on.
        tracking: without it, mails go out as they were written.
        crm: without it, every crm_sync fails for good and says so.
        runs: without it, every start_run fails for good and says so.
    """

    email_source: EmailSource
    mailer: EmailConnector
    http: HttpCaller | None = None
    delivery: DeliveryPolicy = NO_LIMITS
    tracking: Tracking | None = None
    crm: CrmCaller | None = None
    runs: RunStarter | None = None
