"""send_email: reserve the sends of a group, hand each over while the claim stands, tell what became of it.

A crash between reservation and note leaves the row `reserved`; whoever finds it calls it `unknown` and asks a person.
It is never sent again blindly. A group reserves together, when few of the one before it are still to be handed over; a
crash leaves no more than both unknown.
"""

import logging
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from functools import partial
from typing import Any

from sqlmodel import Session

from gtm.automation.actions.base import ActionContext, Done, failure_of, guarded, stopped
from gtm.automation.actions.handing_over import Handover
from gtm.automation.actions.lanes import Task, outcomes
from gtm.automation.guards import Candidate, Desk, Verdict, verdicts
from gtm.automation.ports import RenderedEmail
from gtm.connectors.base import EmailConnector, OutgoingEmail, WritesAhead
from gtm.domain.base import Model
from gtm.domain.delivery import Purpose
from gtm.domain.enrolment import Deferred, Failed, Outcome, Succeeded
from gtm.domain.errors import (
    GtmError,
    InvalidInput,
    MailboxGone,
    OutcomeUnknown,
    PermanentFailure,
    TransientFailure,
    printable,
)
from gtm.store.models.automation import EmailSend
from gtm.store.models.base import new_id
from gtm.store.repositories import claims, deliveries, email_sends, leads
from gtm.store.repositories.deliveries import GONE, Standing
from gtm.store.repositories.email_sends import Reservation, Settlement
from gtm.store.trouble import STORE_TROUBLE, trouble_of

_LOG = logging.getLogger(__name__)


class Params(Model):
    """What to send; `email_number` is its place in the sequence."""

    id: str
    content_ref: str
    email_number: int
    purpose: Purpose = "marketing"


Item = tuple[Params, ActionContext]
Reserved = tuple[Reservation, RenderedEmail]
Written = tuple[Params, ActionContext, RenderedEmail]


def run_many(items: Sequence[Item]) -> Iterable[Done]:
    """Send a group's emails, each once, as many at a time as the mailer has connections; each told once it is done.

    The group is reserved when this returns, and its first mails are on their way. Content that does not exist or cannot
    be filled reserves nothing.

    Args:
        items: parameters and context of each; all of one worker's claim.
    """
    written: list[RenderedEmail | Outcome] = [_render(params, context) for params, context in items]
    first = items[0][1]
    handover = Handover(first.lanes.looks, first.clock, first.hold)
    reserved = _reserve_all(items, written, handover)
    handover.begin([one[0].send_id for one in reserved if isinstance(one, tuple)])
    mailer = first.services.mailer
    writer = mailer if isinstance(mailer, WritesAhead) else None
    return outcomes([_begun(context, one, handover, writer) for (_, context), one in zip(items, reserved, strict=True)])


def _begun(
    context: ActionContext, one: Reserved | Outcome, handover: Handover, writer: WritesAhead | None
) -> Task | Done:
    """Have a mail handed over that is reserved; what tells what became of it."""
    if not isinstance(one, tuple):
        return Done(one)
    send, rendered = one
    letter = _Letter(send, _outgoing(send, context, rendered), context, handover)
    return context.lanes.go(letter.dispatch, partial(letter.write, writer) if writer is not None else None)


class _Letter:
    """A reserved mail on its way to the server.

    Args:
        send: the reservation.
        email: what is to be handed over.
        context: whose step it is.
        handover: of its group.
    """

    def __init__(self, send: Reservation, email: OutgoingEmail, context: ActionContext, handover: Handover) -> None:
        self._send, self._email, self._context, self._handover = send, email, context, handover

    def write(self, writer: WritesAhead) -> None:
        """Write it as it goes over the wire, so that no connection waits until it is written and signed."""
        try:
            self._email = writer.written(self._email)
        except Exception:  # noqa: BLE001 (handing it over does the same once more, and tells what is wrong with it)
            _LOG.debug("a mail of %s cannot be written", self._context.state.execution_id, exc_info=True)

    def dispatch(self) -> Done:
        """Hand it over, if that may be; what became of it."""
        return _dispatch(self._send, self._email, self._context, self._handover)


def _render(params: Params, context: ActionContext) -> RenderedEmail | Outcome:
    key = f"{context.definition.campaign_id}:{context.lead.lead_id}"
    source = context.services.email_source
    try:
        return guarded(lambda: source.email_for(params.content_ref, context.lead, key), context)
    except OutcomeUnknown as error:
        return failure_of(error)
    except GtmError as error:
        # Nothing was reserved, and the words will be as wrong the next time: a mail server's `later` is another thing.
        return Failed(failure="permanent", detail=f"{error.title}: {error.detail}")


