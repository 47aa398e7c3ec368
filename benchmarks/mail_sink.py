"""A mail server in a process of its own that takes everything and counts it.

Usage: python -m benchmarks.mail_sink — prints its port, then the number of messages whenever a line comes in.
"""

import socket
import sys
from typing import Any

from aiosmtpd.controller import Controller


class _Count:
    taken = 0

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:  # noqa: N802  # aiosmtpd's name
        self.taken += 1
        return "250 OK"


def main() -> None:
    """Serve until the input ends."""
    handler = _Count()
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = int(free.getsockname()[1])
    controller = Controller(handler, hostname="127.0.0.1", port=port)
    controller.start()
    print(port, flush=True)
    for _ in sys.stdin:
        print(handler.taken, flush=True)
    controller.stop()


if __name__ == "__main__":
    main()
