"""Looking names up within a call's time: the system's resolver (`getaddrinfo`) takes no time-out and cannot be stopped.

It therefore works in a thread of its own, which is left alone once the time is over.
"""

from collections.abc import Callable, Sequence
from concurrent.futures import Future
from threading import Lock, Thread

Resolver = Callable[[str, int], Sequence[str]]
"""The addresses behind a host name, as numbers; raises OSError when there are none."""


class Lookups:
    """Look-ups that are waited for no longer than a call may take.

    A name has one look-up under way at a time, so that a resolver that hangs holds one thread a name, however many
    calls come: who asks while it is under way waits for its answer. An answer is kept for nobody who asks later.

    Args:
        resolver: looks names up; may block.
    """

    def __init__(self, resolver: Resolver) -> None:
        self._resolve = resolver
        self._under_way: dict[tuple[str, int], Future[Sequence[str]]] = {}
        self._lock = Lock()

    def addresses(self, host: str, port: int, seconds: float | None) -> Sequence[str]:
        """The addresses behind a name.

        Args:
            host: the name, or an address in any of its spellings.
            port: the port.
            seconds: how long to wait; None without end.

        Raises:
            OSError: there are none, or (TimeoutError) the look-up is not over in time.
            UnicodeError: no name is spelt like that.
        """
        asked = self._asked(host, port)
        try:
            return asked.result(None if seconds is None else max(seconds, 0))
        except TimeoutError as error:
            raise TimeoutError("the look-up of its name took longer than the call may") from error

    def _asked(self, host: str, port: int) -> Future[Sequence[str]]:
        key = (host, port)
        with self._lock:
            if key in self._under_way:
                return self._under_way[key]
            asked: Future[Sequence[str]] = Future()
            # A daemon: a process that ends waits for no resolver.
            thread = Thread(target=self._answer, args=(key, asked), name="name-lookup", daemon=True)
            thread.start()
            self._under_way[key] = asked
            return asked

    def _answer(self, key: tuple[str, int], asked: Future[Sequence[str]]) -> None:
        found: Sequence[str] = ()
        fault: Exception | None = None
        try:
            found = self._resolve(*key)
        except Exception as error:  # noqa: BLE001 (raised again by whoever waits for it)
            fault = error
        with self._lock:
            del self._under_way[key]
        if fault is None:
            asked.set_result(found)
        else:
            asked.set_exception(fault)
