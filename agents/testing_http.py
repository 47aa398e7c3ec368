"""The HTTP half of the test model server: connections, faults and bodies."""

import json
import select
import socket
import sys
import threading
from collections.abc import Sequence
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any

from agents.desk import ToolDraft

if TYPE_CHECKING:
    from agents.testing import OpenAIServer, Reply

CHAT, MODELS = "/v1/chat/completions", "/v1/models"


class LoopbackServer(ThreadingHTTPServer):
    """One thread a connection; all are joined on close, so that a test can prove that nothing is left behind.

    Args:
        owner: scripts the answers and counts.
    """

    daemon_threads = False
    request_queue_size = 128

    def __init__(self, owner: "OpenAIServer") -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.owner = owner
        self._open: set[socket.socket] = set()
        self._open_lock = threading.Lock()

    def hold(self, connection: socket.socket) -> None:
        """A connection opens."""
        with self._open_lock:
            self._open.add(connection)

    def release(self, connection: socket.socket) -> None:
        """A connection has ended."""
        with self._open_lock:
            self._open.discard(connection)

    def cut(self) -> None:
        """Cut every connection, so that handlers waiting for a next request end."""
        with self._open_lock:
            for connection in self._open:
                _shut(connection)

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that went away is no news; anything else is shown."""
        if not isinstance(sys.exception(), OSError):
            super().handle_error(request, client_address)


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    server: LoopbackServer

    def setup(self) -> None:
        super().setup()
        self.server.hold(self.connection)

    def finish(self) -> None:
        self.server.release(self.connection)
        super().finish()

    def log_message(self, format: str, *args: Any) -> None:
        """Say nothing: the log is on the server object."""

    def do_GET(self) -> None:
        owner = self.server.owner
        owner.take_other()
        if self.path == MODELS:
            listed = {"id": owner.model, "object": "model", "created": 0, "owned_by": "test"}
            self._send(200, _dump({"object": "list", "data": [listed]}))
        else:
            self._send(404, _dump(_error(404, f"No such path: {self.path}")))

    def do_POST(self) -> None:
        owner = self.server.owner
        raw = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        if self.path != CHAT:
            owner.take_other()
            self._send(404, _dump(_error(404, f"No such path: {self.path}")))
            return
        number, authorization = owner.take(), self.headers.get("Authorization") or ""
        request = json.loads(raw)
        reply = owner.answer(request, number, authorization)
        usage = reply.usage or _usage(raw, reply)
        awaited = self._wait(max(reply.delay, owner.latency))
        with owner.delivering():
            delivered = awaited and self._answer(reply, request, number, usage)
            status = reply.status if delivered else 0
            billed = usage if delivered and reply.status == 200 and reply.body is None else None
            owner.finished(number, request, authorization, status, billed)

    def _wait(self, seconds: float) -> bool:
        """Wait, and tell whether the client is still there."""
        if seconds > 0 and self.server.owner.closing.wait(seconds):
            return False
        readable, _, _ = select.select([self.connection], [], [], 0)
        return not readable or self.connection.recv(1, socket.MSG_PEEK) != b""

    def _answer(self, reply: "Reply", request: dict[str, Any], number: int, usage: tuple[int, int]) -> bool:
        if reply.drop:
            self.close_connection = True
            _shut(self.connection)
            return False
        if reply.body is not None:
            body = reply.body
        elif reply.status >= 400:
            body = _dump(_error(reply.status, reply.text))
        else:
            body = _dump(_completion(reply, request, number, usage))
        self._send(reply.status, body, reply.retry_after)
        return True

    def _send(self, status: int, body: bytes, retry_after: float | None = None) -> None:
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        if retry_after is not None:
            self.send_header("Retry-After", f"{retry_after:g}")
            self.send_header("retry-after-ms", f"{retry_after * 1000:g}")
        self.end_headers()
        self.wfile.write(body)


def _shut(connection: socket.socket) -> None:
    try:
        connection.shutdown(socket.SHUT_RDWR)
    except OSError:
        # The client was first.
        return


def _dump(value: Any) -> bytes:
    return json.dumps(value).encode()


def _error(status: int, message: str) -> dict[str, Any]:
    return {"error": {"message": message, "type": "test_error", "param": None, "code": None, "status": status}}


def _usage(raw: bytes, reply: "Reply") -> tuple[int, int]:
    written = len(reply.text) + sum(len(call.name) + len(call.arguments_json) for call in reply.tool_calls)
    return len(raw) // 4 + 1, written // 4 + 1


def _completion(reply: "Reply", request: dict[str, Any], number: int, usage: tuple[int, int]) -> dict[str, Any]:
    message: dict[str, Any] = {"role": "assistant", "content": reply.text or None}
    if reply.tool_calls:
        message["tool_calls"] = _calls(reply.tool_calls, number)
    reason = reply.finish_reason or ("tool_calls" if reply.tool_calls else "stop")
    return {
        "id": f"chatcmpl-{number}",
        "object": "chat.completion",
        "created": 0,
        "model": request.get("model", ""),
        "choices": [{"index": 0, "message": message, "finish_reason": reason, "logprobs": None}],
        "usage": {"prompt_tokens": usage[0], "completion_tokens": usage[1], "total_tokens": sum(usage)},
    }


def _calls(drafts: Sequence[ToolDraft], number: int) -> list[dict[str, Any]]:
    return [
        {
            "id": f"call_{number}_{index}",
            "type": "function",
            "function": {"name": draft.name, "arguments": draft.arguments_json},
        }
        for index, draft in enumerate(drafts)
    ]
