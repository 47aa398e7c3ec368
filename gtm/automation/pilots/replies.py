"""Answers to a pilot's mails, out of a mailbox: matched by Message-ID, and taken from the person who was written to.

Anybody can write a mail. What is taken from one is a score and words that are shown to LEAD, and nothing else.
"""

import email
import email.policy
import re
from dataclasses import dataclass
from datetime import datetime
from email.errors import MessageError
from email.message import EmailMessage
from email.utils import parseaddr

from sqlmodel import Session

from gtm.automation.pilots.feedback import keep
from gtm.domain.errors import GtmError
from gtm.store.repositories import email_sends, leads, pilots

_MESSAGE_ID = re.compile(r"<[^<>\s]{1,300}>")
_QUOTED = re.compile(r"^(>|On .{1,200} wrote:\s*$|-{2,} ?Original Message|_{10,}|-- $|From: )")
_SCORE = re.compile(r"^\s*(?:score\s*[:=]?\s*)?([1-5])(?:\s*(?:/|of|out of)\s*5)?\s*[.!]?\s*$", re.IGNORECASE)
_LOOKED_AT = 20
"""Message-IDs that a reply may name; the nearest one counts."""


@dataclass(frozen=True)
class Reply:
    """A mail that answers another: whom it is from, which messages it names, its own words, and a score among them."""

    sender: str
    message_ids: tuple[str, ...]
    score: int | None
    text: str


def read_reply(raw: bytes) -> Reply | None:
    """A mail as an answer; None for one that answers nothing, was written by a machine, or cannot be read."""
    try:
        message = email.message_from_bytes(raw, policy=email.policy.default)
        if not isinstance(message, EmailMessage) or _automatic(message):
            return None
        named = f"{message.get('In-Reply-To', '')} {message.get('References', '')}"
        ids = tuple(dict.fromkeys(_MESSAGE_ID.findall(named)))[:_LOOKED_AT]
        sender = parseaddr(str(message.get("From", "")))[1].strip().lower()
        body = message.get_body(("plain",))
        content = body.get_content() if body is not None else ""
    except (MessageError, LookupError, ValueError, TypeError, AttributeError):
        # What a stranger sent can break the parser in many ways; it is then no answer.
        return None
    own = _own_words(content if isinstance(content, str) else "")
    score = next((int(match.group(1)) for line in own if (match := _SCORE.match(line))), None)
    text = " ".join(line for line in own if not _SCORE.match(line)).strip()
    return Reply(sender, ids, score, text) if ids and sender and (score is not None or text) else None


def _automatic(message: EmailMessage) -> bool:
    """Whether a machine wrote it (RFC 3834): an out-of-office note says nothing about the mail."""
    submitted = str(message.get("Auto-Submitted", "no")).strip().lower()
    bulk = str(message.get("Precedence", "")).strip().lower()
    return submitted != "no" or bulk in ("bulk", "junk", "auto_reply", "list") or "X-Autoreply" in message


def _own_words(text: str) -> list[str]:
    lines = []
    for line in text.splitlines():
        if _QUOTED.match(line):
            break
        lines.append(line)
    return lines


def keep_reply(session: Session, reply: Reply, now: datetime) -> bool:
    """Keep an answer as feedback; False where it answers no mail of a pilot that takes any, or another wrote it."""
    for message_id in reply.message_ids:
        send = email_sends.by_message(session, message_id)
        row = pilots.open_of(session, send.campaign_id) if send is not None else None
        if send is None or row is None:
            continue
        try:
            lead = leads.get_lead(session, send.lead_id)
            if lead.email != reply.sender:
                return False
            keep(session, row, lead, reply.score, reply.text, "reply", now)
        except GtmError:
            # Not in the pilot, or it takes no feedback (any more): nothing of it is kept.
            return False
        return True
    return False
