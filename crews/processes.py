"""Which process is which: names that no other process has, and whether the one behind a name still lives.

Imports nothing but the standard library: `gtm status` and the agent endpoint ask it too.
"""

import os
import secrets
import socket
from datetime import datetime
from pathlib import Path


def new_owner(cluster: str = "") -> str:
    """A name for this process that no other has: host, process namespace, process id and start, a random part.

    Args:
        cluster: the workflow on a cluster in whose name the process works; empty where it works by itself.
    """
    mine = f"{_place()}/{os.getpid()}/{_started(os.getpid())}/{secrets.token_hex(4)}"
    return f"{mine}@{cluster}" if cluster else mine


def between_steps(cluster: str) -> str:
    """The owner of a run that a workflow on a cluster drives while no process takes a step of it."""
    return f"@{cluster}"


def is_between_steps(owner: str) -> bool:
    """Whether an owner only says who drives a run: no process is at work on it, and any may take it."""
    return owner.startswith("@")


def told(owner: str) -> str:
    """An owner in words: the workflow on a cluster, else the process and its machine."""
    process, _, cluster = owner.partition("@")
    if cluster:
        return f"Temporal, as {cluster}"
    parts = process.rsplit("/", 3)
    return f"process {parts[1]} on {parts[0].partition(':')[0]}" if len(parts) == 4 else process


def is_dead(owner: str) -> bool:
    """Whether an owner is a process of this very place that no longer lives; False when that cannot be known."""
    parts = owner.rsplit("/", 3)
    if len(parts) != 4 or parts[0] != _place() or not parts[1].isdigit():
        return False
    started = _started(int(parts[1]))
    return started == "gone" or (started != "unknown" and started != parts[2])


def is_driven(owner: str | None, until: datetime | None, now: datetime) -> bool:
    """Whether somebody drives a run: its lease has not ended, and its owner is not known to be dead.

    A cluster has the step of a dead process done by another one, and drives on.

    Args:
        owner: who holds the lease; None when nobody does.
        until: the aware moment at which the lease ends.
        now: the aware moment.
    """
    if owner is None or until is None or until <= now:
        return False
    return "@" in owner or not is_dead(owner)


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
