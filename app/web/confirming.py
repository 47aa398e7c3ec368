"""The page on which somebody confirms their consent: `/t/y/{token}` shows on GET, and confirms on POST alone."""

from typing import TYPE_CHECKING

from fastapi import FastAPI, Request
from fastapi.responses import HTMLResponse, Response
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException

from app.settings import Settings
from app.web import pages
from app.web.requests import LazyStore, form_of
from app.web.tracking import HEADERS, behind

if TYPE_CHECKING:
    from gtm.automation.tracking import SignedTracking

_MAX_BODY = 4096
_FIELD = "confirm"


def install_routes(app: FastAPI, settings: Settings) -> None:
    """Add the page, if mail points here."""
    if (parts := behind(settings)) is None:
        return
    door = _Door(*parts)
    for answer, methods in ((door.show, ["GET", "HEAD"]), (door.confirm, ["POST"])):
        app.add_api_route("/t/y/{token}", answer, methods=methods, include_in_schema=False, response_model=None)


class _Door:
    """The page; a token names a mail and the moment up to which it is good."""

    def __init__(self, signed: "SignedTracking", store: LazyStore) -> None:
        self._signed = signed
        self._store = store

    def show(self, token: str) -> Response:
        """What is asked, with a button; looking changes nothing, as scanners follow every link of a mail."""
        from gtm.automation.confirming import asking

        database = self._store.database
        now = database.clock.now()
        send_id = self._signed.confirming(token, now)
        if send_id is None:
            return _void()
        with database.read() as session:
            asked = asking(session, send_id, now)
        if asked is None:
            return _void()
        return HTMLResponse(pages.confirm_page(asked.sender, asked.wording), headers=HEADERS)

    async def confirm(self, token: str, request: Request) -> Response:
        """Record the consent, for the button and for nothing else."""
        fields = await form_of(request, _MAX_BODY, "a confirmation")
        if fields.get(_FIELD) != "yes":
            raise HTTPException(422, f"to confirm, post {_FIELD}=yes, as the page's button does")
        return await run_in_threadpool(self._confirm, token)

    def _confirm(self, token: str) -> Response:
        from gtm.automation.confirming import confirm

        database = self._store.database
        now = database.clock.now()
        send_id = self._signed.confirming(token, now)
        if send_id is None:
            return _void()
        # They are told that it is done.
        with database.write(durable=True) as session:
            done = confirm(session, send_id, now)
        if done is None:
            return _void()
        page = pages.message_page("Thank you", "Your consent is confirmed. You may close this page.")
        return HTMLResponse(page, headers=HEADERS)


def _void() -> Response:
    """One page for a link that is no link of ours, has expired or was used: whoever has guessed learns nothing."""
    page = pages.message_page(
        "This link does not work",
        "It is incomplete, has expired, or was used already.",
        "If you have confirmed before, nothing is left to do. Otherwise fill in the form again, and a new mail comes.",
    )
    return HTMLResponse(page, status_code=404, headers=HEADERS)
