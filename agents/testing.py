"""A model server for tests and benchmarks: it speaks the OpenAI API on the loopback, and fails on command.

    with OpenAIServer(lambda request, number: Reply.say("Done.")) as server:
        settings = ModelSettings(provider="compatible", model="test", base_url=server.base_url)

It counts as a vendor would bill: every request, every completion delivered, and the tokens of those. A drafted step
is driven over the wire with `BrainFromDesk`. Needs nothing but the standard library.
"""

import json
import re
import threading
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass, field, replace
from types import TracebackType
from typing import Any, Self

from agents.desk import Desk, ToolDraft
from agents.testing_http import LoopbackServer


@dataclass(frozen=True, slots=True)
class Reply:
    """What the server answers to one request; the class methods name the usual ones.

    Attributes:
        text: the answer's content.
        tool_calls: the tools the answer calls.
        finish_reason: None for the one that fits (`tool_calls` or `stop`).
        status: HTTP status; above 399 the body is an error object with `text` as its message.
        retry_after: seconds, sent as Retry-After with millisecond precision.
        delay: seconds before the answer leaves.
        body: sent instead of the completion, as it is.
        drop: close the connection without a word.
        usage: tokens in and out; None for an estimate of four characters each.
    """

    text: str = ""
    tool_calls: tuple[ToolDraft, ...] = ()
    finish_reason: str | None = None
    status: int = 200
    retry_after: float | None = None
    delay: float = 0.0
    body: bytes | None = None
    drop: bool = False
    usage: tuple[int, int] | None = None

    @classmethod
    def say(cls, text: str, *, usage: tuple[int, int] | None = None) -> "Reply":
        """A final answer in words."""
        return cls(text=text, usage=usage)

    @classmethod
    def fill(cls, value: Any) -> "Reply":
        """A structured answer: the JSON of a value."""
        return cls(text=json.dumps(value, default=str))

    @classmethod
    def use(cls, name: str, arguments_json: str) -> "Reply":
        """One tool call."""
        return cls(tool_calls=(ToolDraft(name, arguments_json),))

    @classmethod
    def error(
        cls, status: int, message: str = "The server cannot answer.", retry_after: float | None = None
    ) -> "Reply":
        """An HTTP error, such as 429 with `retry_after` seconds, or 500."""
        return cls(text=message, status=status, retry_after=retry_after)

    @classmethod
    def truncated(cls, text: str) -> "Reply":
        """An answer cut off at the token limit."""
        return cls(text=text, finish_reason="length")

    @classmethod
    def malformed(cls, body: bytes = b'{"id": "cmpl-1", "choices": [') -> "Reply":
        """A 200 whose body is no completion."""
        return cls(body=body)

    @classmethod
    def dropped(cls) -> "Reply":
        """A connection closed without an answer."""
        return cls(drop=True)

    def late(self, seconds: float) -> "Reply":
        """This reply, so many seconds later."""
        return replace(self, delay=seconds)


Script = Callable[[dict[str, Any], int], Reply]
"""Answers the n-th chat request, counted from 1; called from several threads."""


@dataclass(frozen=True, slots=True)
class Exchange:
    """One chat request the server took and what came of it.

    Attributes:
        number: counted from 1, in the order of arrival.
        request: the request's JSON.
        authorization: the Authorization header, or an empty text.
        status: what was answered; 0 when the client had gone or the connection was dropped.
    """

    number: int
    request: dict[str, Any]
    authorization: str
    status: int


@dataclass(frozen=True, slots=True)
class Counts:
    """What the server counted: chat requests, delivered completions and their tokens, and requests for other paths."""

    requests: int = 0
    completions: int = 0
    prompt_tokens: int = 0
    completion_tokens: int = 0
    other_requests: int = 0


