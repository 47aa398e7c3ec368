"""Looking names up within a call's time: the system's resolver (`getaddrinfo`) takes no time-out and cannot be stopped.

It therefore works in a thread of its own, which is left alone once the time is over.
"""

import socket
import time
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from dataclasses import dataclass, field
from threading import Lock, Thread

Resolver = Callable[[str, int], Sequence[str]]
"""The addresses behind a host name, as numbers; raises OSError when there are none."""

GIVEN_UP_SECONDS = 60.0
"""After so long a look-up counts as stuck, and the next call begins another: glibc's own patience with three name
servers that do not answer is half of it (resolv.conf(5): 5 seconds, 2 attempts each)."""
MOST_THREADS = 16
"""Look-ups that calls wait for at one time in one process."""
LEFT_ALONE = 128
"""Further look-ups that may be under way although no call waits for them any more: each is a thread that only the
resolver ends, and with glibc's patience and so many places names are still found while four a second hang."""


def resolve(host: str, port: int) -> Sequence[str]:
    """The addresses behind a name, as the system resolves it."""
    return tuple(dict.fromkeys(str(info[4][0]) for info in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)))


@dataclass
class _Asked:
    """A look-up under way.

    Attributes:
        began: by the clock that is waited by.
        until: the last moment at which a call waits for it; None for without end.
    """

    began: float
    until: float | None
    answer: Future[Sequence[str]] = field(default_factory=Future)


class Lookups:
    """Look-ups that are waited for no longer than a call may take.

    A name has one look-up under way at a time: who asks while it is under way waits for its answer. One that does not
    come back is given up after a while, so that the name is found again once the resolver works. Its thread stays, but
    its place is free as soon as no call waits for it, so that names that hang do not keep others from being found. An
    answer is kept for nobody who asks later.

    Args:
        resolver: looks names up; may block.
        threads: look-ups that calls may wait for at one time.
        left_alone: look-ups that may be under way without a call that waits for them.
        given_up: seconds after which a look-up counts as stuck.
        monotonic: the clock that is waited by.
    """

    def __init__(
        self,
        resolver: Resolver = resolve,
        *,
        threads: int = MOST_THREADS,
        left_alone: int = LEFT_ALONE,
        given_up: float = GIVEN_UP_SECONDS,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self._resolve = resolver
        self._most = threads
        self._most_alone = left_alone
        self._given_up = given_up
        self._monotonic = monotonic
        self._under_way: dict[tuple[str, int], _Asked] = {}
        self._threads: list[_Asked] = []
        self._lock = Lock()

    def addresses(self, host: str, port: int, seconds: float | None) -> Sequence[str]:
        """The addresses behind a name.

        Args:
            host: the name, or an address in any of its spellings.
            port: the port.
            seconds: how long to wait; None without end.

        Raises:
            OSError: there are none, too many look-ups are under way or stuck, or (TimeoutError) this one is not over in
                time.
            UnicodeError: no name is spelt like that.
        """
        asked = self._asked(host, port, seconds)
        try:
            return asked.result(None if seconds is None else max(seconds, 0))
        except TimeoutError as error:
            raise TimeoutError("the look-up of its name took longer than the call may") from error

    def _asked(self, host: str, port: int, seconds: float | None) -> Future[Sequence[str]]:
        key = (host, port)
        with self._lock:
            now = self._monotonic()
            until = None if seconds is None else now + seconds
            known = self._under_way.get(key)
            if known is not None and now - known.began < self._given_up:
                known.until = None if until is None or known.until is None else max(known.until, until)
                return known.answer
            self._make_room(now)
            asked = _Asked(now, until)
            # A daemon: a process that ends waits for no resolver.
            Thread(target=self._answer, args=(key, asked), name="name-lookup", daemon=True).start()
            self._under_way[key] = asked
            self._threads.append(asked)
            return asked.answer

    def _make_room(self, now: float) -> None:
        waited_for = sum(1 for one in self._threads if one.until is None or one.until > now)
        alone = len(self._threads) - waited_for
        if waited_for >= self._most:
            raise OSError(f"{waited_for} look-ups of names are under way, as many as may be")
        if alone >= self._most_alone:
            raise OSError(f"{alone} look-ups of names have not come back; this machine's resolver is stuck")

    def _answer(self, key: tuple[str, int], asked: _Asked) -> None:
        found: Sequence[str] = ()
        fault: Exception | None = None
        try:
            found = self._resolve(*key)
        except Exception as error:  # noqa: BLE001 (raised again by whoever waits for it)
            fault = error
        with self._lock:
            # By identity: two that began alike are equal.
            self._threads = [one for one in self._threads if one is not asked]
            if self._under_way.get(key) is asked:
                del self._under_way[key]
        if fault is None:
            asked.answer.set_result(found)
        else:
            asked.answer.set_exception(fault)


NAMES = Lookups()
"""The look-ups of connectors that dial hosts which a person has configured; one bound for the whole process."""


def dial(host: str, port: int, seconds: float, lookups: Lookups = NAMES) -> socket.socket:
    """A connection to the first address behind a name that takes one; look-up and attempts end by one moment.

    As `socket.create_connection`, whose look-up has no end.

    Args:
        host: the name, or an address.
        port: the port.
        seconds: how long it may take in all; the socket's own time-out afterwards.
        lookups: looks the name up.

    Raises:
        OSError: there is no address, none takes a connection, or (TimeoutError) the time is over.
    """
    ends = time.monotonic() + seconds
    try:
        found = lookups.addresses(host, port, seconds)
    except UnicodeError as error:
        raise OSError(f"no host is called {host!r}") from error
    fault: OSError = OSError("there is no address behind its name")
    for address in found:
        left = ends - time.monotonic()
        if left <= 0:
            break
        try:
            connection = socket.create_connection((address, port), left)
        except OSError as error:
            fault = error
        else:
            connection.settimeout(seconds)
            return connection
    raise fault
