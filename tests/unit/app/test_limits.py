"""How often somebody may post: the span slides, everybody has their own, and memory is bounded."""

from app.web import limits
from app.web.limits import RateLimit


class Watch:
    """Seconds that a test moves on."""

    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


def test_so_many_pass_within_the_span_and_the_next_waits_for_the_first_to_leave_it() -> None:
    watch = Watch()
    limit = RateLimit(2, 60, watch)
    assert limit.wait("a") == 0
    watch.now = 10
    assert limit.wait("a") == 0
    watch.now = 20
    assert limit.wait("a") == 40
    assert limit.wait("b") == 0
    watch.now = 60
    assert limit.wait("a") == 0
    assert limit.wait("a") == 10


def test_those_who_were_refused_do_not_wait_longer_for_having_asked() -> None:
    watch = Watch()
    limit = RateLimit(1, 60, watch)
    limit.wait("a")
    for second in range(59):
        watch.now = float(second)
        assert limit.wait("a") == 60 - second
    watch.now = 60
    assert limit.wait("a") == 0


def test_many_addresses_fill_no_memory() -> None:
    limit = RateLimit(1, 60, Watch())
    for number in range(limits.MOST_KEYS + 500):
        assert limit.wait(str(number)) == 0
    assert len(limit._passed) == limits.MOST_KEYS
    assert limit.wait(str(limits.MOST_KEYS + 499)) == 60
