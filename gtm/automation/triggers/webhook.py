"""webhook: a signed request's person is stored and their workflow started, in one transaction, once.

Requests that come at one time share a transaction; each has its own answer, as if it had come alone. What a request
must be stands in `gtm.domain.webhook`, what it may bring in `gtm.domain.webhook_lead`.
"""

import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from pydantic import ValidationError
from sqlalchemy.exc import SQLAlchemyError
from sqlmodel import Session

from gtm.automation.asking import Asked, ask, held, pending
from gtm.automation.guards_preferences import USUAL
from gtm.automation.registering import register
from gtm.automation.triggers.enrol import UNCONFIRMED, Fired, fire, fire_fresh
from gtm.domain.base import Model
from gtm.domain.enrolment import Lead
from gtm.domain.errors import Conflict, GtmError, NotFound, Replayed, StoreError
from gtm.domain.limits import RetentionDays
from gtm.domain.preferences import agreement
from gtm.domain.sessions import REGISTERED
from gtm.domain.webhook import SIGNATURE_HEADER, Signed, secret_ref, verify
from gtm.domain.webhook_lead import WebhookLead, parse
from gtm.domain.workflow import TriggerDefinition
from gtm.store.database import Database
from gtm.store.models.base import new_id
from gtm.store.repositories import automation, firings, leads, preferences, ventures
from gtm.store.vault import Vault

_LOG = logging.getLogger(__name__)


Days = Callable[[], int]
"""Tells for how many days somebody may confirm; asked where somebody is to."""


def usual_days() -> int:
    """The days where no policy says others."""
    return RetentionDays().unconfirmed_days


class Received(Model):
    """What came of a webhook."""

    lead_id: str
    created: bool
    fired: Fired


@dataclass(frozen=True)
class _Taken:
    """A request whose signature is right and whose body can be read."""

    trigger_id: str
    digits: str
    person: WebhookLead

    @property
    def event(self) -> str:
        """What tells the event; a request that names none is one by itself: no signature is taken twice."""
        return self.person.event_key or self.digits


def receive(database: Database, vault: Vault, request: Signed, now: datetime, *, days: Days = usual_days) -> Received:
    """Take a signed request: its person is stored and its workflow started, once.

    One whose consent is `pending` is asked by mail to confirm it, and the workflow starts when they do.

    Args:
        database: the store.
        vault: holds the trigger's secret.
        request: as it came.
        now: the aware moment.
        days: for how many days they may confirm.

    Raises:
        NotFound: there is no such webhook.
        SignatureRefused: see `verify`.
        Replayed: this signature has come before.
        UsageError, InvalidInput: see `parse`.
        Conflict: the trigger is not enabled, or has no secret.
    """
    (answer,) = receive_many(database, vault, [request], now, days=days)
    if isinstance(answer, Exception):
        raise answer
    return answer


def receive_many(
    database: Database, vault: Vault, requests: Sequence[Signed], now: datetime, *, days: Days = usual_days
) -> list[Received | Exception]:
    """Take signed requests in one transaction, in order; the answer of each, or what `receive` would raise for it.

    Where something breaks that none of them is known to be to blame for, each is taken by itself.
    """
    try:
        return _receive(database, vault, requests, now, days)
    except StoreError as error:
        return [error for _ in requests]
    except (GtmError, SQLAlchemyError, ValidationError) as error:
        if len(requests) == 1:
            return [error]
        _LOG.info("%d webhooks could not be taken together, each is taken by itself: %s", len(requests), error)
        return [receive_many(database, vault, [one], now, days=days)[0] for one in requests]


def _receive(
    database: Database, vault: Vault, requests: Sequence[Signed], now: datetime, days: Days
) -> list[Received | Exception]:
    secrets = _secrets(database, vault, {one.trigger_id for one in requests})
    answers: list[Received | Exception] = []
    taken: dict[str, dict[int, _Taken]] = {}
    for place, request in enumerate(requests):
        try:
            one = _check(secrets, request, now)
            taken.setdefault(one.trigger_id, {})[place] = one
            answers.append(NotFound("not taken yet"))
        except GtmError as error:
            answers.append(error)
    if taken:
        # Whoever called is told that it was taken, and will not call again.
        with database.write(durable=True) as session:
            for trigger_id, group in taken.items():
                for place, answer in zip(group, _take(session, trigger_id, [*group.values()], now, days), strict=True):
                    answers[place] = answer
    return answers


def _secrets(database: Database, vault: Vault, trigger_ids: set[str]) -> dict[str, str | GtmError]:
    """The secret of each trigger, or why there is none to be had."""
    found: dict[str, str | GtmError] = {}
    with database.read() as session:
        for trigger_id in trigger_ids:
            try:
                found[trigger_id] = _secret(session, vault, trigger_id)
            except GtmError as error:
                found[trigger_id] = error
    return found


