"""What the engine needs from outside, as protocols; the fakes beside them are in `gtm.automation.fake`."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from gtm.connectors.base import EmailConnector
from gtm.connectors.http.schemas import HttpMethod
from gtm.domain.base import Model
from gtm.domain.enrolment import Lead


class RenderedEmail(Model):
    """Campaign content filled for one person; `variant` is the label of the A/B version they got."""

    subject: str
    preheader: str = ""
    text: str
    html: str | None = None
    variant: str = ""


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


@dataclass(frozen=True)
class Services:
    """What actions work with. Without `http`, every http_request fails for good and says so."""

    email_source: EmailSource
    mailer: EmailConnector
    http: HttpCaller | None = None
