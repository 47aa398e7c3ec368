"""What a person decides about an enrolment that waits for one."""

from datetime import datetime
from typing import Literal

from sqlmodel import Session

from gtm.automation.interpreter import step
from gtm.domain.enrolment import EnrolmentState, Record, Resolved
from gtm.domain.errors import Conflict, NotFound
from gtm.store.repositories import claims, email_sends, enrolments, versions
from gtm.store.repositories.claims import Move

Resolution = Literal["happened", "did_not_happen"]


def resolve(
    session: Session, enrolment_no: int, resolution: Resolution, who: str, now: datetime, *, again: bool = False
) -> EnrolmentState:
    """Move an enrolment on that waits for a person, by what they found out about its effect.

    Args:
        session: the transaction.
        enrolment_no: the enrolment, in status manual.
        resolution: `happened` takes the success path; `did_not_happen` the failure path.
        who: goes into the log.
        now: the aware moment.
        again: with `did_not_happen`, do it now instead of taking the failure path; not without end.

    Raises:
        NotFound: no such enrolment.
        Conflict: it does not wait for a person.
    """
    state = enrolments.get_state(session, enrolment_no)
    if state is None:
        raise NotFound("there is no such enrolment", field="enrolment_no", value=enrolment_no)
    if state.status != "manual":
        raise Conflict(f"the enrolment is {state.status}", field="enrolment_no", value=enrolment_no)
    pinned = versions.pinned_version_of(session, state)
    said = f"{who}: {resolution.replace('_', ' ')}"
    happened = resolution == "happened"
    after, effects = step(pinned.definition, state, Resolved(happened=happened, detail=said, again=again), now)
    records = tuple(effect for effect in effects if isinstance(effect, Record))
    if not claims.write_manual(session, Move(pinned, state, after, records), now):
        raise Conflict("somebody else has decided", field="enrolment_no", value=enrolment_no)
    for send in email_sends.sends_of(session, [enrolment_no]).get(enrolment_no, []):
        if send.step == state.step and send.state == "unknown":
            send.state, send.refusal_reason = ("sent" if happened else "failed"), said
            send.delivery_status = "accepted" if happened else "refused"
            send.sent_at = send.sent_at or (send.reserved_at if happened else None)
            session.add(send)
    return after
