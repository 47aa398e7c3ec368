"""send_email: reserve the send, hand it over, note what became of it.

A crash between reservation and note leaves the row `reserved`; whoever finds it calls it `unknown` and asks a person.
It is never sent again blindly.
"""

from gtm.automation.actions.base import ActionContext, paused_reason, stop_reason
from gtm.automation.guards import refusal
from gtm.automation.ports import RenderedEmail
from gtm.connectors.base import OutgoingEmail
from gtm.domain.base import Model
from gtm.domain.enrolment import Deferred, Failed, Outcome, Succeeded
from gtm.domain.errors import GtmError, InvalidInput, OutcomeUnknown, PermanentFailure, TransientFailure
from gtm.store.models.automation import EmailSend
from gtm.store.models.base import new_id
from gtm.store.repositories import email_sends, enrolments


class Params(Model):
    """What to send; `email_number` is its place in the sequence."""

    id: str
    content_ref: str
    email_number: int


def run(params: Params, context: ActionContext) -> Outcome:
    """Send one email once.

    Raises:
        NotFound, UnknownVariable: the content does not exist or cannot be filled; nothing was reserved.
    """
    with context.database.read() as session:
        before = email_sends.find_send(session, context.key, lock=False)
        if before is not None and before.state == "sent":
            return Succeeded(detail=f"sent before as {before.message_id}")
    email = context.services.email_source.email_for(
        params.content_ref, context.lead, f"{context.definition.campaign_id}:{context.lead.lead_id}"
    )
    send_id = _reserve(params, context, email)
    return _dispatch(send_id, context, email) if isinstance(send_id, str) else send_id


def _reserve(params: Params, context: ActionContext, email: RenderedEmail) -> str | Outcome:
    with context.database.write() as session:
        if stopped := stop_reason(context, session):
            return Deferred(detail=stopped)
        send = email_sends.find_send(session, context.key)
        if send is not None and send.state == "sent":
            return Succeeded(detail=f"sent before as {send.message_id}")
        if send is not None and send.state != "failed":
            if send.state == "reserved":
                email_sends.mark_unknown(session, send, "the worker that reserved it was lost")
            return Failed(failure="unknown", detail=f"{send.send_id}: {send.refusal_reason}")
        send = send or _new_send(params, context)
        why = refusal(session, context.lead)
        send.subject, send.variant = email.subject, email.variant
        send.message_id = context.services.mailer.message_id(context.key)
        send.owner, send.reserved_at = context.owner, context.clock.now()
        send.state = "failed" if why else "reserved"
        send.delivery_status, send.refusal_reason = ("refused", why) if why else ("", "")
        send.attempts += 0 if why else 1
        email_sends.reserve(session, send)
        if why:
            return Failed(failure="refused", detail=why)
        noted = context.state.context.model_copy(update={"dispatching": context.key})
        enrolments.announce(session, context.state.model_copy(update={"context": noted}), context.owner)
        return send.send_id


def _new_send(params: Params, context: ActionContext) -> EmailSend:
    state = context.state
    return EmailSend(
        send_id=new_id("send"),
        idempotency_key=context.key,
        venture_id=state.venture_id,
        campaign_id=context.definition.campaign_id,
        workflow_id=state.workflow_id,
        execution_id=state.execution_id,
        step=params.id,
        email_number=params.email_number,
        lead_id=state.lead_id,
        reserved_at=context.clock.now(),
        is_test=state.is_test,
    )


def _dispatch(send_id: str, context: ActionContext, email: RenderedEmail) -> Outcome:
    with context.database.read() as session:
        stopped = paused_reason(context, session)
    if stopped:
        # Looked at once more because rendering and reserving take time; the reservation is given back unused.
        _settle(send_id, context, state="failed", refusal_reason=stopped)
        return Deferred(detail=stopped)
    try:
        message_id = context.services.mailer.send(_outgoing(context, email))
    except OutcomeUnknown as error:
        _settle(send_id, context, state="unknown", delivery_status="unknown", refusal_reason=error.detail)
        return Failed(failure="unknown", detail=error.detail)
    except TransientFailure as error:
        return _refused(send_id, context, error, Failed(failure="transient", detail=error.detail))
    except (PermanentFailure, InvalidInput) as error:
        return _refused(send_id, context, error, Failed(failure="permanent", detail=error.detail))
    now = context.clock.now()
    _settle(send_id, context, state="sent", sent_at=now, delivered_at=now, delivery_status="accepted")
    return Succeeded(detail=message_id)


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


def _refused(send_id: str, context: ActionContext, error: GtmError, answer: Failed) -> Failed:
    _settle(send_id, context, state="failed", delivery_status="refused", refusal_reason=error.detail)
    return answer


def _settle(send_id: str, context: ActionContext, **values: object) -> None:
    with context.database.write() as session:
        email_sends.settle(session, send_id, context.owner, **values)
