"""A browser as a process of its own, spoken to over two pipes that it finds as file descriptors 3 and 4.

No port is opened, so nobody else on this machine can drive it.
"""

import fcntl
import os
import select
import shutil
import signal
import tempfile
import time
from contextlib import suppress
from pathlib import Path

from gtm.connectors.chromium.schemas import ChromiumSettings, flags
from gtm.domain.errors import Unavailable, shorten

_CHUNK = 1 << 16
_LARGEST = 256 * 1024 * 1024
"""Bytes of one answer; a picture of 16,000 pixels has a few million."""
_TOLD = "errors"
_HINT = "set GTM_CHROMIUM to the path of a Chromium browser, or leave it away"


class Browser:
    """A running browser.

    Args:
        settings: which, and how long it may take.
        sandbox: whether it is started in its own sandbox.

    Raises:
        Unavailable: there is no such program.
    """

    def __init__(self, settings: ChromiumSettings, *, sandbox: bool) -> None:
        self._settings = settings
        self._folder = Path(tempfile.mkdtemp(prefix="gtm-chromium-"))
        self._rest = bytearray()
        self._pid = 0
        self._read, self._write = -1, -1
        try:
            self._start([str(settings.program), *flags(self._folder / "profile", sandbox=sandbox)])
        except OSError as error:
            self.close()
            raise Unavailable(
                f"the browser {settings.program} cannot be started: {error.strerror}",
                field="GTM_CHROMIUM",
                value=str(settings.program),
                hint=_HINT,
            ) from error

    def _start(self, arguments: list[str]) -> None:
        theirs_in, self._write = os.pipe()
        self._read, theirs_out = os.pipe()
        # Away from the numbers 3 and 4 first, which the child finds them under.
        ends = [fcntl.fcntl(fd, fcntl.F_DUPFD_CLOEXEC, 10) for fd in (theirs_in, theirs_out)]
        errors = str(self._folder / _TOLD)
        try:
            self._pid = os.posix_spawn(
                arguments[0],
                arguments,
                {"PATH": os.defpath, "HOME": str(self._folder), "TMPDIR": str(self._folder), "LANG": "C.UTF-8"},
                file_actions=[
                    (os.POSIX_SPAWN_OPEN, 0, os.devnull, os.O_RDONLY, 0),
                    (os.POSIX_SPAWN_OPEN, 1, os.devnull, os.O_WRONLY, 0),
                    (os.POSIX_SPAWN_OPEN, 2, errors, os.O_WRONLY | os.O_CREAT, 0o600),
                    (os.POSIX_SPAWN_DUP2, ends[0], 3),
                    (os.POSIX_SPAWN_DUP2, ends[1], 4),
                ],
                setpgroup=0,
            )
        finally:
            for fd in (theirs_in, theirs_out, *ends):
                os.close(fd)
        os.set_blocking(self._write, False)
        os.set_blocking(self._read, False)

    def tell(self, message: bytes, deadline: float) -> None:
        """Send one message.

        Raises:
            Unavailable: the browser has ended, or does not take it in time.
        """
        left = memoryview(message + b"\0")
        while left:
            self._wait([], [self._write], deadline)
            try:
                left = left[os.write(self._write, left[:_CHUNK]) :]
            except BlockingIOError:
                continue
            except OSError as error:
                raise self._ended() from error

    def hear(self, deadline: float) -> bytes:
        """The next message.

        Raises:
            Unavailable: the browser has ended, or says nothing in time.
        """
        while True:
            end = self._rest.find(b"\0")
            if end >= 0:
                message = bytes(self._rest[:end])
                del self._rest[: end + 1]
                return message
            self._wait([self._read], [], deadline)
            try:
                part = os.read(self._read, _CHUNK)
            except BlockingIOError:
                continue
            if not part:
                raise self._ended()
            self._rest += part
            if len(self._rest) > _LARGEST:
                raise Unavailable("the browser's answer is too long", value=len(self._rest), allowed=str(_LARGEST))

    def _wait(self, reading: list[int], writing: list[int], deadline: float) -> None:
        left = deadline - time.monotonic()
        if left <= 0 or not any(select.select(reading, writing, [], left)):
            raise Unavailable(
                f"the browser gave no answer within {self._settings.seconds:g} s",
                field="GTM_CHROMIUM",
                value=str(self._settings.program),
                hint="try again when this machine has less to do",
            )

    def _ended(self) -> Unavailable:
        return Unavailable(
            f"the browser ended: {self._told() or 'it is no Chromium, or it cannot run here'}",
            field="GTM_CHROMIUM",
            value=str(self._settings.program),
            hint=_HINT,
        )

    def _told(self) -> str:
        """The last that it wrote on its way out."""
        with suppress(OSError):
            lines = (self._folder / _TOLD).read_text(encoding="utf-8", errors="replace").strip().splitlines()
            return shorten(lines[-1], 200) if lines else ""
        return ""

    def close(self) -> None:
        """End it and all its processes, and remove what it wrote."""
        for fd in (self._read, self._write):
            if fd >= 0:
                os.close(fd)
        self._read = self._write = -1
        if self._pid:
            with suppress(ProcessLookupError):
                os.killpg(self._pid, signal.SIGKILL)
            with suppress(ChildProcessError):
                os.waitpid(self._pid, 0)
            self._pid = 0
        shutil.rmtree(self._folder, ignore_errors=True)
