"""A mail server in a process of its own that takes everything and counts it.

Usage: python -m benchmarks.mail_sink [PIPELINING] — prints its port; a line with a moment of the monotonic clock is
then answered with the number of messages taken, and of those whose sender was named after that moment.
"""

import socket
import subprocess
import sys
import time
from bisect import bisect_right
from typing import Any

from aiosmtpd.controller import Controller

from benchmarks.conditions import tree_cpu_seconds


class Sink:
    """The server's process, from the outside; a context manager.

    Args:
        pipelining: whether it offers to take commands before it has answered those before them (RFC 2920), as mail
            servers in earnest do; its library takes them either way.
    """

    def __init__(self, *, pipelining: bool = False) -> None:
        command = [sys.executable, "-m", "benchmarks.mail_sink", *(["PIPELINING"] if pipelining else [])]
        self._process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        assert self._process.stdin is not None and self._process.stdout is not None
        self._in, self._out = self._process.stdin, self._process.stdout
        self.port = int(self._out.readline())

    def __enter__(self) -> "Sink":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def taken(self) -> int:
        """How many messages it has taken."""
        return self._ask(0.0)[0]

    def begun_after(self, moment: float) -> int:
        """How many of them began, with MAIL, after a moment of `time.monotonic`, which all processes share."""
        return self._ask(moment)[1]

    def cpu_seconds(self) -> float:
        """How long the processor has worked for it."""
        return tree_cpu_seconds(self._process.pid)

    def _ask(self, moment: float) -> tuple[int, int]:
        self._in.write(f"{moment!r}\n")
        self._in.flush()
        taken, after = self._out.readline().split()
        return int(taken), int(after)

    def close(self) -> None:
        """End it."""
        self._in.close()
        self._process.wait()


class _Count:
    def __init__(self, *offers: str) -> None:
        self.begun: list[float] = []
        self.offers = [f"250-{offer}" for offer in offers]

    async def handle_EHLO(  # noqa: N802  # aiosmtpd's name
        self, server: Any, session: Any, envelope: Any, hostname: str, responses: list[str]
    ) -> list[str]:
        session.host_name = hostname
        return [*responses[:-1], *self.offers, responses[-1]]

    async def handle_MAIL(  # noqa: N802  # aiosmtpd's name
        self, server: Any, session: Any, envelope: Any, address: str, options: list[str]
    ) -> str:
        envelope.mail_from = address
        envelope.begun = time.monotonic()
        return "250 OK"

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:  # noqa: N802  # aiosmtpd's name
        self.begun.append(envelope.begun)
        return "250 OK"

    def told(self, moment: float) -> str:
        """How many, and how many that began later than that."""
        if not moment:
            return f"{len(self.begun)} 0"
        begun = sorted(self.begun)
        return f"{len(begun)} {len(begun) - bisect_right(begun, moment)}"


def main() -> None:
    """Serve until the input ends."""
    handler = _Count(*sys.argv[1:])
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = int(free.getsockname()[1])
    controller = Controller(handler, hostname="127.0.0.1", port=port)
    controller.start()
    print(port, flush=True)
    for line in sys.stdin:
        print(handler.told(float(line)), flush=True)
    controller.stop()


if __name__ == "__main__":
    main()
