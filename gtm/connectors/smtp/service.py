"""The SMTP connector: emails in, Message-IDs out."""

from collections.abc import Iterator
from contextlib import contextmanager
from email.utils import formataddr
from queue import LifoQueue

from gtm.connectors.base import Capability, ConnectorStatus, DeliveryLookup, OutgoingEmail
from gtm.connectors.smtp.client import SmtpClient
from gtm.connectors.smtp.message import Composer, check_address
from gtm.connectors.smtp.schemas import DkimSettings, SmtpSettings
from gtm.connectors.smtp.signing import Signer
from gtm.domain.errors import ConnectorError, InvalidInput


class SmtpConnector:
    """Sends email through one SMTP server; see `gtm.connectors.base.EmailConnector`.

    Args:
        settings: server, sender and unsubscribe address.
        lookup: knows what became of messages; without it nobody can tell, as SMTP has no word for that question.

    Raises:
        InvalidInput: the sender is no address, mail is to be signed for another domain than its own, or the key
            cannot be used.
    """

    name = "smtp"
    capabilities: frozenset[Capability] = frozenset({"send_email"})

    def __init__(self, settings: SmtpSettings, lookup: DeliveryLookup | None = None) -> None:
        self._settings = settings
        self._domain = check_address(settings.sender, "sender").rpartition("@")[2]
        self._composer = Composer(settings)
        self.connections = settings.connections
        # Last in, first out: as few connections are kept busy as there is work for.
        self._clients = LifoQueue[SmtpClient]()
        for _ in range(settings.connections):
            self._clients.put(SmtpClient(settings))
        self._lookup = lookup
        self._signer = _signer(settings.dkim, self._domain) if settings.dkim is not None else None

    @property
    def sender(self) -> str:
        """The From line."""
        return formataddr((self._settings.sender_name, self._settings.sender))

    def message_id(self, key: str) -> str:
        """`<key@sender-domain>`: stable, so a message that was sent can be found at the provider."""
        return f"<{key}@{self._domain}>"

    def written(self, email: OutgoingEmail) -> OutgoingEmail:
        """The email with its signed message; see `gtm.connectors.base.WritesAhead`."""
        return email.model_copy(update={"message": self._message(email)})

    def send(self, email: OutgoingEmail) -> str:
        """Hand one email over; errors as `EmailConnector.send` says."""
        message = email.message or self._message(email)
        with self._client() as client:
            client.deliver(self._settings.sender, email.to, message, email.deadline)
        return self.message_id(email.key)

    def _message(self, email: OutgoingEmail) -> bytes:
        message = self._composer.compose(email, self.message_id(email.key))
        return self._signer.signed(message) if self._signer else message

    @contextmanager
    def _client(self) -> Iterator[SmtpClient]:
        client = self._clients.get()
        try:
            yield client
        finally:
            self._clients.put(client)

    def was_accepted(self, message_id: str) -> bool | None:
        """Whether the provider took this message; None where it cannot be asked. See `DeliveryLookup`."""
        return self._lookup.was_accepted(message_id) if self._lookup is not None else None

    def check(self) -> ConnectorStatus:
        """Connect and sign in, without sending anything."""
        where = f"{self._settings.host}:{self._settings.port}"
        try:
            with self._client() as client:
                greeting = client.probe()
        except ConnectorError as error:
            return ConnectorStatus(
                name=self.name,
                state="failing",
                detail=error.detail,
                fix=f"Check host, port and credentials of {where}.",
            )
        signed = " and the credentials were taken" if self._settings.username else ""
        return ConnectorStatus(name=self.name, state="ready", detail=f"{where} answered ({greeting}){signed}")

    def close(self) -> None:
        """Close the connections, once each has handed over what it is at."""
        clients = [self._clients.get() for _ in range(self.connections)]
        for client in clients:
            client.close()
            self._clients.put(client)


def _signer(dkim: DkimSettings, domain: str) -> Signer:
    sender = domain.lower()
    if sender != dkim.domain and not sender.endswith(f".{dkim.domain}"):
        raise InvalidInput(
            "a signature for another domain than the sender's helps nobody (DMARC alignment)",
            field="dkim.domain",
            value=dkim.domain,
            allowed=f"{sender} or a domain above it",
        )
    return Signer(dkim)
