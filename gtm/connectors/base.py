"""What every connector is: a named platform that can be checked, and what it can do."""

from datetime import datetime
from typing import Annotated, Literal, Protocol, runtime_checkable

from pydantic import Field

from gtm.domain.base import Model, Text

Capability = Literal["send_email", "http_request"]


class ConnectorStatus(Model):
    """What a check of a connector found (SOP, workflow checklist: API credentials tested).

    Attributes:
        state: `ready`; `not_configured` when there is nothing to check; `failing` when the platform said no.
        detail: what was tried and answered, without any secret.
        fix: what to do when it is not ready.
    """

    name: Text
    state: Literal["ready", "not_configured", "failing"]
    detail: Text
    fix: str = ""

    @property
    def ready(self) -> bool:
        """Whether it can be used."""
        return self.state == "ready"


class Connector(Protocol):
    """A platform."""

    @property
    def name(self) -> str:
        """Its key in the registry."""
        ...

    @property
    def capabilities(self) -> frozenset[Capability]:
        """What it can do."""
        ...

    def check(self) -> ConnectorStatus:
        """Try the credentials without any effect; never raises for a platform that says no."""
        ...


class OutgoingEmail(Model):
    """One email as it is handed to a platform.

    Attributes:
        key: idempotency key; the Message-ID is derived from it, so the same email always carries the same one.
        sender_name: who writes, before the address; the platform's own name stands in for none.
        preheader: the line that mail clients show beside the subject.
        sent_at: the moment for the Date header.
        unsubscribe: whether it is marketing mail, which carries List-Unsubscribe headers (RFC 8058).
        unsubscribe_url: this recipient's own HTTPS address for it; the platform's setting stands in for none.
        deadline: by `time.monotonic`, when handing it over must have ended, done or not; None for whenever.
        message: it all as it goes over the wire, where `WritesAhead` has written it; nothing else of it is read then.
    """

    key: Annotated[str, Field(pattern=r"^[0-9a-zA-Z._-]{8,80}$")]
    to: str
    sender_name: str = ""
    subject: str
    preheader: str = ""
    text: str
    html: str | None = None
    sent_at: datetime
    unsubscribe: bool = True
    unsubscribe_url: Annotated[str, Field(pattern=r"^(https?://[^\s<>#]+)?$", max_length=500)] = ""
    deadline: float | None = None
    message: bytes | None = None


@runtime_checkable
class DeliveryLookup(Protocol):
    """Knows what became of messages that were handed over; optional, as plain SMTP has no way to ask."""

    def was_accepted(self, message_id: str) -> bool | None:
        """Whether the platform took the message with this Message-ID (with angle brackets); None when it cannot tell.

        Raises:
            TransientFailure: it could not be asked now.
        """
        ...


@runtime_checkable
class WritesAhead(Protocol):
    """Can write and sign an email before it is handed over; optional."""

    def written(self, email: OutgoingEmail) -> OutgoingEmail:
        """The email with its `message`, as `send` would hand it over.

        Raises:
            InvalidInput: see `EmailConnector.send`.
        """
        ...


class EmailConnector(Connector, Protocol):
    """A platform that sends email; `send` may be called by as many threads at a time as it has connections."""

    connections: int

    def message_id(self, key: str) -> str:
        """The Message-ID that an email with this idempotency key carries, with angle brackets."""
        ...

    def send(self, email: OutgoingEmail) -> str:
        """Hand one email over and return its Message-ID.

        Raises:
            InvalidInput: an address or header that cannot be sent (line breaks in it, for one).
            TransientFailure: refused for now (4xx), or not reached; it was certainly not sent.
            PermanentFailure: refused for good (5xx); it was certainly not sent.
            OutcomeUnknown: the connection broke after the message was on its way.
        """
        ...

    def close(self) -> None:
        """Give connections back."""
        ...
