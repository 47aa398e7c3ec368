"""A camera that draws nothing: its pictures are real PNG files of one colour, which depends on the page."""

import hashlib
import struct
import zlib

from gtm.domain.errors import Unavailable

HEIGHT = 8


class FakeCamera:
    """Takes pictures without a browser.

    Args:
        broken: whether it fails as a browser does that cannot be started.
    """

    def __init__(self, *, broken: bool = False) -> None:
        self.broken = broken
        self.shot: list[tuple[str, int]] = []
        self.open = False

    def shoot(self, html: str, width: int) -> bytes:
        """A picture of that width, the same for the same page."""
        if self.broken:
            raise Unavailable("the browser cannot be started", field="GTM_CHROMIUM")
        self.shot.append((html, width))
        self.open = True
        colour = hashlib.sha256(html.encode()).digest()[:3]
        return png(width, HEIGHT, colour)

    def close(self) -> None:
        """Nothing is left open."""
        self.open = False


def png(width: int, height: int, colour: bytes) -> bytes:
    """A PNG file of one colour.

    Args:
        width: in pixels.
        height: in pixels.
        colour: red, green and blue, a byte each.
    """
    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    rows = zlib.compress((b"\0" + colour * width) * height)
    chunks = ((b"IHDR", header), (b"IDAT", rows), (b"IEND", b""))
    body = b"".join(
        struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data)) for name, data in chunks
    )
    return b"\x89PNG\r\n\x1a\n" + body
