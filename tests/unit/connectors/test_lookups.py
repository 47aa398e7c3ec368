"""Names are looked up in a call's time, by so many threads at most, and found again once the resolver works."""

import socket
import threading
import time
from collections.abc import Iterator, Sequence

import pytest

from gtm.connectors.lookups import MOST_THREADS, Lookups, dial


class Stuck:
    """A resolver that answers nobody until it is freed."""

    def __init__(self) -> None:
        self.asked: list[str] = []
        self.stuck = True
        self.free = threading.Event()

    def __call__(self, host: str, _port: int) -> Sequence[str]:
        self.asked.append(host)
        if self.stuck:
            assert self.free.wait(30)
        return ["127.0.0.1"]


@pytest.fixture
def resolver() -> Iterator[Stuck]:
    made = Stuck()
    yield made
    made.free.set()


def hung(lookups: Lookups, host: str = "crm.example.test") -> None:
    with pytest.raises(TimeoutError):
        lookups.addresses(host, 443, 0.01)


def test_a_name_whose_look_up_is_stuck_is_asked_for_anew_after_a_while(resolver: Stuck) -> None:
    moment = [0.0]
    lookups = Lookups(resolver, given_up=60, monotonic=lambda: moment[0])
    hung(lookups)
    resolver.stuck = False
    moment[0] = 59
    hung(lookups)
    assert len(resolver.asked) == 1
    moment[0] = 60
    assert lookups.addresses("crm.example.test", 443, 30) == ["127.0.0.1"]
    assert len(resolver.asked) == 2


def test_a_look_up_that_comes_back_late_takes_nothing_from_the_next(resolver: Stuck) -> None:
    moment = [0.0]
    lookups = Lookups(resolver, given_up=60, monotonic=lambda: moment[0])
    hung(lookups)
    moment[0] = 60
    hung(lookups)
    assert len(resolver.asked) == 2
    resolver.free.set()
    assert lookups.addresses("crm.example.test", 443, 30) == ["127.0.0.1"]


def test_names_that_hang_give_their_places_back_once_no_call_waits_for_them(resolver: Stuck) -> None:
    lookups = Lookups(resolver)
    for number in range(MOST_THREADS):
        hung(lookups, f"hangs-{number}.test")
    resolver.stuck = False
    assert lookups.addresses("works.test", 443, 30) == ["127.0.0.1"]


def test_no_more_look_ups_are_waited_for_at_one_time_than_allowed(resolver: Stuck) -> None:
    moment = [0.0]
    lookups = Lookups(resolver, threads=2, monotonic=lambda: moment[0])
    # By the clock that is waited by, which stands still, calls wait for both.
    hung(lookups, "a.test")
    hung(lookups, "b.test")
    with pytest.raises(OSError, match="2 look-ups of names are under way"):
        lookups.addresses("c.test", 443, 30)
    moment[0] = 0.005
    with pytest.raises(TimeoutError):
        lookups.addresses("a.test", 443, 0.02)  # another call waits for the same look-up, and longer
    moment[0] = 0.015
    hung(lookups, "c.test")
    with pytest.raises(OSError, match="2 look-ups of names are under way"):
        lookups.addresses("d.test", 443, 30)
    assert resolver.asked == ["a.test", "b.test", "c.test"]


def test_no_more_threads_than_allowed_are_stuck_and_one_that_comes_back_makes_room(resolver: Stuck) -> None:
    lookups = Lookups(resolver, left_alone=2)
    for host in ("a.test", "b.test"):
        hung(lookups, host)
    time.sleep(0.02)
    began = time.monotonic()
    with pytest.raises(OSError, match="2 look-ups of names have not come back"):
        lookups.addresses("c.test", 443, 30)
    assert time.monotonic() - began < 5
    assert resolver.asked == ["a.test", "b.test"]
    resolver.stuck = False
    resolver.free.set()
    give_up = time.monotonic() + 30
    while True:
        try:
            assert lookups.addresses("c.test", 443, 30) == ["127.0.0.1"]
            break
        except OSError:
            assert time.monotonic() < give_up
            time.sleep(0.01)


def test_a_connection_is_dialled_to_the_first_address_that_takes_it() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        lookups = Lookups(lambda *_: ["127.0.0.2", "127.0.0.1"])
        with dial("mail.example.test", port, 5, lookups) as connection:
            assert connection.getpeername() == ("127.0.0.1", port)
            assert connection.gettimeout() == 5


def test_a_name_that_is_stuck_is_dialled_no_longer_than_allowed(resolver: Stuck) -> None:
    began = time.monotonic()
    with pytest.raises(TimeoutError, match="look-up of its name"):
        dial("mail.example.test", 25, 0.1, Lookups(resolver))
    assert time.monotonic() - began < 5


@pytest.mark.parametrize("host", ["a" * 64 + ".example.test", "mail..example.test"])
def test_a_name_that_cannot_be_spelt_is_no_host(host: str) -> None:
    def spelt(name: str, _port: int) -> Sequence[str]:
        return [str(name.encode("idna"))]

    with pytest.raises(OSError, match="no host is called"):
        dial(host, 25, 5, Lookups(spelt))


def test_a_name_without_addresses_is_not_dialled() -> None:
    with pytest.raises(OSError, match="no address"):
        dial("mail.example.test", 25, 5, Lookups(lambda *_: []))
