"""Speaks the DevTools protocol to one browser: pages without scripts and without a network, drawn and photographed."""

import base64
import itertools
import json
import math
import os
import time
from typing import Any

from gtm.connectors.chromium.process import Browser
from gtm.connectors.chromium.schemas import TALLEST, ChromiumSettings
from gtm.domain.errors import Unavailable, shorten

WINDOW = 400
"""Pixels from top to bottom of the window that a page is laid out in, and the least of a picture."""
_OUTSIDE = ("http", "https", "ws", "wss", "ftp", "file")
PHONE = 600
"""Pixels up to which a width is a phone's, with a phone's way of laying pages out."""


class ChromiumClient:
    """One browser, in which each picture has a page of its own.

    Args:
        settings: which browser, and how long it may take.

    Raises:
        Unavailable: it cannot be started, or does not answer.
    """

    def __init__(self, settings: ChromiumSettings) -> None:
        self._settings = settings
        self._numbers = itertools.count(1)
        self.product = ""
        # Where the kernel forbids the sandbox, as in many containers, it ends at once; as root it never starts.
        for sandbox in (True, False) if os.getuid() else (False,):
            self._browser = Browser(settings, sandbox=sandbox)
            try:
                self.product = str(self._call("Browser.getVersion")["product"])
                return
            except Unavailable:
                self._browser.close()
                if not sandbox:
                    raise

    def shoot(self, html: str, width: int) -> bytes:
        """The whole page as PNG; see `gtm.domain.proofing.Camera`.

        Raises:
            Unavailable: the browser has ended, or does not answer in time.
        """
        target = self._call("Target.createTarget", url="about:blank")["targetId"]
        page = str(self._call("Target.attachToTarget", targetId=target, flatten=True)["sessionId"])
        self._call("Page.enable", page)
        self._shut(page)
        frame = self._call("Page.getFrameTree", page)["frameTree"]["frame"]["id"]
        self._resize(page, width)
        self._call("Page.setDocumentContent", page, frameId=frame, html=html)
        size = self._call("Page.getLayoutMetrics", page)["cssContentSize"]
        # The window stays as it is: what is measured by it (vh) would grow with it, and be cut off below.
        whole = {"x": 0, "y": 0, "width": width, "height": min(max(math.ceil(size["height"]), 1), TALLEST), "scale": 1}
        taken = self._call("Page.captureScreenshot", page, format="png", captureBeyondViewport=True, clip=whole)
        picture = base64.b64decode(taken["data"])
        self._call("Target.closeTarget", targetId=target)
        return picture

    def _shut(self, page: str) -> None:
        """No script runs in a page, and no request leaves it."""
        self._call("Emulation.setScriptExecutionDisabled", page, value=True)
        self._call("Network.enable", page)
        self._call("Network.setBlockedURLs", page, urls=[f"{scheme}://*" for scheme in _OUTSIDE])
        none = {"latency": 0, "downloadThroughput": 0, "uploadThroughput": 0}
        self._call("Network.emulateNetworkConditions", page, offline=True, **none)

    def close(self) -> None:
        """End the browser."""
        self._browser.close()

    def _resize(self, page: str, width: int) -> None:
        size = {"width": width, "height": WINDOW, "deviceScaleFactor": 1, "mobile": width <= PHONE}
        self._call("Emulation.setDeviceMetricsOverride", page, **size)

    def _call(self, method: str, page: str = "", **parameters: Any) -> dict[str, Any]:
        """One command, to a page or to the browser, and its answer; events that come between are passed over."""
        deadline = time.monotonic() + self._settings.seconds
        number = next(self._numbers)
        message = {"id": number, "method": method, "params": parameters} | ({"sessionId": page} if page else {})
        self._browser.tell(json.dumps(message).encode(), deadline)
        while True:
            try:
                answer = json.loads(self._browser.hear(deadline))
            except ValueError as error:
                raise Unavailable("what answered is no browser", field="GTM_CHROMIUM") from error
            if not isinstance(answer, dict) or answer.get("id") != number:
                continue
            if "error" in answer:
                raise Unavailable(f"the browser refused {method}: {shorten(str(answer['error']))}")
            result: dict[str, Any] = answer["result"]
            return result
