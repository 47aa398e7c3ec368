"""Mails that the connectors' tests share."""

from datetime import UTC, datetime
from typing import Any

from gtm.connectors.base import OutgoingEmail


def outgoing(**changes: Any) -> OutgoingEmail:
    """A mail with both parts."""
    plain = {
        "key": "0123456789abcdef",
        "to": "ada@example.test",
        "subject": "Größe zählt – manage every OS",
        "preheader": "One system & git",
        "text": "Hi Ada,\n\nplain — text.\n",
        "html": "<html><body><p>Hi</p></body></html>",
        "sent_at": datetime(2026, 1, 6, 15, tzinfo=UTC),
    }
    return OutgoingEmail.model_validate(plain | changes)