class OpenAIServer:
    """A loopback server with `/v1/chat/completions` (tools, JSON schemas; no streaming) and `/v1/models`.

    Args:
        reply: the script; see `in_turn` for a list.
        latency: seconds every chat answer takes at least.
        model: the one name `/v1/models` lists.
        api_key: refuse other bearer tokens with 401; None takes any.
    """

    def __init__(
        self, reply: Script, *, latency: float = 0.0, model: str = "test-model", api_key: str | None = None
    ) -> None:
        self.reply, self.latency, self.model, self.api_key = reply, latency, model, api_key
        self.closing = threading.Event()
        self._lock = threading.RLock()
        self._counts = Counts()
        self._log: dict[int, Exchange] = {}
        self._http = LoopbackServer(self)
        self._thread = threading.Thread(target=self._http.serve_forever, args=(0.02,), name="openai-server")

    @property
    def base_url(self) -> str:
        """The base URL for a client's settings."""
        return f"http://127.0.0.1:{self._http.server_port}/v1"

    @property
    def counts(self) -> Counts:
        """What was counted so far."""
        with self._lock:
            return self._counts

    @property
    def log(self) -> list[Exchange]:
        """The finished chat exchanges, by number."""
        with self._lock:
            return [self._log[number] for number in sorted(self._log)]

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Stop: delayed answers are abandoned, connections cut, all threads joined."""
        self.closing.set()
        self._http.shutdown()
        self._http.cut()
        self._http.server_close()
        self._thread.join()

    def answer(self, request: dict[str, Any], number: int, authorization: str) -> Reply:
        """The reply to a chat request: the script's, unless the key is wrong or a stream is asked for."""
        if self.api_key is not None and authorization != f"Bearer {self.api_key}":
            return Reply.error(401, "Incorrect API key provided.")
        if request.get("stream"):
            return Reply.error(400, "This server does not stream.")
        return self.reply(request, number)

    def take(self) -> int:
        """Count a chat request and return its number."""
        with self._lock:
            self._counts = replace(self._counts, requests=self._counts.requests + 1)
            return self._counts.requests

    def take_other(self) -> None:
        """Count a request for another path."""
        with self._lock:
            self._counts = replace(self._counts, other_requests=self._counts.other_requests + 1)

    def delivering(self) -> AbstractContextManager[object]:
        """Held while an answer goes out and is counted: whoever has read it finds it counted."""
        return self._lock

    def finished(
        self, number: int, request: dict[str, Any], authorization: str, status: int, usage: tuple[int, int] | None
    ) -> None:
        """Log an exchange, and count its tokens (in, out) when a completion was delivered."""
        with self._lock:
            self._log[number] = Exchange(number, request, authorization, status)
            if usage is not None:
                self._counts = replace(
                    self._counts,
                    completions=self._counts.completions + 1,
                    prompt_tokens=self._counts.prompt_tokens + usage[0],
                    completion_tokens=self._counts.completion_tokens + usage[1],
                )


def in_turn(*replies: Reply) -> Script:
    """A script that gives these replies one after another, and the last one from then on."""
    return lambda _, number: replies[min(number, len(replies)) - 1]


def step_in(request: dict[str, Any]) -> str:
    """The step a request is about: the first line `Step: 1.2` in its messages, or an empty text."""
    for message in request.get("messages", []):
        if found := re.search(r"(?im)^[ \t]*step:[ \t]*(\S+)[ \t]*$", str(message.get("content") or "")):
            return found[1]
    return ""


@dataclass(frozen=True)
class BrainFromDesk:
    """A script that works like a competent model: it makes the drafted tool calls one by one, then says the answer.

    Anything it cannot do as drafted (no step in the prompt, a tool not offered, no `write` for a structured request)
    is answered with HTTP 400, so that a run stops with the reason.

    Attributes:
        desk: the drafts.
        step_of: finds the step in a request; `step_in` by default.
        write: answers requests that ask for a JSON schema, with the value to send as JSON.
        faults: replies given instead, by request number; the request is answered properly when it comes again.
    """

    desk: Desk
    step_of: Callable[[dict[str, Any]], str] = step_in
    write: Callable[[dict[str, Any]], Any] | None = None
    faults: dict[int, Reply] = field(default_factory=dict)

    def __call__(self, request: dict[str, Any], number: int) -> Reply:
        """The reply to the n-th request."""
        if (fault := self.faults.get(number)) is not None:
            return fault
        if "response_format" in request:
            return self._fill(request)
        if not (step := self.step_of(request)):
            return Reply.error(400, "The prompt names no step.")
        drafts = self.desk.tool_calls(step)
        done = sum(message.get("role") == "tool" for message in request["messages"])
        if done >= len(drafts):
            return Reply.say(self.desk.final_answer(step))
        draft = drafts[done]
        if draft.name not in _offered(request):
            return Reply.error(400, f"Step {step} needs {draft.name}, which the request does not offer.")
        return Reply.use(draft.name, draft.arguments_json)

    def _fill(self, request: dict[str, Any]) -> Reply:
        if self.write is None:
            return Reply.error(400, "This brain does not write structured answers.")
        return Reply.fill(self.write(request))


def _offered(request: dict[str, Any]) -> set[str]:
    return {tool["function"]["name"] for tool in request.get("tools") or ()}
