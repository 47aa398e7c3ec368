"""The threads that hand mails over, while their worker writes and reserves the next ones and notes the last.

A mail server takes its time over each mail, and so does writing and signing one; in turn, each waits for the other.
"""

import threading
from collections.abc import Callable, Iterator, Sequence
from queue import SimpleQueue

from gtm.automation.actions.base import Done
from gtm.store.database import Looks

AT_ONCE = 25
"""Outcomes that are waited for together: to wake for each costs as much as to answer it."""
PATIENCE = 0.1
"""Seconds for which they are; a server that is slower than that over so many is heard mail by mail."""


class Lanes:
    """One thread that writes mails, and as many that hand them over as the mailer takes at a time; first come, first
    begun.

    One set for a claim, so that its groups follow each other without a gap. Where one lane breaks, as by an interrupt,
    or where the block is left by an exception, nothing more is begun: what was reserved and not begun stays reserved,
    as it would after a kill. Use as a context manager; its end waits for what is under way.

    Args:
        looks: at the store, one before each mail.
        count: how many mails are handed over at a time.
    """

    def __init__(self, looks: Looks, count: int) -> None:
        self.looks = looks
        self._count = count
        self._unwritten: SimpleQueue[Task | None] = SimpleQueue()
        self._waiting: SimpleQueue[Task | None] = SimpleQueue()
        self._writer: threading.Thread | None = None
        self._threads: list[threading.Thread] = []
        self._broken: BaseException | None = None

    def __enter__(self) -> "Lanes":
        return self

    def __exit__(self, _kind: type[BaseException] | None, error: BaseException | None, _at: object) -> None:
        self._broken = self._broken or error
        if self._writer is not None:
            self._unwritten.put(None)
            self._writer.join()
        for _ in self._threads:
            self._waiting.put(None)
        for thread in self._threads:
            thread.join()

    def go(self, work: Callable[[], Done], before: Callable[[], None] | None = None) -> "Task":
        """Have something done once a lane is free.

        Args:
            work: for a lane.
            before: what can be done for it while every lane is at something else.
        """
        task = Task(work, before)
        if before is None:
            self._waiting.put(task)
        else:
            if self._writer is None:
                self._writer = self._started(self._write, "mail-writer")
            self._unwritten.put(task)
        if len(self._threads) < self._count:
            self._threads.append(self._started(self._serve, f"mail-{len(self._threads)}"))
        return task

    @staticmethod
    def _started(target: Callable[[], None], name: str) -> threading.Thread:
        thread = threading.Thread(target=target, name=name, daemon=True)
        thread.start()
        return thread

    def _write(self) -> None:
        while (task := self._unwritten.get()) is not None:
            if self._tried(task, task.prepare):
                self._waiting.put(task)

    def _serve(self) -> None:
        while (task := self._waiting.get()) is not None:
            self._tried(task, task.carry_out)

    def _tried(self, task: "Task", part: Callable[[], None]) -> bool:
        """Do a part of a task, and break it off where that fails, or where anything failed before."""
        try:
            if self._broken is None:
                part()
                return True
        except BaseException as error:  # noqa: BLE001 (it is raised again where the outcome is asked for)
            self._broken = self._broken or error
        task.break_off(self._broken)
        return False


class Task:
    """One piece of work and what it came to."""

    __slots__ = ("_before", "_done", "_ended", "_error", "_work")

    def __init__(self, work: Callable[[], Done], before: Callable[[], None] | None) -> None:
        self._work = work
        self._before = before
        self._done: Done | None = None
        self._error: BaseException | None = None
        # Held until the end: to wait for it is to take it. An Event, or a future, takes ten times as long to make.
        self._ended = threading.Lock()
        self._ended.acquire()

    def prepare(self) -> None:
        if self._before is not None:
            self._before()

    def carry_out(self) -> None:
        self._done = self._work()
        self._ended.release()

    def break_off(self, error: BaseException | None) -> None:
        self._error = error
        self._ended.release()

    def wait(self, seconds: float) -> None:
        """Wait until it has ended, but no longer than that."""
        if self._ended.acquire(timeout=seconds):
            self._ended.release()

    def outcome(self) -> Done:
        """Wait until it has ended, and answer what it came to, or raise what it raised."""
        with self._ended:
            if self._done is None:
                raise self._error or RuntimeError("a mail was neither handed over nor broken off")
            return self._done


def outcomes(tasks: Sequence[Task | Done]) -> Iterator[Done]:
    """What each of a group came to, in order, once it is known; those that follow each other soon are told together."""
    for start in range(0, len(tasks), AT_ONCE):
        some = tasks[start : start + AT_ONCE]
        last = next((one for one in reversed(some) if isinstance(one, Task)), None)
        if last is not None:
            last.wait(PATIENCE)
        for one in some:
            yield one.outcome() if isinstance(one, Task) else one
