"""What the doors share in reading a request: a body that is not too long, a form's fields, the store behind them."""

import threading
from collections.abc import Callable
from typing import TYPE_CHECKING
from urllib.parse import parse_qsl

from fastapi import Request
from starlette.exceptions import HTTPException

if TYPE_CHECKING:
    from gtm.store.database import Database

_FORM = "application/x-www-form-urlencoded"
_MOST_FIELDS = 60


async def body_of(request: Request, limit: int, what: str) -> bytes:
    """The body; one that says it is too long is not read at all, one that does not say so is cut off.

    Args:
        request: as it came.
        limit: bytes it may have.
        what: the thing that is taken, for the refusal, such as `a command`.

    Raises:
        HTTPException: 413, it is longer.
    """
    too_long = HTTPException(413, f"{what} has at most {limit} bytes")
    declared = request.headers.get("content-length", "0")
    if not declared.isdigit() or int(declared) > limit:
        raise too_long
    chunks = bytearray()
    async for chunk in request.stream():
        chunks += chunk
        if len(chunks) > limit:
            raise too_long
    return bytes(chunks)


async def form_of(request: Request, limit: int, what: str) -> dict[str, str]:
    """The fields of a form as a browser posts it; of a field that comes twice, the first.

    Raises:
        HTTPException: 413, it is too long; 415, it is no such form; 400, it is not UTF-8 or has too many fields.
    """
    if request.headers.get("content-type", "").partition(";")[0].strip().lower() != _FORM:
        raise HTTPException(415, f"send {what} as {_FORM}")
    body = await body_of(request, limit, what)
    try:
        pairs = parse_qsl(body.decode(), keep_blank_values=True, errors="strict", max_num_fields=_MOST_FIELDS)
    except ValueError as error:
        raise HTTPException(400, f"{what} is text in UTF-8 with at most {_MOST_FIELDS} fields") from error
    return dict(reversed(pairs))


class LazyStore:
    """A store that the first request opens: a door that answers for the status alone does without its libraries.

    Args:
        opened: opens it.
    """

    def __init__(self, opened: "Callable[[], Database]") -> None:
        self._opened = opened
        self._store: Database | None = None
        self._lock = threading.Lock()

    @property
    def database(self) -> "Database":
        """The open store."""
        with self._lock:
            if self._store is None:
                self._store = self._opened()
            return self._store
