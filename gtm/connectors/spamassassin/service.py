"""SpamAssassin as the spam judge of `gtm.domain.proofing`."""

from gtm.connectors.base import ConnectorStatus
from gtm.connectors.spamassassin.client import SpamAssassinClient
from gtm.connectors.spamassassin.schemas import SpamAssassinSettings
from gtm.domain.errors import ConnectorError
from gtm.domain.proofing import SpamReport


class SpamAssassinService:
    """Weighs messages.

    Args:
        settings: where the daemon is.
    """

    name = "spamassassin"

    def __init__(self, settings: SpamAssassinSettings) -> None:
        self._settings = settings
        self._client = SpamAssassinClient(settings)

    def check(self) -> ConnectorStatus:
        """Ask whether the daemon lives."""
        where = f"{self._settings.host}:{self._settings.port}"
        try:
            self._client.ping()
        except ConnectorError as error:
            return ConnectorStatus(name=self.name, state="failing", detail=error.detail, fix=f"start spamd at {where}")
        return ConnectorStatus(name=self.name, state="ready", detail=f"spamd at {where} answers")

    def judge(self, message: bytes) -> SpamReport:
        """The report on a whole message; see `gtm.domain.proofing.SpamJudge`.

        Raises:
            ConnectorError: the daemon does not answer, or refuses.
        """
        return self._client.symbols(message)