def _secret(session: Session, vault: Vault, trigger_id: str) -> str:
    row = automation.get_trigger(session, trigger_id)
    if row.type != "webhook":
        raise NotFound("there is no such webhook", field="trigger_id", value=trigger_id)
    ref = secret_ref(row.venture_id, trigger_id)
    try:
        return vault.get(session, ref)
    except NotFound as error:
        raise Conflict(
            "this webhook has no secret yet", field="trigger_id", value=trigger_id, hint=f"gtm vault put {ref}"
        ) from error


def _check(secrets: Mapping[str, str | GtmError], request: Signed, now: datetime) -> _Taken:
    secret = secrets[request.trigger_id]
    if isinstance(secret, GtmError):
        raise secret
    digits = verify(secret, request.timestamp, request.signature, request.body, now)
    return _Taken(request.trigger_id, digits, parse(request.body))


def _take(
    session: Session, trigger_id: str, group: Sequence[_Taken], now: datetime, days: Days
) -> list[Received | Exception]:
    """Take the requests of one trigger: signatures that are new, people who are new, and whom the trigger wants."""
    row = automation.get_trigger(session, trigger_id)
    if not row.enabled:
        return [Conflict("the trigger is not enabled", field="trigger_id", value=trigger_id) for _ in group]
    unused = firings.first_uses(session, row.trigger_no or 0, {one.digits for one in group}, now)
    wanted: list[_Taken | None] = []
    for one in group:
        wanted.append(one if one.digits in unused else None)
        unused.discard(one.digits)
    trigger = automation.trigger_of(row)
    people = _People(session, trigger, row.venture_id, [one for one in wanted if one is not None], now, days)
    return [
        Replayed("this request has been taken before", field=SIGNATURE_HEADER) if one is None else people.answer(one)
        for one in wanted
    ]


class _People:
    """The people of one trigger's requests: who is new is stored and fired for at once, the others one by one."""

    def __init__(
        self,
        session: Session,
        trigger: TriggerDefinition,
        venture_id: str,
        requests: list[_Taken],
        now: datetime,
        days: Days,
    ) -> None:
        self._session, self._trigger, self._now, self._days = session, trigger, now, days
        emails = {one.person.email for one in requests}
        self._stored = leads.find_by_emails(session, venture_id, emails)
        first = {one.person.email: one for one in reversed(requests) if one.person.email not in self._stored}
        strangers = {email: _as_lead(venture_id, one.person) for email, one in reversed(first.items())}
        numbers = leads.add_many(session, [*strangers.values()], now)
        if len(numbers) < len(strangers):
            self._stored |= leads.find_by_emails(session, venture_id, strangers.keys() - numbers.keys())
        new = {numbers[email]: lead for email, lead in strangers.items() if email in numbers}
        events = {number: first[lead.email].event for number, lead in new.items()}
        fired = fire_fresh(session, trigger, new, now, events)
        self._stored |= {lead.email: lead for lead in new.values()}
        self._fired = {lead.email: one for lead, one in zip(new.values(), fired, strict=True)}
        for lead in new.values():
            if lead.consent == "pending":
                self._ask(lead, first[lead.email])

    def answer(self, request: _Taken) -> Received:
        """What came of a request; of two with one new address the first has brought the person."""
        lead = self._stored[request.person.email]
        fired = self._fired.pop(request.person.email, None)
        if fired is not None:
            return Received(lead_id=lead.lead_id, created=True, fired=fired)
        if request.person.consent == "pending" and (open_ := held(self._session, lead)) is not None:
            self._ask(open_, request, registers_for=str(request.person.attributes.get(REGISTERED) or ""))
            waits = Fired(
                trigger_id=self._trigger.trigger_id, workflow_id=self._trigger.workflow_id, skipped=UNCONFIRMED
            )
            return Received(lead_id=lead.lead_id, created=False, fired=waits)
        # A known person's fields are not written over by a stranger's request, but that they registered is news.
        if registered := request.person.attributes.get(REGISTERED):
            register(self._session, lead.lead_id, str(registered), self._now)
        fired = fire(self._session, self._trigger, lead, self._now, duplicate=True, event=request.event)
        return Received(lead_id=lead.lead_id, created=False, fired=fired)

    def _ask(self, lead: Lead, request: _Taken, registers_for: str = "") -> None:
        """Have them asked to confirm that they agree to mail of the kind that the webhook's workflow sends."""
        campaign_id = automation.get_workflow(self._session, self._trigger.workflow_id).campaign_id
        purpose = preferences.purposes(self._session, [campaign_id]).get(campaign_id, USUAL)
        asked = Asked(
            purpose=purpose,
            wording=agreement(ventures.sender_name(self._session, lead.venture_id), purpose),
            source=f"webhook {self._trigger.trigger_id}",
            expires_at=self._now + timedelta(days=self._days()),
            registers_for=registers_for,
            trigger_id=self._trigger.trigger_id,
            event=request.event,
        )
        ask(self._session, lead, asked, self._now)


def _as_lead(venture_id: str, person: WebhookLead) -> Lead:
    lead = Lead(lead_id=new_id("lead"), venture_id=venture_id, **person.model_dump(exclude={"event_key"}))
    return pending(lead) if lead.consent == "pending" else lead
