"""Who drives a run: a lease in the store, renewed while work goes on, taken over at once when its owner is dead."""

import os
import secrets
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

from gtm.domain.clock import Clock
from gtm.domain.errors import LeaseHeld
from gtm.store.database import Database
from gtm.store.repositories import runs


def new_owner() -> str:
    """A name for this process that no other has: host, process namespace, process id and start, a random part."""
    return f"{_place()}/{os.getpid()}/{_started(os.getpid())}/{secrets.token_hex(4)}"


def is_dead(owner: str) -> bool:
    """Whether an owner is a process of this very place that no longer lives; False when that cannot be known."""
    parts = owner.rsplit("/", 3)
    if len(parts) != 4 or parts[0] != _place() or not parts[1].isdigit():
        return False
    started = _started(int(parts[1]))
    return started == "gone" or (started != "unknown" and started != parts[2])


@contextmanager
def lease(database: Database, clock: Clock, run_id: str, seconds: int) -> Iterator[str]:
    """Hold the run's lease for the block; yields the owner's name.

    Args:
        database: the store.
        clock: tells when a lease ends.
        run_id: the run.
        seconds: how long the lease lasts without renewal; it is renewed three times as often.

    Raises:
        LeaseHeld: another living process drives the run; names it and until when.
    """
    owner = new_owner()
    _claim(database, clock, run_id, owner, seconds)
    done = threading.Event()
    beat = threading.Thread(target=_renew, args=(database, clock, run_id, owner, seconds, done), daemon=True)
    beat.start()
    try:
        yield owner
    finally:
        done.set()
        beat.join()
        with database.write() as session:
            runs.release(session, run_id, owner)


def _claim(database: Database, clock: Clock, run_id: str, owner: str, seconds: int) -> None:
    with database.write() as session:
        try:
            runs.claim_lease(session, run_id, owner, clock.now(), seconds)
        except LeaseHeld as held:
            holder = str(held.value)
            if not is_dead(holder):
                raise
            runs.take_over(session, run_id, holder, owner, clock.now(), seconds)


def _renew(database: Database, clock: Clock, run_id: str, owner: str, seconds: int, done: threading.Event) -> None:
    while not done.wait(seconds / 3):
        with database.write() as session:
            if not runs.renew(session, run_id, owner, clock.now() + timedelta(seconds=0), seconds):
                return


def _place() -> str:
    try:
        boot = Path("/proc/sys/kernel/random/boot_id").read_text().strip()[:8]
        namespace = str(Path("/proc/self/ns/pid").readlink())
    except OSError:
        return f"{socket.gethostname()}:unknown"
    return f"{socket.gethostname()}:{boot}:{namespace}"


def _started(pid: int) -> str:
    """The process's start in clock ticks since boot, `gone` when there is none, `unknown` where no /proc tells."""
    if not Path("/proc/self/stat").exists():
        return "unknown"
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
    except (FileNotFoundError, ProcessLookupError):
        return "gone"
    except OSError:
        return "unknown"
    return "gone" if fields[0] in "ZX" else fields[19]
