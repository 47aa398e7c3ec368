"""What a person chooses on their preference page: read for showing, and stored.

Suppression stands above it: whoever has left altogether comes back by the venture's own forms, not by an old link.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Literal, NamedTuple

from sqlmodel import Session

from gtm.automation.tracking_events import withdraw_lead
from gtm.automation.triggers.conditional import change_lead
from gtm.domain.enrolment import Lead
from gtm.domain.errors import InvalidInput
from gtm.domain.preferences import FREQUENCIES, PURPOSES, Preference
from gtm.domain.vocabulary import ConsentPurpose
from gtm.store.repositories import leads, logs, preferences

Answer = Literal["all", "7", "30", "no"]
ANSWERS: Mapping[str, Preference] = {
    "all": Preference(allowed=True),
    **{str(days): Preference(allowed=True, every_days=days) for days in FREQUENCIES},
    "no": Preference(allowed=False),
}
"""Every answer that the page offers → what it stands for."""
UNSUBSCRIBE = "unsubscribe"
"""The field that a person leaves altogether by."""


class Choices(NamedTuple):
    """Where a lead stands.

    Attributes:
        left: they get nothing at all any more.
        answers: the answer to every purpose, as the page shows it.
    """

    left: bool
    answers: Mapping[ConsentPurpose, str]


def choices_of(session: Session, lead: Lead) -> Choices:
    """What a lead gets now: their answers, and where they never gave one, what their consent allows."""
    stored = preferences.of_lead(session, lead.lead_id)
    usual = ANSWERS["all" if lead.consent in ("granted", "legitimate_interest") else "no"]
    left = lead.consent == "withdrawn" or bool(leads.suppressed(session, lead.venture_id, [lead.email]))
    return Choices(left, {purpose: _word(stored.get(purpose, usual)) for purpose in PURPOSES})


def _word(answer: Preference) -> str:
    return next((word for word, known in ANSWERS.items() if known == answer), "all" if answer.allowed else "no")


def read_answers(fields: Mapping[str, str]) -> dict[ConsentPurpose, Preference]:
    """The answers of a posted page; a purpose that it leaves out keeps its answer.

    Raises:
        InvalidInput: a field is unknown, or holds what the page does not offer; or there is none.
    """
    names: Mapping[str, ConsentPurpose] = {purpose: purpose for purpose in PURPOSES}
    for name, word in fields.items():
        if name not in names:
            raise InvalidInput("the page has no such field", field=name, allowed=", ".join((*names, UNSUBSCRIBE)))
        if word not in ANSWERS:
            raise InvalidInput("there is no such answer", field=name, value=word, allowed=", ".join(ANSWERS))
    if not fields:
        raise InvalidInput("nothing was chosen", allowed=", ".join((*names, UNSUBSCRIBE)))
    return {names[name]: ANSWERS[word] for name, word in fields.items()}


def choose(session: Session, lead_id: str, answers: Mapping[ConsentPurpose, Preference], now: datetime) -> Choices:
    """Store a lead's answers; whoever has left altogether stays as they are.

    A yes of somebody who was never asked is their consent, to the purposes they said yes to and to no other.

    Args:
        session: the transaction.
        lead_id: the lead.
        answers: those that were given.
        now: the aware moment.

    Raises:
        NotFound: there is no such lead.
    """
    lead = leads.get_lead(session, lead_id, lock=True)
    before = choices_of(session, lead)
    if before.left:
        return before
    given = {purpose: answers.get(purpose, ANSWERS[word]) for purpose, word in before.answers.items()}
    preferences.save(session, lead.venture_id, lead_id, given, now)
    told = {purpose: _word(answer) for purpose, answer in given.items()}
    logs.audit(
        session,
        actor="recipient",
        action="lead.preferences",
        subject=lead_id,
        now=now,
        venture_id=lead.venture_id,
        data={str(purpose): word for purpose, word in told.items()},
    )
    if lead.consent == "unknown" and any(answer.allowed for answer in given.values()):
        change_lead(session, lead_id, {"consent": "granted"}, now)
    return Choices(False, told)


def leave(session: Session, lead_id: str, now: datetime) -> None:
    """Take a lead off everything: suppressed, and consent withdrawn."""
    withdraw_lead(session, lead_id, "unsubscribed", now)
