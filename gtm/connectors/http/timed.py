"""One deadline for a whole call: look-up, connecting, sending, reading head and body, however slowly each byte comes.

The time-outs of an HTTP client are those of one read each, and a server that sends a byte a second meets them for ever.
"""

import ssl
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from functools import cache
from typing import Any

import httpcore
import httpx

_ENDS: ContextVar[float | None] = ContextVar("ends", default=None)


@contextmanager
def deadline(seconds: float) -> Iterator[None]:
    """Everything that a `TimedTransport` does in this block is over after so many seconds, or raises a time-out."""
    token = _ENDS.set(time.monotonic() + seconds)
    try:
        yield
    finally:
        _ENDS.reset(token)


def left() -> float | None:
    """Seconds to the deadline of the present call; None where there is none."""
    ends = _ENDS.get()
    return None if ends is None else ends - time.monotonic()


class TimedTransport(httpx.HTTPTransport):
    """A transport without proxies that heeds `deadline`."""

    def __init__(self) -> None:
        super().__init__(verify=trusted(), trust_env=False)
        self._pool = httpcore.ConnectionPool(ssl_context=trusted(), network_backend=_Backend())


@cache
def trusted() -> ssl.SSLContext:
    """Whom to trust, read once: reading the certificates takes a good part of what a short call may."""
    return httpx.create_ssl_context(trust_env=False)


class _Backend(httpcore.NetworkBackend):
    def __init__(self) -> None:
        self._below = httpcore.SyncBackend()

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore.NetworkStream:
        allowed = _within(timeout, httpcore.ConnectTimeout)
        return _Stream(self._below.connect_tcp(host, port, allowed, local_address, socket_options))

    def sleep(self, seconds: float) -> None:
        self._below.sleep(seconds)


class _Stream(httpcore.NetworkStream):
    def __init__(self, below: httpcore.NetworkStream) -> None:
        self._below = below

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        return self._below.read(max_bytes, _within(timeout, httpcore.ReadTimeout))

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        self._below.write(buffer, _within(timeout, httpcore.WriteTimeout))

    def close(self) -> None:
        self._below.close()

    def start_tls(
        self, ssl_context: ssl.SSLContext, server_hostname: str | None = None, timeout: float | None = None
    ) -> httpcore.NetworkStream:
        return _Stream(self._below.start_tls(ssl_context, server_hostname, _within(timeout, httpcore.ConnectTimeout)))

    def get_extra_info(self, info: str) -> Any:
        return self._below.get_extra_info(info)


def _within(timeout: float | None, late: type[Exception]) -> float | None:
    rest = left()
    if rest is None:
        return timeout
    if rest <= 0:
        raise late("the call took longer than it may")
    return rest if timeout is None else min(timeout, rest)