def _reserve_all(
    items: Sequence[Item], written: Sequence[RenderedEmail | Outcome], handover: Handover
) -> list[Reserved | Outcome]:
    """One transaction for the group: what stands, what the guards say, and a reservation for every one that may go."""
    first = items[0][1]
    contexts = [context for _, context in items]
    answers: dict[str, Reserved | Outcome] = {}
    sendable: list[Written] = []
    with first.announcing() as session:
        handover.renew(session)
        held = claims.still_held(session, [c.state.enrolment_no for c in contexts], first.owner)
        standings = deliveries.standings(session, {c.state.workflow_id for c in contexts})
        before = email_sends.find_sends(session, [c.key for c in contexts])
        fresh: list[dict[str, Any]] = []
        renewed: list[EmailSend] = []
        for (params, context), email in zip(items, written, strict=True):
            known = before.get(context.key)
            standing = _standing(context, held, standings, known)
            if standing is not None:
                answers[context.key] = standing
                if known is not None and known.state == "reserved" and isinstance(standing, Failed):
                    _lost(known, first.clock.now())
                    renewed.append(known)
            elif isinstance(email, RenderedEmail):
                sendable.append((params, context, email))
            else:
                answers[context.key] = email
        barred = _judged(session, sendable, standings, before)
        numbers = _link_numbers(session, sendable, barred)
        for params, context, email in sendable:
            verdict = barred.get(context.key)
            if verdict is not None and verdict.then == "defer":
                answers[context.key] = verdict.as_outcome()
                continue
            known = before.get(context.key)
            send = _reservation(params, known, refused=verdict is not None)
            tracked = _tracked(email, context, send, numbers)
            values = _values(send, tracked, context, verdict)
            if known is None:
                fresh.append(_new_send(params, context, send) | values)
            else:
                for name, value in values.items():
                    setattr(known, name, value)
                renewed.append(known)
            answers[context.key] = (send, tracked) if verdict is None else verdict.as_outcome()
        email_sends.reserve(session, fresh, renewed)
    return [answers[context.key] for context in contexts]


def _judged(
    session: Session,
    sendable: Sequence[Written],
    standings: Mapping[str, Standing],
    before: Mapping[str, EmailSend],
) -> dict[str, Verdict]:
    if not sendable:
        return {}
    services, clock = sendable[0][1].services, sendable[0][1].clock
    domain = sender_domain(services.mailer)
    candidates = [
        Candidate(
            key=context.key,
            state=context.state,
            lead=context.lead,
            purpose=params.purpose,
            definition=context.definition,
            audience=standings.get(context.state.workflow_id, GONE).audience,
            counted=counted_today(before.get(context.key), clock.now()),
            addressed=email.addressed,
        )
        for params, context, email in sendable
    ]
    return verdicts(Desk(session, clock.now(), services.delivery, domain), candidates)


def sender_domain(mailer: EmailConnector) -> str:
    """The domain that a mailer's mail comes from, which is warmed up."""
    return mailer.message_id("sender").rpartition("@")[2].rstrip(">")


def counted_today(known: EmailSend | None, now: datetime) -> bool:
    """Whether a send has its place among today's mails already: it was reserved today, and not refused by a guard."""
    if known is None or known.reserved_at.astimezone(UTC).date() != now.astimezone(UTC).date():
        return False
    return known.attempts > 0 or known.delivery_status == ""


def _link_numbers(session: Session, sendable: Sequence[Written], barred: Mapping[str, Verdict]) -> Mapping[str, int]:
    going = [(email, context.lead) for _, context, email in sendable if context.key not in barred]
    tracking = sendable[0][1].services.tracking if sendable else None
    return tracking.numbers(session, going) if tracking is not None and going else {}


def _tracked(
    email: RenderedEmail, context: ActionContext, send: Reservation, numbers: Mapping[str, int]
) -> RenderedEmail:
    tracking = context.services.tracking
    if tracking is None or send.purpose == "transactional":
        return email
    return tracking.tracked(email, context.lead, send.send_id, numbers)


def _standing(
    context: ActionContext, held: set[int], standings: Mapping[str, Standing], known: EmailSend | None
) -> Outcome | None:
    """The answer that needs no reservation; None when the send may be reserved."""
    if context.state.enrolment_no not in held:
        return Deferred(detail="the claim is lost")
    if why := stopped(standings.get(context.state.workflow_id, GONE), context.state):
        return Deferred(detail=why)
    if known is None or known.state == "failed":
        return None
    if known.state == "sent":
        return Succeeded(detail=f"sent before as {known.message_id}")
    why = _LOST if known.state == "reserved" else known.refusal_reason
    return Failed(failure="unknown", detail=f"{known.send_id}: {why}")


_LOST = "the worker that reserved it was lost"


def _lost(send: EmailSend, now: datetime) -> None:
    send.state, send.delivery_status, send.refusal_reason, send.doubted_at = "unknown", "unknown", _LOST, now


def _reservation(params: Params, known: EmailSend | None, *, refused: bool) -> Reservation:
    attempts = 0 if refused else 1
    if known is None:
        return Reservation(new_id("send"), params.purpose, attempts)
    return Reservation(known.send_id, known.purpose, known.attempts + attempts)


