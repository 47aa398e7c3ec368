"""Steps without an effect: who is only waiting or being decided about is moved in the transaction that finds them.

Nothing outside hears of such a move, so it needs no lease and no second transaction: it is written, or it never was.
"""

import logging
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session

from gtm.automation.facts import gather_facts
from gtm.automation.interpreter import step
from gtm.automation.writing import Broken, told
from gtm.domain.conditions import Scalar
from gtm.domain.enrolment import Due, EnrolmentState, Lead, Record, SetAside
from gtm.domain.workflow import ActionStep
from gtm.store.models.automation import EmailSend
from gtm.store.repositories import email_sends, enrolments, leads, versions
from gtm.store.repositories.claims import Move
from gtm.store.repositories.enrolment_sql import Claimed
from gtm.store.repositories.versions import Pinned

_LOG = logging.getLogger(__name__)

CHAIN = 100
"""Steps without an effect that one lead takes at a time."""

Pins = dict[int, Pinned]
"""Versions by their numbers, as a worker remembers them."""


@dataclass(frozen=True)
class Claim:
    """One claimed enrolment with what moving it takes; `fault` says why it cannot be moved."""

    pinned: Pinned
    state: EnrolmentState
    lead: Lead | None
    facts: dict[str, Scalar | None]
    fault: str = ""

    @property
    def acts(self) -> bool:
        """Whether its step has an effect that is to be carried out."""
        return isinstance(self.pinned.definition.step(self.state.step), ActionStep) and not self.fault


def remember(session: Session, rows: Iterable[Claimed], pins: Pins) -> None:
    """Add the versions that these rows are pinned to.

    Raises:
        NotFound: one of them is gone.
        VersionUnreadable: one of them does not fit its schema.
    """
    for version_no in {row.version_no for row in rows} - pins.keys():
        pins[version_no] = versions.pinned_version(session, version_no)


def moves_at_once(session: Session, rows: Iterable[Claimed], pins: Pins, now: datetime) -> dict[int, Move]:
    """The moves of those rows that can be moved without an effect, by number; the others need a lease.

    Rows that stand alike, at a step from which the lead makes no difference, come to the same and are moved as one.

    Args:
        session: the transaction that has found them.
        rows: what is due.
        pins: the versions that they are pinned to.
        now: the aware moment at which they are all moved.
    """
    alike: dict[tuple[int | bool, ...], list[Claimed]] = {}
    single: list[Claimed] = []
    for row in rows:
        pinned = pins[row.version_no]
        if row.context is None and row.step in pinned.plain:
            alike.setdefault((row.version_no, row.step, row.seq, row.attempt, row.is_test), []).append(row)
        elif row.step not in pinned.acting:
            single.append(row)
    moves: dict[int, Move] = {}
    for group in alike.values():
        move = walked(_anybody(group[0], pins), now)
        moves |= dict.fromkeys([row.enrolment_no for row in group], move)
    claimed, _ = read(session, single, pins)
    return moves | {claim.state.enrolment_no: walked(claim, now) for claim in claimed}


def _anybody(row: Claimed, pins: Pins) -> Claim:
    """The claim without what tells one row from another that stands alike; its number is there to be named."""
    pinned = pins[row.version_no]
    state = enrolments.state_of(row, pinned)
    return Claim(pinned, state.model_copy(update={"entry": "", "due_at": None}), None, {})


def walked(claim: Claim, now: datetime) -> Move:
    """Take the steps without effect that are due now; one that breaks is set aside at the step it came to."""
    state, records = claim.state, list[Record]()
    try:
        for reached, lines in _walk(claim, now):
            state = reached
            records += lines
    except Exception as error:  # noqa: BLE001 (whatever is wrong with one lead, the others go on)
        _LOG.exception("a step of %s broke", claim.state.execution_id)
        state, effects = step(claim.pinned.definition, state, SetAside(detail=told(error)), now)
        records += [effect for effect in effects if isinstance(effect, Record)]
    return Move(claim.pinned, claim.state, state, tuple(records))


def _walk(claim: Claim, now: datetime) -> Iterator[tuple[EnrolmentState, list[Record]]]:
    """Each step without effect that is due now, up to the next action or wait."""
    state, definition = claim.state, claim.pinned.definition
    for _ in range(CHAIN):
        event = SetAside(detail=claim.fault) if claim.fault else Due(facts=claim.facts)
        state, effects = step(definition, state, event, now)
        yield state, [effect for effect in effects if isinstance(effect, Record)]
        if not due_again(state, now) or isinstance(definition.step(state.step), ActionStep):
            return


def wakes_at(state: EnrolmentState) -> datetime | None:
    """When an enrolment is due; None where it does not wait."""
    return state.due_at if state.status == "waiting" else None


def due_again(state: EnrolmentState, now: datetime) -> bool:
    """Whether an enrolment that has been moved is due at this very moment."""
    at = wakes_at(state)
    return at is not None and at <= now


def read(session: Session, rows: Sequence[Claimed], pins: Pins) -> tuple[list[Claim], list[Broken]]:
    """What moving these rows takes, in a few queries for all of them; nothing of leads who make no difference.

    Args:
        session: where to read.
        rows: what is claimed.
        pins: the versions that they are pinned to.

    Returns:
        The claims, and what cannot be read; who was erased since the claim is in neither.
    """
    wanted = {row.lead_no for row in rows if row.step not in pins[row.version_no].plain}
    people = leads.by_number(session, wanted) if wanted else {}
    asking = [row.enrolment_no for row in rows if _may_ask(row, pins)]
    sends = email_sends.sends_of(session, asking) if asking else {}
    claimed: list[Claim] = []
    broken: list[Broken] = []
    for row in rows:
        if row.lead_no in wanted and row.lead_no not in people:
            # Who was erased since the claim is gone with the enrolment.
            continue
        try:
            claimed.append(_claim(row, pins, people.get(row.lead_no), sends.get(row.enrolment_no, ())))
        except Exception as error:  # noqa: BLE001 (as above)
            broken.append(Broken(row, pins[row.version_no].workflow_no, told(error)))
    return claimed, broken


def _claim(row: Claimed, pins: Pins, lead: Lead | str | None, sends: Sequence[EmailSend]) -> Claim:
    pinned = pins[row.version_no]
    if not isinstance(lead, Lead):
        return Claim(pinned, enrolments.state_of(row, pinned), None, {}, fault=lead or "")
    state = enrolments.state_of(row, pinned, lead.lead_id, lead.time_zone)
    facts = gather_facts(pinned.definition, lead, sends) if _may_ask(row, pins) else {}
    return Claim(pinned, state, lead, facts)


def _may_ask(row: Claimed, pins: Pins) -> bool:
    """Whether the row may come to a condition before its next action."""
    pinned = pins[row.version_no]
    return row.step not in pinned.plain and row.step not in pinned.acting
