"""A load generator: keep-alive connections that send one request after another for a bounded time."""

import asyncio
import statistics
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from urllib.parse import urlsplit


@dataclass(frozen=True)
class Message:
    """What one request carries.

    Attributes:
        body: JSON.
        headers: besides those that every request has.
    """

    body: bytes
    headers: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Load:
    """What came back.

    Attributes:
        seconds: from the first request to the last answer.
        latencies: seconds of each request, sorted.
        failures: answers that were not of the 2xx.
    """

    seconds: float
    latencies: tuple[float, ...]
    failures: int

    @property
    def per_second(self) -> float:
        """Requests answered a second."""
        return len(self.latencies) / self.seconds

    def percentile(self, percent: int) -> float:
        """Milliseconds within which so many percent of the requests were answered."""
        cuts = statistics.quantiles(self.latencies, n=100, method="inclusive")
        return cuts[percent - 1] * 1000

    @property
    def longest(self) -> float:
        """Milliseconds of the slowest request."""
        return self.latencies[-1] * 1000


def generate(url: str, body: bytes, *, connections: int, seconds: float) -> Load:
    """Send the same POST over and over.

    Args:
        url: where to.
        body: JSON.
        connections: how many at a time, each waiting for its answer.
        seconds: for how long.

    Raises:
        OSError: the server is gone.
    """
    same = Message(body)
    return generate_each(url, lambda: same, connections=connections, seconds=seconds)


def generate_each(url: str, make: Callable[[], Message], *, connections: int, seconds: float) -> Load:
    """Send POSTs each of which is made just before it is sent; what making it takes is no part of its latency.

    Args:
        url: where to.
        make: makes the next one.
        connections: how many at a time, each waiting for its answer.
        seconds: for how long.

    Raises:
        OSError: the server is gone.
    """
    parts = urlsplit(url)
    head = f"POST {parts.path or '/'} HTTP/1.1\r\nHost: {parts.netloc}\r\nContent-Type: application/json\r\n"

    def request() -> bytes:
        message = make()
        own = "".join(f"{name}: {value}\r\n" for name, value in message.headers.items())
        return f"{head}{own}Content-Length: {len(message.body)}\r\n\r\n".encode() + message.body

    return asyncio.run(_generate(parts.hostname or "", parts.port or 80, request, connections, seconds))


async def _generate(host: str, port: int, request: Callable[[], bytes], connections: int, seconds: float) -> Load:
    started = time.perf_counter()
    until = started + seconds
    parts = await asyncio.gather(*(_one(host, port, request, until) for _ in range(connections)))
    took = time.perf_counter() - started
    latencies = sorted(latency for part, _ in parts for latency in part)
    return Load(took, tuple(latencies), sum(failures for _, failures in parts))


async def _one(host: str, port: int, request: Callable[[], bytes], until: float) -> tuple[list[float], int]:
    reader, writer = await asyncio.open_connection(host, port)
    latencies: list[float] = []
    failures = 0
    try:
        while time.perf_counter() < until:
            message = request()
            began = time.perf_counter()
            writer.write(message)
            head = await reader.readuntil(b"\r\n\r\n")
            await reader.readexactly(_length(head))
            latencies.append(time.perf_counter() - began)
            failures += not head.startswith(b"HTTP/1.1 2")
    finally:
        writer.close()
        await writer.wait_closed()
    return latencies, failures


def _length(head: bytes) -> int:
    start = head.lower().index(b"content-length:") + len(b"content-length:")
    return int(head[start : head.index(b"\r\n", start)])
