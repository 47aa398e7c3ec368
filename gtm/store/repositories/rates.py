"""How many leads of a venture may be taken up a minute: set by an operator, spent inside the claim's transaction."""

from collections.abc import Collection, Mapping
from datetime import datetime

from sqlalchemy import bindparam, update
from sqlmodel import Session, col, select

from gtm.domain.rates import MOVE, credit_at
from gtm.store.models.rates import VentureRate
from gtm.store.repositories.statements import change, remove, upsert


def rate_of(session: Session, venture_id: str) -> int | None:
    """A venture's limit a minute; None where there is none."""
    statement = select(VentureRate.per_minute).where(col(VentureRate.venture_id) == venture_id)
    return session.exec(statement).first()


def set_rate(session: Session, venture_id: str, per_minute: int | None, now: datetime) -> None:
    """Set a venture's limit, with a minute's worth to begin with; None takes it away."""
    if per_minute is None:
        remove(session, VentureRate, col(VentureRate.venture_id) == venture_id)
        return
    row = {"venture_id": venture_id, "per_minute": per_minute, "credit": per_minute * MOVE, "counted_at": now}
    upsert(session, VentureRate, [row], ["venture_id"])


def allowances(session: Session, ventures: Collection[str], now: datetime) -> dict[str, int]:
    """How many leads of each of these ventures may be taken up now; who is not named has no limit.

    Locks the rows for the rest of the transaction where the database can: two workers never spend one credit.
    """
    rows = session.connection().execute(_LOCKED, {"ventures": sorted(ventures)})
    return {venture_id: credit_at(now, at, credit, limit) // MOVE for venture_id, limit, credit, at in rows}


_LOCKED = (
    select(VentureRate.venture_id, VentureRate.per_minute, VentureRate.credit, VentureRate.counted_at)
    .where(col(VentureRate.venture_id).in_(bindparam("ventures", expanding=True)))
    .order_by(col(VentureRate.venture_id))
    .with_for_update()
)


def spend(session: Session, taken: Mapping[str, int], now: datetime) -> None:
    """Take what was taken up off the buckets, which `allowances` has locked in this transaction."""
    for venture_id, moves in sorted(taken.items()):
        row = session.get_one(VentureRate, venture_id, populate_existing=True)
        left = credit_at(now, row.counted_at, row.credit, row.per_minute) - moves * MOVE
        change(
            session,
            update(VentureRate).where(col(VentureRate.venture_id) == venture_id).values(credit=left, counted_at=now),
        )