def _values(send: Reservation, email: RenderedEmail, context: ActionContext, verdict: Verdict | None) -> dict[str, Any]:
    """The columns that a reservation writes, the first and each later one; a refusal is no reservation."""
    refused = {"state": "failed", "delivery_status": "refused", "refusal_reason": verdict.reason} if verdict else {}
    return {
        "subject": email.subject,
        "variant": email.variant,
        "message_id": context.services.mailer.message_id(context.key),
        "owner": context.owner,
        "reserved_at": context.clock.now(),
        "doubted_at": None,
        "attempts": send.attempts,
        "state": "reserved",
        "delivery_status": "",
        "refusal_reason": "",
    } | refused


def _new_send(params: Params, context: ActionContext, send: Reservation) -> dict[str, Any]:
    """The columns that stay as they are."""
    state = context.state
    return {
        "send_id": send.send_id,
        "idempotency_key": context.key,
        "venture_id": state.venture_id,
        "campaign_id": context.definition.campaign_id,
        "workflow_id": state.workflow_id,
        "enrolment_no": state.enrolment_no,
        "step": params.id,
        "email_number": params.email_number,
        "lead_id": state.lead_id,
        "is_test": state.is_test,
        "purpose": params.purpose,
    }


def _dispatch(send: Reservation, email: OutgoingEmail, context: ActionContext, handover: Handover) -> Done:
    why, deadline = _last_look(send, context, handover)
    if why:
        return _given_back(send, context, why)
    try:
        in_time = email.model_copy(update={"deadline": deadline})
        message_id = guarded(lambda: context.services.mailer.send(in_time), context)
    except TransientFailure as error:
        return _refused(send, context, error, Failed(failure="transient", detail=error.detail))
    except MailboxGone as error:
        return _bounced(send, context, error)
    except (PermanentFailure, InvalidInput) as error:
        return _refused(send, context, error, Failed(failure="permanent", detail=error.detail))
    except GtmError as error:
        # Whatever else went wrong, the message may have been handed over before it did.
        unknown = {"state": "unknown", "delivery_status": "unknown", "refusal_reason": error.detail}
        return Done(Failed(failure="unknown", detail=error.detail), _settled(send, context, **unknown))
    now = context.clock.now()
    note = _settled(send, context, state="sent", sent_at=now, delivered_at=now, delivery_status="accepted")
    return Done(Succeeded(detail=message_id), note)


def _last_look(send: Reservation, context: ActionContext, handover: Handover) -> tuple[str, float | None]:
    """Why a mail must not be handed over now, or by when that must have ended.

    Looked at once more because rendering, reserving and the mails before this one take time.
    """
    try:
        why = stopped(handover.standing_now(context.state.workflow_id), context.state)
        deadline = None if why else handover.ends_by(send.send_id)
    except STORE_TROUBLE as error:
        return trouble_of(error), None
    return why or ("" if deadline is not None else "the claim was lost before the mail was handed over"), deadline


def _given_back(send: Reservation, context: ActionContext, why: str) -> Done:
    """The reservation was not used."""

    def note(session: Session) -> None:
        email_sends.give_back(session, send.send_id, context.owner, send.attempts - 1, why)

    return Done(Deferred(detail=why), note)


def _outgoing(send: Reservation, context: ActionContext, email: RenderedEmail) -> OutgoingEmail:
    tracking, marketing = context.services.tracking, send.purpose == "marketing"
    return OutgoingEmail(
        key=context.key,
        to=context.lead.email,
        sender_name=email.sender_name,
        subject=email.subject,
        preheader=email.preheader,
        text=email.text,
        html=email.html,
        sent_at=context.clock.now(),
        unsubscribe=marketing,
        # Its own signed address, which tracking has put there.
        unsubscribe_url=email.unsubscribe_url if tracking is not None and marketing else "",
    )


def _bounced(send: Reservation, context: ActionContext, error: MailboxGone) -> Done:
    """Nobody is there: refused for good, and the venture writes to this address no more."""
    settle = _settled(send, context, state="failed", delivery_status="bounced", refusal_reason=error.detail)
    lead, now = context.lead, context.clock.now()

    def note(session: Session) -> None:
        settle(session)
        if not lead.is_test:
            leads.suppress(session, lead.venture_id, lead.email, "bounced", now)

    return Done(Failed(failure="permanent", detail=error.detail), note)


def _refused(send: Reservation, context: ActionContext, error: GtmError, answer: Failed) -> Done:
    return Done(answer, _settled(send, context, state="failed", delivery_status="refused", refusal_reason=error.detail))


def _settled(send: Reservation, context: ActionContext, **values: Any) -> Settlement:
    if "refusal_reason" in values:
        values["refusal_reason"] = printable(values["refusal_reason"])
    return Settlement(send.send_id, context.owner, values)
