"""RFC 9457 problem details for everything that goes wrong behind the web door."""

import json
from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

from fastapi import FastAPI, Request
from fastapi.responses import Response
from starlette.exceptions import HTTPException

from gtm.domain.errors import GtmError

MEDIA_TYPE = "application/problem+json"


def problem(status: int, detail: str, *, headers: Mapping[str, str] | None = None, **more: Any) -> Response:
    """A problem of the transport itself, such as 404 or 413; `more` is added as further members.

    The connection is closed, because the request's body may not have been read to its end.
    """
    title = HTTPStatus(status).phrase
    body = {"type": "about:blank", "title": title, "status": status, "detail": detail, **more}
    return rendered(body, {**(headers or {}), "Connection": "close"})


def rendered(body: Mapping[str, Any], headers: Mapping[str, str] | None = None) -> Response:
    """Problem details as a response."""
    # Surrogates cannot be encoded; they can only stem from what the caller sent.
    text = json.dumps(body, ensure_ascii=False).encode(errors="replace")
    return Response(text, status_code=int(body["status"]), media_type=MEDIA_TYPE, headers=dict(headers or {}))


def install(app: FastAPI) -> None:
    """Let one handler render every error of the application."""
    app.add_exception_handler(GtmError, _deliberate)
    app.add_exception_handler(HTTPException, _http)
    app.add_exception_handler(Exception, _unforeseen)


def _deliberate(_request: Request, error: Exception) -> Response:
    if not isinstance(error, GtmError):
        raise error
    return rendered(error.as_problem())


def _http(_request: Request, error: Exception) -> Response:
    if not isinstance(error, HTTPException):
        raise error
    return problem(error.status_code, str(error.detail), headers=error.headers)


def _unforeseen(_request: Request, _error: Exception) -> Response:
    # What happened stands in the server's log; a stranger learns nothing of the inside.
    return problem(500, "The server met an error that it did not foresee; its log has the details.")
