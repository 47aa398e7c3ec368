"""The threads that hand mails over, while their worker writes and reserves the next ones and notes the last.

A mail server takes its time over each mail, and so does writing and signing one; done in turn, each waits for the other.
"""

import threading
from collections.abc import Callable
from queue import SimpleQueue
from types import TracebackType

from gtm.automation.actions.base import Done
from gtm.store.database import Looks

Outcome = Callable[[], Done]
"""Waits until something was done, and answers what it came to, or raises what it raised."""


class Lanes:
    """As many threads as the mailer hands mails over at a time; what comes first is begun first.

    One set for a claim, so that its groups follow each other without a gap. Where one lane breaks, as by an interrupt,
    or where the block is left by an exception, nothing more is begun: what was reserved and not begun stays reserved,
    as it would after a kill. Use as a context manager; its end waits for what is under way.

    Args:
        looks: at the store, one before each mail.
        count: how many.
    """

    def __init__(self, looks: Looks, count: int) -> None:
        self.looks = looks
        self._count = count
        self._waiting: SimpleQueue[_Task | None] = SimpleQueue()
        self._threads: list[threading.Thread] = []
        self._broken: BaseException | None = None

    def __enter__(self) -> "Lanes":
        return self

    def __exit__(self, _kind: type[BaseException] | None, error: BaseException | None, _at: TracebackType | None) -> None:
        self._broken = self._broken or error
        for _ in self._threads:
            self._waiting.put(None)
        for thread in self._threads:
            thread.join()

    def go(self, work: Callable[[], Done]) -> Outcome:
        """Have something done once a lane is free."""
        task = _Task(work)
        self._waiting.put(task)
        if len(self._threads) < self._count:
            thread = threading.Thread(target=self._serve, name=f"mail-{len(self._threads)}", daemon=True)
            self._threads.append(thread)
            thread.start()
        return task.outcome

    def _serve(self) -> None:
        while (task := self._waiting.get()) is not None:
            if self._broken is not None:
                task.break_off(self._broken)
                continue
            try:
                task.carry_out()
            except BaseException as error:  # noqa: BLE001 (it is raised again where the outcome is asked for)
                self._broken = self._broken or error
                task.break_off(error)


class _Task:
    """One piece of work and what it came to."""

    __slots__ = ("_done", "_ended", "_error", "_work")

    def __init__(self, work: Callable[[], Done]) -> None:
        self._work = work
        self._done: Done | None = None
        self._error: BaseException | None = None
        # Held until the end: to wait for it is to take it. An Event, or a future, takes ten times as long to make.
        self._ended = threading.Lock()
        self._ended.acquire()

    def carry_out(self) -> None:
        self._done = self._work()
        self._ended.release()

    def break_off(self, error: BaseException) -> None:
        self._error = error
        self._ended.release()

    def outcome(self) -> Done:
        with self._ended:
            if self._done is None:
                raise self._error or RuntimeError("a mail was neither handed over nor broken off")
            return self._done
