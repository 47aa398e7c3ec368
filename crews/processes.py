"""Which process is which: names that no other process has, and whether the one behind a name still lives.

Imports nothing but the standard library: `gtm status` and the agent endpoint ask it too.
"""

import os
import secrets
import socket
from datetime import datetime
from pathlib import Path


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


def is_driven(owner: str | None, until: datetime | None, now: datetime) -> bool:
    """Whether a living process drives a run: its lease has not ended, and its owner is not known to be dead.

    Args:
        owner: who holds the lease; None when nobody does.
        until: the aware moment at which the lease ends.
        now: the aware moment.
    """
    return owner is not None and until is not None and until > now and not is_dead(owner)


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
