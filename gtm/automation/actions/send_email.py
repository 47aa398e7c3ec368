"""send_email: reserve the sends of a group, hand each over, tell what became of it.

A crash between reservation and note leaves the row `reserved`; whoever finds it calls it `unknown` and asks a person.
It is never sent again blindly. A group reserves together, so a crash leaves no more than one group unknown.
"""

import logging
from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

from sqlmodel import Session

from gtm.automation.actions.base import RUNNABLE, RUNNABLE_IN_TEST, ActionContext, Done, paused_reason
from gtm.automation.guards import refusals
from gtm.automation.ports import RenderedEmail
from gtm.connectors.base import OutgoingEmail
from gtm.domain.base import Model
from gtm.domain.enrolment import Deferred, Failed, Outcome, Succeeded
from gtm.domain.errors import GtmError, InvalidInput, OutcomeUnknown, PermanentFailure, TransientFailure
from gtm.store.models.automation import EmailSend
from gtm.store.models.base import new_id
from gtm.store.repositories import automation, email_sends, enrolments

_LOG = logging.getLogger(__name__)


class Params(Model):
    """What to send; `email_number` is its place in the sequence."""

    id: str
    content_ref: str
    email_number: int


Item = tuple[Params, ActionContext]
Reserved = tuple[EmailSend, RenderedEmail]


def run(params: Params, context: ActionContext) -> Outcome:
    """Send one email once."""
    (done,) = run_many([(params, context)])
    if done.note is not None:
        with context.database.write() as session:
            done.note(session)
    return done.outcome


def run_many(items: Sequence[Item]) -> list[Done]:
    """Send a group's emails, each once, in order; content that does not exist or cannot be filled reserves nothing.

    Args:
        items: parameters and context of each; all of one worker's claim.
    """
    written: list[RenderedEmail | Outcome] = [_render(params, context) for params, context in items]
    reserved = _reserve_all(items, written)
    return [
        _dispatch(*one, context) if isinstance(one, tuple) else Done(one)
        for (_, context), one in zip(items, reserved, strict=True)
    ]


def _render(params: Params, context: ActionContext) -> RenderedEmail | Outcome:
    try:
        return context.services.email_source.email_for(
            params.content_ref, context.lead, f"{context.definition.campaign_id}:{context.lead.lead_id}"
        )
    except GtmError as error:
        return Failed(failure="permanent", detail=f"{error.title}: {error.detail}")
    except Exception as error:  # noqa: BLE001 - one broken row must not stop the others; it goes to a person
        return _broken(error, context)


def _broken(error: Exception, context: ActionContext) -> Failed:
    _LOG.error("an email of %s broke", context.state.execution_id, exc_info=error)
    return Failed(failure="unknown", detail=f"unexpected {type(error).__name__}: {error}")


def _reserve_all(items: Sequence[Item], written: Sequence[RenderedEmail | Outcome]) -> list[Reserved | Outcome]:
    first = items[0][1]
    contexts = [context for _, context in items]
    with first.database.write() as session:
        held = enrolments.still_held(session, [c.state.enrolment_no for c in contexts], first.owner)
        statuses = automation.statuses_for_send(session, {c.state.workflow_id for c in contexts})
        before = email_sends.find_sends(session, [c.key for c in contexts])
        barred = refusals(session, [c.lead for c in contexts])
        answers: list[Reserved | Outcome] = []
        to_write: list[EmailSend] = []
        for (params, context), email in zip(items, written, strict=True):
            known = before.get(context.key)
            standing = _standing(context, held, statuses, known)
            if standing is not None:
                answers.append(standing)
                if known is not None and known.state == "reserved" and isinstance(standing, Failed):
                    _lost(known)
                    to_write.append(known)
            elif isinstance(email, RenderedEmail):
                send = known or _new_send(params, context)
                to_write.append(send)
                answers.append(_fill(send, email, context, barred.get(context.lead.lead_id, "")))
            else:
                answers.append(email)
        email_sends.reserve(session, to_write)
        return answers


