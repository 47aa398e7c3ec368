"""The page on which a recipient chooses what to get: `/t/p/{token}` shows on GET, and changes on POST alone."""

from typing import TYPE_CHECKING

from fastapi import FastAPI, Request
from fastapi.responses import HTMLResponse, Response
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException

from app.settings import Settings
from app.web import pages
from app.web.requests import LazyStore, form_of
from app.web.tracking import HEADERS, MISSING, behind
from gtm.domain.errors import InvalidInput, NotFound

if TYPE_CHECKING:
    from gtm.automation.choosing import Choices
    from gtm.automation.tracking import SignedTracking

_MAX_BODY = 4096


def install_routes(app: FastAPI, settings: Settings) -> None:
    """Add the page, if mail points here."""
    if (parts := behind(settings)) is None:
        return
    door = _Door(*parts)
    for answer, methods in ((door.show, ["GET", "HEAD"]), (door.change, ["POST"])):
        app.add_api_route("/t/p/{token}", answer, methods=methods, include_in_schema=False, response_model=None)


class _Door:
    """The page; a token names a lead, and who holds it may answer for them, as with every link in a mail."""

    def __init__(self, signed: "SignedTracking", store: LazyStore) -> None:
        self._signed = signed
        self._store = store

    def show(self, token: str) -> Response:
        """What they get now; looking changes nothing, as scanners follow every link of a mail."""
        from gtm.automation.choosing import choices_of
        from gtm.store.repositories import leads, ventures

        lead_id = self._lead(token)
        with self._store.database.read() as session:
            try:
                lead = leads.get_lead(session, lead_id)
            except NotFound as error:
                raise HTTPException(404, MISSING) from error
            return self._page(ventures.sender_name(session, lead.venture_id), choices_of(session, lead))

    async def change(self, token: str, request: Request) -> Response:
        """Store what they chose, or take them off everything."""
        lead_id = self._lead(token)
        fields = await form_of(request, _MAX_BODY, "a choice")
        return await run_in_threadpool(self._change, lead_id, fields)

    def _change(self, lead_id: str, fields: dict[str, str]) -> Response:
        from gtm.automation.choosing import UNSUBSCRIBE, choices_of, choose, leave, read_answers
        from gtm.store.repositories import leads, ventures

        database = self._store.database
        now = database.clock.now()
        # They are told that it is done.
        with database.write(durable=True) as session:
            try:
                lead = leads.get_lead(session, lead_id)
                sender = ventures.sender_name(session, lead.venture_id)
                if UNSUBSCRIBE in fields:
                    leave(session, lead_id, now)
                    chosen = choices_of(session, leads.get_lead(session, lead_id))
                else:
                    chosen = choose(session, lead_id, read_answers(fields), now)
            except NotFound as error:
                raise HTTPException(404, MISSING) from error
            except InvalidInput as error:
                return self._page(sender, choices_of(session, lead), problem=error, status=422)
        return self._page(sender, chosen, saved=True)

    def _lead(self, token: str) -> str:
        lead_id = self._signed.reader(token)
        if lead_id is None:
            raise HTTPException(404, MISSING)
        return lead_id

    def _page(
        self,
        sender: str,
        chosen: "Choices",
        *,
        saved: bool = False,
        problem: InvalidInput | None = None,
        status: int = 200,
    ) -> Response:
        page = pages.preferences_page(sender, chosen, saved=saved, problem=problem)
        return HTMLResponse(page, status_code=status, headers=HEADERS)
