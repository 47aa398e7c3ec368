"""Pacing a venture's ad flights anew where something changed: a day is over, what was spent, a pause, an amount, a day.

The rows are what ad platforms are to be told; no platform is connected yet. The plan that LEAD approved stays as it is.
"""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

from sqlmodel import Session

from gtm.automation.operations import actor_of
from gtm.domain.base import Model, sha256_of
from gtm.domain.campaign_limits import PacingNumbers
from gtm.domain.errors import Conflict, InvalidInput, NotFound
from gtm.domain.money import cents, split_by_weights, usd
from gtm.domain.pacing import carried_on, day_cap, without_day
from gtm.domain.schedule import AdFlight
from gtm.store.repositories import flights, logs, ventures
from gtm.store.repositories.flights import StoredFlight


@dataclass(frozen=True)
class Wanted:
    """What a person wants changed before flights are paced anew.

    Attributes:
        amounts: dollars of a channel's whole flight.
        pause: channels on which nothing is to be spent from now on.
        resume: channels that go on.
        close: days that take no money any more.
    """

    amounts: Mapping[str, Decimal] = field(default_factory=dict)
    pause: Collection[str] = ()
    resume: Collection[str] = ()
    close: Collection[date] = ()


NOTHING = Wanted()


class Repaced(Model):
    """One flight before and after.

    Attributes:
        today: in its zone; from this day on it was paced anew.
        spent: dollars of its days before, as known or else as planned.
        without_day: dollars that found no day, for a person to decide on.
    """

    schedule_id: str
    before: AdFlight
    after: AdFlight
    today: date
    spent: Decimal
    paused: bool
    without_day: Decimal

    @property
    def changed(self) -> bool:
        """Whether anything is other than before."""
        return self.before != self.after


def preview(
    session: Session, venture_id: str, numbers: PacingNumbers, now: datetime, wanted: Wanted = NOTHING
) -> tuple[Repaced, ...]:
    """What pacing a venture's flights anew would do; nothing is changed.

    Args:
        session: where to read.
        venture_id: the venture.
        numbers: how far a day may lie above the mean.
        now: the aware moment; each flight's day is that of its zone.
        wanted: what a person wants changed first.

    Raises:
        NotFound: there is no such venture, or no flight on a channel that is named.
        InvalidInput: an amount is negative, or less than was spent; or a day to close is over or in no flight.
        Conflict: the amounts come to more than the budget plan gave these channels.
    """
    return tuple(one for _, one in _worked_out(session, venture_id, numbers, now, wanted))


def repace_venture(
    session: Session, venture_id: str, numbers: PacingNumbers, who: str, now: datetime, wanted: Wanted = NOTHING
) -> tuple[Repaced, ...]:
    """Pace a venture's flights anew and store them; those that changed, each with a line in the audit log.

    Args:
        session: a write transaction.
        venture_id: the venture.
        numbers: how far a day may lie above the mean.
        who: a person's name, or `upkeep:TASK`.
        now: the aware moment.
        wanted: what a person wants changed first.

    Raises:
        as `preview`.
    """
    done = []
    for stored, one in _worked_out(session, venture_id, numbers, now, wanted, lock=True):
        if stored is not None:
            flights.save(session, stored)
        if one.changed:
            done.append(one)
            _note(session, venture_id, one, who, now)
    return tuple(done)


def _worked_out(
    session: Session,
    venture_id: str,
    numbers: PacingNumbers,
    now: datetime,
    wanted: Wanted,
    *,
    lock: bool = False,
) -> list[tuple[StoredFlight | None, Repaced]]:
    """Every flight, with what is to be stored of it; None where it was paced by the very same before."""
    ventures.require(session, venture_id)
    known = flights.of_venture(session, venture_id, lock=lock)
    _must_be_there(known, wanted)
    _must_be_ahead(known, wanted, now)
    spent = _spent(session, known)
    found: list[tuple[StoredFlight | None, Repaced]] = []
    for before in known:
        today = now.astimezone(ZoneInfo(before.flight.zone)).date()
        asked = _asked(before, wanted, today)
        figures = {**_idle(before, today), **spent[before.schedule_id]}
        by = _hash(today, asked, figures)
        if by == before.paced_by:
            found.append((None, _told(before, before, today)))
            continue
        cap = day_cap(asked.flight, numbers.day_over_mean)
        after = carried_on(asked.flight, figures, today, closed=asked.closed, paused=asked.paused, cap=cap)
        made = replace(asked, flight=after, paced_by=by)
        found.append((made, _told(before, made, today)))
    _must_fit(session, venture_id, [one for _, one in found], wanted)
    return found


def _idle(before: StoredFlight, today: date) -> dict[date, Decimal]:
    """The days since a person paused a flight: nothing was spent on them, unless a figure says so."""
    since = before.paused_since
    return {day.on: Decimal("0.00") for day in before.flight.days if since is not None and since <= day.on < today}