def _standing(
    context: ActionContext, held: set[int], statuses: dict[str, str], known: EmailSend | None
) -> Outcome | None:
    """The answer that needs no reservation; None when the send may be reserved."""
    if context.state.enrolment_no not in held:
        return Deferred(detail="the claim is lost")
    status = statuses.get(context.state.workflow_id, "gone")
    if status not in (RUNNABLE_IN_TEST if context.state.is_test else RUNNABLE):
        return Deferred(detail=f"the workflow is {status}")
    if known is None or known.state == "failed":
        return None
    if known.state == "sent":
        return Succeeded(detail=f"sent before as {known.message_id}")
    why = _LOST if known.state == "reserved" else known.refusal_reason
    return Failed(failure="unknown", detail=f"{known.send_id}: {why}")


_LOST = "the worker that reserved it was lost"


def _lost(send: EmailSend) -> None:
    send.state, send.delivery_status, send.refusal_reason = "unknown", "unknown", _LOST


def _fill(send: EmailSend, email: RenderedEmail, context: ActionContext, why: str) -> Reserved | Outcome:
    send.subject, send.variant = email.subject, email.variant
    send.message_id = context.services.mailer.message_id(context.key)
    send.owner, send.reserved_at = context.owner, context.clock.now()
    send.state = "failed" if why else "reserved"
    send.delivery_status, send.refusal_reason = ("refused", why) if why else ("", "")
    send.attempts += 0 if why else 1
    return Failed(failure="refused", detail=why) if why else (send, email)


def _new_send(params: Params, context: ActionContext) -> EmailSend:
    state = context.state
    return EmailSend(
        send_id=new_id("send"),
        idempotency_key=context.key,
        venture_id=state.venture_id,
        campaign_id=context.definition.campaign_id,
        workflow_id=state.workflow_id,
        enrolment_no=state.enrolment_no,
        step=params.id,
        email_number=params.email_number,
        lead_id=state.lead_id,
        reserved_at=context.clock.now(),
        is_test=state.is_test,
    )


def _dispatch(send: EmailSend, email: RenderedEmail, context: ActionContext) -> Done:
    with context.database.read() as session:
        stopped = paused_reason(session, context.state)
    if stopped:
        # Looked at once more because rendering and reserving take time; the reservation is given back unused.
        back = {"state": "failed", "refusal_reason": stopped, "attempts": send.attempts - 1}
        return Done(Deferred(detail=stopped), _settled(send, context, **back))
    try:
        message_id = context.services.mailer.send(_outgoing(context, email))
    except OutcomeUnknown as error:
        unknown = {"state": "unknown", "delivery_status": "unknown", "refusal_reason": error.detail}
        return Done(Failed(failure="unknown", detail=error.detail), _settled(send, context, **unknown))
    except TransientFailure as error:
        return _refused(send, context, error, Failed(failure="transient", detail=error.detail))
    except (PermanentFailure, InvalidInput) as error:
        return _refused(send, context, error, Failed(failure="permanent", detail=error.detail))
    except Exception as error:  # noqa: BLE001 - it may have been handed over before it broke
        broken = _broken(error, context)
        unknown = {"state": "unknown", "delivery_status": "unknown", "refusal_reason": broken.detail}
        return Done(broken, _settled(send, context, **unknown))
    now = context.clock.now()
    note = _settled(send, context, state="sent", sent_at=now, delivered_at=now, delivery_status="accepted")
    return Done(Succeeded(detail=message_id), note)


def _outgoing(context: ActionContext, email: RenderedEmail) -> OutgoingEmail:
    return OutgoingEmail(
        key=context.key,
        to=context.lead.email,
        subject=email.subject,
        preheader=email.preheader,
        text=email.text,
        html=email.html,
        sent_at=context.clock.now(),
    )


def _refused(send: EmailSend, context: ActionContext, error: GtmError, answer: Failed) -> Done:
    return Done(answer, _settled(send, context, state="failed", delivery_status="refused", refusal_reason=error.detail))


def _settled(send: EmailSend, context: ActionContext, **values: Any) -> Callable[[Session], None]:
    return partial(_settle, send_id=send.send_id, owner=context.owner, values=values)


def _settle(session: Session, *, send_id: str, owner: str, values: dict[str, Any]) -> None:
    email_sends.settle(session, send_id, owner, **values)
