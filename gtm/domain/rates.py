"""A limit of so many a minute as a token bucket in whole numbers: nothing is lost or won by rounding."""

from datetime import datetime, timedelta

MOVE = 60_000_000
"""One move in parts: a limit of N a minute earns N parts a microsecond."""
MOST_PER_MINUTE = 1_000_000


def credit_at(now: datetime, counted_at: datetime, credit: int, per_minute: int) -> int:
    """What a bucket holds at a moment; it never holds more than a minute's worth.

    A clock that was set back earns nothing, and takes nothing away.

    Args:
        now: the aware moment.
        counted_at: when it held `credit`.
        credit: what it held then, in parts of `MOVE`.
        per_minute: the limit.
    """
    passed = max(timedelta(0), now - counted_at) // timedelta(microseconds=1)
    return min(per_minute * MOVE, credit + passed * per_minute)
