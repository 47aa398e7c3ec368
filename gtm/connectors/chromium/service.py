"""Chromium as the camera of `gtm.domain.proofing`: started with the first picture, started anew once if it ends."""

import shutil
import threading
from pathlib import Path
from types import TracebackType
from typing import Self

from gtm.connectors.base import ConnectorStatus
from gtm.connectors.chromium.client import ChromiumClient
from gtm.connectors.chromium.schemas import PROGRAMS, ChromiumSettings
from gtm.domain.errors import InvalidInput, Unavailable

WIDEST = 10_000
LONGEST_HTML = 2_000_000
"""Characters of a page; one of a campaign has some ten thousand."""


class ChromiumCamera:
    """Draws pages, one at a time, in one browser; a context manager.

    Args:
        settings: which browser, and how long it may take.
    """

    name = "chromium"

    def __init__(self, settings: ChromiumSettings) -> None:
        self._settings = settings
        self._client: ChromiumClient | None = None
        self._lock = threading.Lock()

    def shoot(self, html: str, width: int) -> bytes:
        """The whole page as PNG; see `gtm.domain.proofing.Camera`.

        Raises:
            InvalidInput: the page is too long, or the width none.
            Unavailable: the browser cannot be started, or does not answer.
        """
        if not 1 <= width <= WIDEST:
            raise InvalidInput("this is no width", field="width", value=width, allowed=f"1 to {WIDEST} pixels")
        if len(html) > LONGEST_HTML:
            raise InvalidInput("the page is too long", field="html", allowed=f"at most {LONGEST_HTML} characters")
        with self._lock:
            before = self._client is not None
            try:
                return self._open().shoot(html, width)
            except Unavailable:
                self._close()
                if not before:
                    raise
            # One that drew pages before and broke down over this one gets one more chance, as a fresh one.
            try:
                return self._open().shoot(html, width)
            except Unavailable:
                self._close()
                raise

    def check(self) -> ConnectorStatus:
        """Start the browser, and ask what it is."""
        try:
            with self._lock:
                product = self._open().product
        except Unavailable as error:
            return ConnectorStatus(name=self.name, state="failing", detail=error.detail, fix=error.hint)
        finally:
            self.close()
        return ConnectorStatus(name=self.name, state="ready", detail=f"{product} at {self._settings.program}")

    def close(self) -> None:
        """End the browser; the next picture starts it again."""
        with self._lock:
            self._close()

    def __enter__(self) -> Self:
        """The camera itself; nothing is started yet."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """End the browser."""
        self.close()

    def _open(self) -> ChromiumClient:
        if self._client is None:
            self._client = ChromiumClient(self._settings)
        return self._client

    def _close(self) -> None:
        client, self._client = self._client, None
        if client is not None:
            client.close()


def find_browser() -> Path | None:
    """The browser on PATH, if there is one."""
    found = next(filter(None, map(shutil.which, PROGRAMS)), None)
    return Path(found) if found else None
