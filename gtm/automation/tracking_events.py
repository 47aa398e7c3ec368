"""What comes in from mails: kept as it came, judged, and told on the send by the first thing a person did."""

from collections.abc import Sequence
from datetime import datetime

from sqlmodel import Session

from gtm.automation.tracking import Kind, Mark
from gtm.automation.tracking_rules import Click, in_bursts, machine_reason
from gtm.domain.errors import NotFound
from gtm.store.models.automation import EmailSend
from gtm.store.models.tracking import TrackingEvent
from gtm.store.repositories import leads, tracking

MAX_EVENTS = 200
"""Events of one mail that are kept; whoever reloads a picture all day fills no table."""
_AGENT_LENGTH = 300


def record(
    session: Session, kind: Kind, mark: Mark, *, method: str, user_agent: str, now: datetime
) -> TrackingEvent | None:
    """Keep an event and tell the send what a person did first; a click is an opening too, as pictures may be off.

    Clicks that turn out to be a scanner's burst are taken back.

    Args:
        session: a write transaction.
        kind: what came in.
        mark: what its token stood for.
        method: of the request.
        user_agent: as sent; cut at 300 characters.
        now: the aware moment.

    Returns:
        The event, or None when the send is gone or has too many events.
    """
    send = tracking.lock_send(session, mark.send_id)
    if send is None:
        return None
    events = list(tracking.events_of(session, mark.send_id))
    if len(events) >= MAX_EVENTS:
        return None
    agent = "".join(c for c in user_agent if c.isprintable())[:_AGENT_LENGTH]
    event = TrackingEvent(
        send_id=mark.send_id,
        kind=kind,
        link_no=mark.link_no or None,
        at=now,
        user_agent=agent,
        machine="" if kind == "unsubscribe" else machine_reason(method, agent, send.sent_at, now),
    )
    tracking.add_event(session, event)
    events.append(event)
    if kind == "click":
        _take_back(session, events)
    if kind != "unsubscribe":
        _tell(session, send, events)
    return event


def _take_back(session: Session, events: Sequence[TrackingEvent]) -> None:
    clicks = [Click(int(e.event_no or 0), int(e.link_no or 0), e.at) for e in events if e.kind == "click" and e.link_no]
    burst = in_bursts(clicks)
    taken = [e for e in events if e.event_no in burst and not e.machine]
    if taken:
        why = "several links in no time"
        tracking.mark_machine(session, [int(e.event_no or 0) for e in taken], why)
        for event in taken:
            event.machine = why


def _tell(session: Session, send: EmailSend, events: Sequence[TrackingEvent]) -> None:
    people = [event for event in events if not event.machine]
    clicked = min((e.at for e in people if e.kind == "click"), default=None)
    opened = min((e.at for e in people if e.kind in ("open", "click")), default=None)
    known = {event.at for event in events}
    # What stands there and came from no event was told by somebody else, such as a provider's webhook: it stays.
    if send.opened_at is not None and send.opened_at not in known:
        opened = send.opened_at if opened is None else min(opened, send.opened_at)
    if send.clicked_at is not None and send.clicked_at not in known:
        clicked = send.clicked_at if clicked is None else min(clicked, send.clicked_at)
    if (opened, clicked) != (send.opened_at, send.clicked_at):
        tracking.set_first(session, send.send_id, opened, clicked)


def unsubscribe(session: Session, mark: Mark, *, user_agent: str, now: datetime) -> bool:
    """Put the recipient of a send on the venture's suppression list and note that consent is withdrawn.

    Only ever called for a POST: what merely looks at a link unsubscribes nobody (RFC 8058, 3.2).

    Returns:
        False when the send, or the lead, is gone.
    """
    record(session, "unsubscribe", mark, method="GET", user_agent=user_agent, now=now)
    send = tracking.lock_send(session, mark.send_id)
    return send is not None and withdraw(session, send, "unsubscribed", now)


def withdraw(session: Session, send: EmailSend, reason: str, now: datetime) -> bool:
    """Write no more to the recipient of a send; see `withdraw_lead`."""
    return withdraw_lead(session, send.lead_id, reason, now)


def withdraw_lead(session: Session, lead_id: str, reason: str, now: datetime) -> bool:
    """Write no more to a lead: suppressed for a reason, and consent withdrawn.

    Returns:
        False when the lead is gone.
    """
    try:
        lead = leads.get_lead(session, lead_id, lock=True)
    except NotFound:
        return False
    leads.suppress(session, lead.venture_id, lead.email, reason, now)
    if lead.consent != "withdrawn":
        leads.save_lead(session, lead.model_copy(update={"consent": "withdrawn"}))
    return True
