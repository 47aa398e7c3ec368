"""What a person decides about an enrolment that waits for one."""

from datetime import datetime
from typing import Literal

from sqlmodel import Session

from gtm.automation.interpreter import step
from gtm.domain.enrolment import EnrolmentState, Finish, Record, Resolved
from gtm.domain.errors import Conflict, NotFound
from gtm.store.repositories import automation, email_sends, enrolments

Resolution = Literal["happened", "did_not_happen"]


def resolve(session: Session, enrolment_id: str, resolution: Resolution, who: str, now: datetime) -> EnrolmentState:
    """Move an enrolment on that waits for a person, by what they found out about its effect.

    Args:
        session: the transaction.
        enrolment_id: the enrolment, in status manual.
        resolution: `happened` takes the success path; `did_not_happen` the failure path.
        who: goes into the log.
        now: the aware moment.

    Raises:
        NotFound: no such enrolment.
        Conflict: it does not wait for a person.
    """
    state = enrolments.get_state(session, enrolment_id)
    if state is None:
        raise NotFound("there is no such enrolment", field="enrolment_id", value=enrolment_id)
    if state.status != "manual":
        raise Conflict(f"the enrolment is {state.status}", field="enrolment_id", value=enrolment_id)
    definition = automation.get_definition(session, state.workflow_id, state.version)
    said = f"{who}: {resolution.replace('_', ' ')}"
    happened = resolution == "happened"
    after, effects = step(definition, state, Resolved(happened=happened, detail=said), now)
    if not enrolments.set_manual_outcome(session, state, after):
        raise Conflict("somebody else has decided", field="enrolment_id", value=enrolment_id)
    for send in email_sends.sends_of_execution(session, state.execution_id):
        if send.step == state.step and send.state == "unknown":
            send.state, send.refusal_reason = ("sent" if happened else "failed"), said
            send.delivery_status = "accepted" if happened else "refused"
            send.sent_at = send.sent_at or (send.reserved_at if happened else None)
            session.add(send)
    for effect in effects:
        if isinstance(effect, Record):
            enrolments.append_log(session, after, effect, now)
        elif isinstance(effect, Finish):
            enrolments.finish_execution(session, state.execution_id, effect, now)
    return after