def _hash(today: date, asked: StoredFlight, figures: Mapping[date, Decimal]) -> str:
    """What a flight is paced by: the same again changes nothing, also where what is left cannot be spread evenly."""
    spent = [[on.isoformat(), str(amount)] for on, amount in sorted(figures.items()) if on < today]
    closed = sorted(day.isoformat() for day in asked.closed)
    return sha256_of([today.isoformat(), str(asked.flight.amount), asked.paused, closed, spent])


def _must_be_there(known: Sequence[StoredFlight], wanted: Wanted) -> None:
    channels = {one.flight.channel for one in known}
    for name in (*wanted.amounts, *wanted.pause, *wanted.resume):
        if name not in channels:
            raise NotFound(
                f"there is no ad flight on {name}", field="channel", value=name,
                allowed=", ".join(sorted(channels)) or "none: the venture has no ad flight",
            )  # fmt: skip


def _must_be_ahead(known: Sequence[StoredFlight], wanted: Wanted, now: datetime) -> None:
    """A day that is to be closed lies in a flight, and is not over there; else nothing would change, unsaid."""
    if not known:
        return
    spans = "; ".join(dict.fromkeys(f"{one.flight.channel} {one.flight.starts} to {one.flight.ends}" for one in known))
    for day in wanted.close:
        flown = [one.flight for one in known if one.flight.starts <= day <= one.flight.ends]
        if flown and any(day >= now.astimezone(ZoneInfo(flight.zone)).date() for flight in flown):
            continue
        raise InvalidInput(
            f"{day} is over" if flown else f"{day} lies outside of every ad flight", field="--close", value=str(day),
            allowed=f"a day from today on in {spans}", hint="choose a day in one of the flights, or leave --close out",
        )  # fmt: skip


def _asked(before: StoredFlight, wanted: Wanted, today: date) -> StoredFlight:
    flight, since = before.flight, before.paused_since
    if flight.channel in wanted.pause:
        since = since or today
    if flight.channel in wanted.resume:
        since = None
    amount = wanted.amounts.get(flight.channel, flight.amount)
    if amount < 0 or amount != amount.quantize(Decimal("0.01")):
        raise InvalidInput("that is no amount", field=flight.channel, value=str(amount), allowed="dollars and cents")
    return replace(
        before,
        flight=flight.model_copy(update={"amount": cents(amount)}),
        paused_since=since,
        closed=before.closed | {day for day in wanted.close if flight.starts <= day <= flight.ends},
    )


def _spent(session: Session, known: Sequence[StoredFlight]) -> Mapping[str, Mapping[date, Decimal]]:
    """What each flight spent, by day: a campaign's figure goes to its flights by what they had planned for that day."""
    by_campaign = flights.spend_by_day(session, sorted({one.flight.campaign_id for one in known}))
    found: dict[str, dict[date, Decimal]] = defaultdict(dict)
    for campaign_id, days in by_campaign.items():
        mine = [one for one in known if one.flight.campaign_id == campaign_id]
        for on, amount in days.items():
            flown = [one for one in mine if one.flight.starts <= on <= one.flight.ends]
            planned = [next((d.amount for d in one.flight.days if d.on == on), Decimal(0)) for one in flown]
            weights = planned if any(planned) else [Decimal(1)] * len(flown)
            if flown:
                parts = split_by_weights(amount, weights)
                for one, part in zip(flown, parts, strict=True):
                    found[one.schedule_id][on] = part
    return found


def _told(before: StoredFlight, after: StoredFlight, today: date) -> Repaced:
    gone = sum((day.amount for day in after.flight.days if day.on < today), Decimal("0.00"))
    return Repaced(
        schedule_id=before.schedule_id,
        before=before.flight,
        after=after.flight,
        today=today,
        spent=gone,
        paused=after.paused,
        without_day=without_day(after.flight),
    )


def _must_fit(session: Session, venture_id: str, worked: Sequence[Repaced], wanted: Wanted) -> None:
    if not wanted.amounts:
        return
    for one in worked:
        if one.after.channel in wanted.amounts and one.after.amount < one.spent:
            raise InvalidInput(
                f"{usd(one.spent)} is spent on {one.after.channel} already", field=one.after.channel,
                value=str(one.after.amount), allowed=f"{one.spent} or more",
            )  # fmt: skip
    channels = sorted({one.after.channel for one in worked})
    allowed = flights.month_budgets(session, venture_id, channels)
    asked = sum((one.after.amount for one in worked), Decimal("0.00"))
    if asked > allowed:
        raise Conflict(
            f"the flights would come to {usd(asked)}, and the budget plan gave their channels {usd(allowed)}",
            field="--budget", value=str(asked), allowed=f"at most {allowed} together",
            hint="a larger budget is approved in a run: gtm run",
        )  # fmt: skip


def _note(session: Session, venture_id: str, one: Repaced, who: str, now: datetime) -> None:
    logs.audit(
        session,
        actor=actor_of(who),
        action="flight.repaced",
        subject=one.schedule_id,
        now=now,
        venture_id=venture_id,
        data={
            "channel": one.after.channel,
            "from": one.today.isoformat(),
            "amount": str(one.after.amount),
            "spent": str(one.spent),
            "paused": one.paused,
            "without_day": str(one.without_day),
        },
    )
