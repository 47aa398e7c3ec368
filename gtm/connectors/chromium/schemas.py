"""How a browser is started, and what is asked of it."""

from collections.abc import Iterator
from pathlib import Path
from typing import Annotated

from pydantic import Field

from gtm.domain.base import Model

PROGRAMS = ("chromium", "chromium-browser", "google-chrome")
"""Under these names a browser is looked for where no path is set."""

TALLEST = 16_000
"""Pixels of a picture from top to bottom; what is longer is cut off there."""


class ChromiumSettings(Model):
    """A browser.

    Attributes:
        program: the path of a Chromium or Chrome.
        seconds: how long it may take to start, and for each answer.
    """

    program: Path
    seconds: Annotated[float, Field(gt=0, le=600)] = 30.0


def flags(profile: Path, *, sandbox: bool) -> Iterator[str]:
    """The arguments of a browser that talks over a pipe, keeps nothing and reaches nobody.

    Names resolve to nothing, addresses in figures go through a proxy that does not exist, and the page itself is set
    offline (see `client`): three doors, each shut.

    Args:
        profile: a fresh folder of its own.
        sandbox: whether the kernel may fence its processes in; as root it refuses to run with it.
    """
    yield from (
        "--headless",
        "--remote-debugging-pipe",
        f"--user-data-dir={profile}",
        "--host-resolver-rules=MAP * ~NOTFOUND",
        "--proxy-server=127.0.0.1:9",
        "--proxy-bypass-list=<-loopback>",
        "--disable-gpu",
        "--disable-quic",
        "--disable-sync",
        "--disable-extensions",
        "--disable-component-update",
        "--disable-background-networking",
        "--disable-dev-shm-usage",
        "--no-first-run",
        "--hide-scrollbars",
        "--mute-audio",
    )
    if not sandbox:
        yield "--no-sandbox"
    yield "about:blank"
