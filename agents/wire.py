"""The one HTTP connection of a run to its model server: paced, counted, and the only holder of the API key.

Both clients (CrewAI's and langchain-openai's) go through it. They are given a stand-in for the key, so that no
object of theirs can show, log or store the real one; the key is put on each request here, and taken out of whatever
the server sends back. Every attempt passes these hooks, so the ledger counts what the server counts.
"""

import json
import threading
import time
from collections.abc import Callable, Mapping
from types import TracebackType
from typing import Any, Self, TypeGuard

import httpx
from typing_extensions import override

from agents.models import ModelSettings
from agents.usage import OpenCall, UsageLedger, open_call

STAND_IN_KEY = "sent-by-the-wire"
"""What the SDK clients hold instead of the API key."""

LONGEST_HOLD = 120.0
"""Seconds a server may ask everybody to wait with Retry-After; the OpenAI SDK draws the same line."""

MOST_BYTES = 2_000_000
"""The longest body of an answer; more is not read, as no answer of ours is near it."""

NOT_SENT = (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout, httpx.UnsupportedProtocol)
"""What httpx raises before a request has left."""

CONNECT_SECONDS = 10.0
"""The longest a connection may take to be made."""


class RateLimiter:
    """Spaces requests evenly and holds all of them back when the server asks for it; safe to share between threads.

    Args:
        per_minute: requests a minute, or None for no spacing.
        now: monotonic seconds.
        sleep: waits so many seconds.
    """

    def __init__(
        self,
        per_minute: int | None,
        *,
        now: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self._interval = 60.0 / per_minute if per_minute else 0.0
        self._now = now
        self._sleep = sleep
        self._next = now()
        self._lock = threading.Lock()

    def wait(self) -> float:
        """Wait for this request's turn and return the seconds waited."""
        with self._lock:
            now = self._now()
            turn = max(self._next, now)
            self._next = turn + self._interval
        if (delay := turn - now) > 0:
            self._sleep(delay)
        return max(delay, 0.0)

    def hold(self, seconds: float) -> None:
        """Let no request go for so many seconds from now; more than `LONGEST_HOLD` is not waited for."""
        if seconds <= LONGEST_HOLD:
            with self._lock:
                self._next = max(self._next, self._now() + seconds)


class _Client(httpx.Client):
    """Tells the open call's budget of requests that never reached the server."""

    @override
    def send(self, request: httpx.Request, **options: Any) -> httpx.Response:
        """Send a request; one that could not leave costs nothing."""
        try:
            return super().send(request, **options)
        except NOT_SENT:
            if (record := open_call()) is not None and record.hold is not None:
                record.hold.free()
            raise


class Wire:
    """The connection of one run; close it when the run ends, or use it in a `with` block.

    Args:
        settings: a live model's settings.
        ledger: takes every attempt and every usage figure.
        limiter: paces the requests; by default one made from the settings.

    Raises:
        ConfigError: the settings name the embedded playbook.
    """

    def __init__(self, settings: ModelSettings, ledger: UsageLedger, *, limiter: RateLimiter | None = None) -> None:
        self.endpoint = settings.endpoint
        self.timeout = httpx.Timeout(settings.timeout_seconds, connect=min(CONNECT_SECONDS, settings.timeout_seconds))
        self._key = settings.api_key
        self._ledger = ledger
        self._limiter = limiter or RateLimiter(settings.requests_per_minute)
        limits = httpx.Limits(
            max_connections=settings.max_parallel, max_keepalive_connections=settings.max_parallel, keepalive_expiry=60
        )
        # A redirect is not followed: it would carry the key to another host.
        self.client = _Client(
            timeout=self.timeout,
            limits=limits,
            follow_redirects=False,
            event_hooks={"request": [self._leaving], "response": [self._arriving]},
        )

    def __repr__(self) -> str:
        return f"Wire({self.endpoint!r})"

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Close the connections; a second call does nothing."""
        self.client.close()

    def redact(self, text: str) -> str:
        """The text without the API key."""
        return text if self._key is None else text.replace(self._key.get_secret_value(), "***")

    def _leaving(self, request: httpx.Request) -> None:
        self._limiter.wait()
        if self._key is None:
            request.headers.pop("Authorization", None)
        else:
            request.headers["Authorization"] = f"Bearer {self._key.get_secret_value()}"
        self._ledger.attempt()

    def _arriving(self, response: httpx.Response) -> None:
        whole = _read(response)
        if response.status_code == 429 and (seconds := retry_after(response.headers)):
            self._limiter.hold(seconds)
        if self._key is not None and (key := self._key.get_secret_value().encode()) in response.content:
            # A server that quotes the key in an error would have it logged by the SDKs.
            response._content = response.content.replace(key, b"***")
        if (record := open_call()) is not None:
            note_answer(record, response)
            if not whole and response.is_success:
                record.malformed = f"the body has more than {MOST_BYTES} bytes"


def _read(response: httpx.Response) -> bool:
    """Read the body, unpacked, as far as the limit; whether that was all of it. What is longer is taken as empty."""
    parts: list[bytes] = []
    size = 0
    for part in response.iter_bytes():
        parts.append(part)
        size += len(part)
        if size > MOST_BYTES:
            response.close()
            response._content = b""
            return False
    response._content = b"".join(parts)
    return True


def retry_after(headers: Mapping[str, str]) -> float | None:
    """Seconds the server asks to wait (`Retry-After` of RFC 9110 10.2.3 in its seconds form, or `retry-after-ms`)."""
    for name, unit in (("retry-after-ms", 1000.0), ("retry-after", 1.0)):
        try:
            seconds = float(headers[name]) / unit
        except (KeyError, ValueError):
            continue
        if 0 < seconds < float("inf"):
            return seconds
    return None


def note_answer(record: OpenCall, response: httpx.Response) -> None:
    """Note the tokens, the finish reason and the shape of an answer on the call it belongs to, and on its budget."""
    try:
        body = json.loads(response.content)
    except (ValueError, RecursionError):
        body = None
    if not isinstance(body, dict):
        body = None
    usage = body.get("usage") if body else None
    tokens = (_count(usage.get("prompt_tokens")), _count(usage.get("completion_tokens"))) if _is_map(usage) else (0, 0)
    record.prompt_tokens += tokens[0]
    record.completion_tokens += tokens[1]
    if response.is_success:
        record.replied = True
        record.finish_reason, record.malformed = _read_choice(body)
    if record.hold is not None and (any(tokens) or not response.is_success):
        # An answer without usage stays charged with what was set aside for it.
        record.hold.count(*tokens)


def _is_map(value: Any) -> TypeGuard[dict[str, Any]]:
    return isinstance(value, dict)


def _count(value: Any) -> int:
    return value if isinstance(value, int) and not isinstance(value, bool) and value > 0 else 0


def _read_choice(body: dict[str, Any] | None) -> tuple[str, str]:
    """The finish reason of a completion, and why the body is not one (empty when it is)."""
    if body is None:
        return "", "the body is not a JSON object"
    choices = body.get("choices")
    if not isinstance(choices, list) or not choices or not isinstance(choices[0], dict):
        return "", "the body has no choices"
    reason = str(choices[0].get("finish_reason") or "")
    if not isinstance(choices[0].get("message"), dict):
        return reason, "the choice has no message"
    return reason, ""
