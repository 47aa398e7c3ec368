"""What comes back about mail that was accepted: bounces (RFC 3464) and complaints (RFC 5965), and what they change."""

from collections import Counter
from collections.abc import Sequence
from datetime import datetime

from sqlmodel import Session

from gtm.automation.tracking_events import withdraw
from gtm.connectors.smtp.bounces import BounceReport, ComplaintReport, read_report
from gtm.domain.base import Model
from gtm.domain.errors import NotFound, printable
from gtm.store.models.automation import EmailSend
from gtm.store.repositories import email_sends, leads

Report = BounceReport | ComplaintReport


class Applied(Model):
    """What reports came to: dead mailboxes, bounces that leave the address alone, delays, complaints, strangers.

    Attributes:
        unmatched: reports that name no message of ours; nothing was changed for them, as anybody can write one.
        repeated: reports that say what is known already; nothing was changed.
    """

    mailboxes: int = 0
    refused: int = 0
    delayed: int = 0
    complaints: int = 0
    unmatched: int = 0
    repeated: int = 0

    def __add__(self, other: "Applied") -> "Applied":
        """Both together."""
        counts = {name: getattr(self, name) + getattr(other, name) for name in Applied.model_fields}
        return Applied(**counts)


def apply_message(session: Session, raw: bytes, now: datetime) -> Applied:
    """Read a mail that came back and do what it asks for; nothing for a mail that is no report.

    Raises:
        InvalidInput: it is longer than a report may be.
    """
    return apply_reports(session, read_report(raw), now)


def apply_reports(session: Session, reports: Sequence[Report], now: datetime) -> Applied:
    """Note bounces and complaints on their sends.

    A dead mailbox is suppressed; a refusal by policy (5.7.x) or for another lasting reason is noted and the address
    stays; a delay changes nothing. A complaint is suppressed and withdraws consent.

    Args:
        session: a write transaction.
        reports: as `gtm.connectors.smtp.bounces.read_report` gives them; each must name a Message-ID of ours.
        now: the aware moment.
    """
    seen: Counter[str] = Counter()
    for report in reports:
        send = email_sends.by_message(session, report.message_id) if report.message_id else None
        if send is None or not _meant(session, send, report.recipient):
            seen["unmatched"] += 1
        elif isinstance(report, ComplaintReport):
            # "Not spam" comes by the same form and is no complaint.
            if report.kind != "not-spam":
                seen[_complained(session, send, now)] += 1
        else:
            seen[_bounced(session, send, report, now)] += 1
    return Applied(**seen)


def _meant(session: Session, send: EmailSend, recipient: str) -> bool:
    """Whether the report is about the person the mail went to; a recipient that was blacked out is taken on trust."""
    try:
        return not recipient or leads.get_lead(session, send.lead_id).email == recipient
    except NotFound:
        return False


def _complained(session: Session, send: EmailSend, now: datetime) -> str:
    if send.delivery_status == "complained":
        return "repeated"
    send.delivery_status = "complained"
    session.add(send)
    withdraw(session, send, "complained", now)
    return "complaints"


def _bounced(session: Session, send: EmailSend, report: BounceReport, now: datetime) -> str:
    if report.refusal.kind == "transient":
        return "delayed"
    reason = printable(f"{report.refusal.code} {report.diagnostic}").strip()[:500]
    if send.delivery_status == "complained" or (send.delivery_status, send.refusal_reason) == ("bounced", reason):
        return "repeated"
    send.delivery_status, send.delivered_at = "bounced", None
    send.refusal_reason = reason
    session.add(send)
    if report.refusal.kind != "mailbox":
        return "refused"
    lead = leads.get_lead(session, send.lead_id)
    leads.suppress(session, lead.venture_id, lead.email, "bounced", now)
    return "mailboxes"
