"""The SMTP connector: emails in, Message-IDs out."""

from email.utils import formataddr

from gtm.connectors.base import Capability, ConnectorStatus, OutgoingEmail
from gtm.connectors.smtp.client import SmtpClient
from gtm.connectors.smtp.message import build_message, check_address
from gtm.connectors.smtp.schemas import SmtpSettings
from gtm.domain.errors import ConnectorError


class SmtpConnector:
    """Sends email through one SMTP server; see `gtm.connectors.base.EmailConnector`.

    Args:
        settings: server, sender and unsubscribe address.

    Raises:
        InvalidInput: the sender is no address.
    """

    name = "smtp"
    capabilities: frozenset[Capability] = frozenset({"send_email"})

    def __init__(self, settings: SmtpSettings) -> None:
        self._settings = settings
        self._domain = check_address(settings.sender, "sender").rpartition("@")[2]
        self._client = SmtpClient(settings)

    @property
    def sender(self) -> str:
        """The From line."""
        return formataddr((self._settings.sender_name, self._settings.sender))

    def message_id(self, key: str) -> str:
        """`<key@sender-domain>`: stable, so a message that was sent can be found at the provider."""
        return f"<{key}@{self._domain}>"

    def send(self, email: OutgoingEmail) -> str:
        """Hand one email over; errors as `EmailConnector.send` says."""
        message_id = self.message_id(email.key)
        message = build_message(email, self._settings, message_id)
        self._client.deliver(self._settings.sender, email.to, message.as_bytes())
        return message_id

    def check(self) -> ConnectorStatus:
        """Connect and sign in, without sending anything."""
        where = f"{self._settings.host}:{self._settings.port}"
        try:
            greeting = self._client.probe()
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
        """Close the connection."""
        self._client.close()
