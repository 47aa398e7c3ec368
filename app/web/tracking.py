"""What recipients of mail reach: the pixel, links that lead on, and the page to unsubscribe.

Everything here is open to everybody: an address is worth what its signature is worth. Looking at something never
changes more than the record of having looked; only a POST unsubscribes (RFC 8058).
"""

import base64
import logging
from collections.abc import Callable
from typing import TYPE_CHECKING
from urllib.parse import parse_qs, urlsplit

from fastapi import FastAPI, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException

from app.settings import Settings
from app.web import pages
from app.web.requests import LazyStore, body_of

if TYPE_CHECKING:
    from gtm.automation.tracking import Kind, Mark, SignedTracking

_LOG = logging.getLogger(__name__)
_PIXEL = base64.b64decode("R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAIBRAA7")
HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "X-Robots-Tag": "noindex, nofollow",
    "Cache-Control": "no-store",
    "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'; form-action 'self'; base-uri 'none'; "
    "frame-ancestors 'none'",
}
_MAX_BODY = 4096
_MAX_ANSWER = 32_768
"""Bytes of a reader's answer: two thousand characters, each of which a form may send as a dozen."""
MISSING = "this link is not, or no longer, one of ours"


def hosts(settings: Settings) -> tuple[str, ...]:
    """The host of the public address, by which the server may be addressed."""
    host = urlsplit(settings.public_url or "").hostname
    return (host,) if host else ()


def behind(settings: Settings) -> "tuple[SignedTracking, LazyStore] | None":
    """What reads signed links, and the store; None where no public address is set, because no mail then points here."""
    if settings.public_url is None:
        return None
    from app.bootstrap import open_store, tracking

    signed = tracking(settings)
    return (signed, LazyStore(lambda: open_store(settings))) if signed is not None else None


def install_routes(app: FastAPI, settings: Settings) -> None:
    """Add the routes, if mail points here."""
    if (parts := behind(settings)) is not None:
        _Door(*parts).install(app)


class _Door:
    """The routes and what they share; the store is opened with the first request."""

    def __init__(self, signed: "SignedTracking", store: LazyStore) -> None:
        self._signed = signed
        self._store = store

    def install(self, app: FastAPI) -> None:
        """Add the routes."""

        def add(path: str, answer: Callable[..., object], *methods: str) -> None:
            app.add_api_route(path, answer, methods=list(methods), include_in_schema=False, response_model=None)

        add("/t/o/{token}", self.opened, "GET", "HEAD")
        add("/t/c/{token}", self.clicked, "GET", "HEAD")
        add("/t/u/{token}", self.ask, "GET", "HEAD")
        add("/t/u/{token}", self.leave, "POST")
        add("/t/f/{token}", self.ask_opinion, "GET", "HEAD")
        add("/t/f/{token}", self.take_opinion, "POST")

    def opened(self, token: str, request: Request) -> Response:
        """The pixel; a token that is none of ours gets the picture too, and leaves no trace."""
        mark = self._signed.read("open", token)
        if mark is not None:
            self._record("open", mark, request)
        return Response(_PIXEL, media_type="image/gif", headers=HEADERS)

    def clicked(self, token: str, request: Request) -> Response:
        """On to the stored target, and nowhere else."""
        from gtm.store.repositories import tracking

        mark = self._signed.read("click", token)
        target = None
        if mark is not None:
            with self._store.database.read() as session:
                target = tracking.target_of(session, mark.link_no)
        if mark is None or target is None:
            raise HTTPException(404, MISSING)
        self._record("click", mark, request)
        return RedirectResponse(target, status_code=302, headers=HEADERS)

    def _mark(self, kind: "Kind", token: str) -> "Mark":
        """What a signed address stands for.

        Raises:
            HTTPException: 404, it is not one of ours.
        """
        mark = self._signed.read(kind, token)
        if mark is None:
            raise HTTPException(404, MISSING)
        return mark

    def ask(self, token: str) -> Response:
        """The page with the button; changes nothing, as scanners follow every link of a mail."""
        self._mark("unsubscribe", token)
        return HTMLResponse(pages.unsubscribe_page(done=False), headers=HEADERS)

    async def leave(self, token: str, request: Request) -> Response:
        """Unsubscribe, for the button as for a mail client's one click."""
        mark = self._mark("unsubscribe", token)
        body = await body_of(request, _MAX_BODY, "this")
        if b"List-Unsubscribe" not in body or b"One-Click" not in body:
            raise HTTPException(400, "to unsubscribe, post List-Unsubscribe=One-Click (RFC 8058)")
        await run_in_threadpool(self._unsubscribe, mark, request.headers.get("user-agent", ""))
        return HTMLResponse(pages.unsubscribe_page(done=True), headers=HEADERS)

    def ask_opinion(self, token: str) -> Response:
        """The page that asks a reader of a pilot what they think; looking at it changes nothing."""
        self._mark("feedback", token)
        return HTMLResponse(pages.feedback_page(done=False), headers=HEADERS)

    async def take_opinion(self, token: str, request: Request) -> Response:
        """Keep a score and words, in place of what the same reader said before."""
        mark = self._mark("feedback", token)
        fields = parse_qs((await body_of(request, _MAX_ANSWER, "this")).decode("utf-8", "replace"), max_num_fields=10)
        score, text = fields.get("score", [""])[0], fields.get("text", [""])[0]
        if score not in ("", "1", "2", "3", "4", "5") or not (score or text.strip()):
            raise HTTPException(422, "choose a score from 1 to 5, or write something")
        kept = await run_in_threadpool(self._keep_opinion, mark, int(score) if score else None, text)
        if not kept:
            raise HTTPException(410, "thank you; answers are no longer collected")
        return HTMLResponse(pages.feedback_page(done=True), headers=HEADERS)

    def _keep_opinion(self, mark: "Mark", score: int | None, text: str) -> bool:
        from gtm.automation.pilots.feedback import keep_for_send
        from gtm.domain.errors import GtmError

        with self._store.database.write() as session:
            try:
                return keep_for_send(session, mark.send_id, score, text, self._store.database.clock.now())
            except GtmError as error:
                raise HTTPException(error.http_status, error.detail) from None

    def _unsubscribe(self, mark: "Mark", agent: str) -> None:
        from gtm.automation.tracking_events import unsubscribe

        # They are told that it is done.
        with self._store.database.write(durable=True) as session:
            unsubscribe(session, mark, user_agent=agent, now=self._store.database.clock.now())

    def _record(self, kind: "Kind", mark: "Mark", request: Request) -> None:
        """Keep the event; a person's click leads on even while the store is busy."""
        from sqlalchemy.exc import SQLAlchemyError

        from gtm.automation.tracking_events import record

        try:
            with self._store.database.write() as session:
                record(
                    session,
                    kind,
                    mark,
                    method=request.method,
                    user_agent=request.headers.get("user-agent", ""),
                    now=self._store.database.clock.now(),
                )
        except SQLAlchemyError:
            _LOG.exception("an event of %s could not be kept", mark.send_id)
