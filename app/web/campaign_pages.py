"""Campaigns' pages for everybody: `/p/{venture}/{campaign}/{segment}` shows one, its form makes a lead.

Without a variant in its address a visitor gets the one that their link names, or one drawn for them that stays theirs.
Nothing is kept of a visit before a form is sent.
"""

import math
from datetime import timedelta
from functools import cached_property
from typing import TYPE_CHECKING

from fastapi import FastAPI, Request
from fastapi.responses import HTMLResponse, Response
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException

from app.settings import Settings
from app.web import pages
from app.web.limits import RateLimit
from app.web.requests import LazyStore, form_of
from gtm.domain.errors import InvalidInput, NotFound

if TYPE_CHECKING:
    from app.web.page_source import Page, StoredPages
    from gtm.automation.campaign_page import FormState
    from gtm.automation.page_form import Posted

MAX_BODY = 32 * 1024
"""Bytes of a form; one that is filled to its limits has under eleven thousand, and a message of emoji 12,000 more."""
POSTS_A_MINUTE = 10
"""Forms that one address may send."""
ALL_POSTS_A_MINUTE = 300
"""Forms that are taken from all together."""
_ADDRESS = "/p/{venture_id}/{campaign_id}/{segment_id}"


def install_routes(app: FastAPI, settings: Settings) -> None:
    """Add the pages to an application."""
    from app.bootstrap import open_store

    door = _Door(settings, LazyStore(lambda: open_store(settings)))
    for path in (_ADDRESS, _ADDRESS + "/{variant}"):
        app.add_api_route(path, door.show, methods=["GET", "HEAD"], include_in_schema=False, response_model=None)
    app.add_api_route(
        _ADDRESS + "/{variant}", door.take, methods=["POST"], include_in_schema=False, response_model=None
    )


class _Door:
    """The pages, and the form on each; layout and store are read with the first request."""

    def __init__(self, settings: Settings, store: LazyStore) -> None:
        self._settings = settings
        self._store = store
        self._each = RateLimit(POSTS_A_MINUTE, 60)
        self._all = RateLimit(ALL_POSTS_A_MINUTE, 60)

    @cached_property
    def _source(self) -> "StoredPages":
        from app.bootstrap import html_layouts
        from app.web.page_source import StoredPages

        return StoredPages(self._store.database, html_layouts().page)

    @cached_property
    def _days(self) -> int:
        """For how many days somebody may confirm."""
        from app.bootstrap import retention_days

        return retention_days().unconfirmed_days

    def show(self, venture_id: str, campaign_id: str, segment_id: str, request: Request, variant: str = "") -> Response:
        """The page; looking at it changes nothing."""
        from gtm.automation.campaign_page import FormState, variant_of_visit
        from gtm.automation.page_form import carried_of

        try:
            page = self._page(venture_id, campaign_id, segment_id)
            asked = dict(reversed(request.query_params.multi_items()))
            visitor = f"{_client(request)}|{request.headers.get('user-agent', '')}"
            label = _label(page, variant) or variant_of_visit(page.piece, asked.get("utm_content", ""), visitor)
        except NotFound:
            return self._missing()
        if page.closed:
            return self._closed()
        form = FormState(_path(page, label), carried_of(asked))
        return self._drawn(page, label, form)

    async def take(
        self, venture_id: str, campaign_id: str, segment_id: str, variant: str, request: Request
    ) -> Response:
        """The form: taken, or shown again with what is wrong with it."""
        wait = self._each.wait(_client(request)) or self._all.wait("")
        if wait:
            told = "Too many forms came from here. Please wait a minute, then send it again."
            return self._told(429, "Please wait a moment", told, {"Retry-After": str(math.ceil(wait))})
        try:
            fields = await form_of(request, MAX_BODY, "a form")
        except HTTPException as error:
            told = f"What was sent cannot be read: {error.detail}. Go back, and send the form again."
            return self._told(error.status_code, "This form cannot be read", told, {"Connection": "close"})
        return await run_in_threadpool(self._take, venture_id, campaign_id, segment_id, variant, fields)

    def _take(
        self, venture_id: str, campaign_id: str, segment_id: str, variant: str, fields: dict[str, str]
    ) -> Response:
        from gtm.automation.campaign_page import FormState
        from gtm.automation.page_form import read_form

        try:
            page = self._page(venture_id, campaign_id, segment_id)
            label = _label(page, variant)
        except NotFound:
            return self._missing()
        if page.closed:
            return self._closed()
        posted = read_form(fields)
        if posted.faults and not posted.trapped:
            again = FormState(_path(page, label), posted.carried, posted.typed, posted.faults)
            return self._drawn(page, label, again, status=422)
        if not posted.trapped:
            try:
                self._store_lead(page, label, posted)
            except InvalidInput as error:
                return self._told(422, "This could not be stored", f"{error.detail}. Please write to us instead.")
        return self._thanks(page, label, posted)

    def _store_lead(self, page: "Page", label: str, posted: "Posted") -> None:
        from gtm.automation.asking import Asked
        from gtm.automation.page_form import person_of
        from gtm.automation.registering import take_form

        database = self._store.database
        now = database.clock.now()
        kind = page.pages.campaign(page.piece).kind
        person = person_of(posted, page.pages, page.piece, label, now)
        campaign_id = page.piece.campaign_id if kind.session else ""
        confirms = None
        if _confirms(page, posted):
            confirms = Asked(
                purpose=kind.purpose,
                wording=page.pages.consent_text(page.piece),
                source=_path(page, label),
                expires_at=now + timedelta(days=self._days),
                lead_source=person.lead_source,
                registers_for=campaign_id,
            )
        # They are told that it has arrived.
        with database.write(durable=True) as session:
            take_form(session, person, purpose=kind.purpose, registers_for=campaign_id, confirms=confirms, now=now)

    def _page(self, venture_id: str, campaign_id: str, segment_id: str) -> "Page":
        return self._source.page(venture_id, campaign_id, segment_id, self._store.database.clock.now())

    def _drawn(self, page: "Page", label: str, form: "FormState", status: int = 200) -> Response:
        base = self._settings.public_url
        canonical = base + _path(page) if base else ""
        drawn = page.pages.render(page.piece, label, form, canonical=canonical)
        return HTMLResponse(drawn, status_code=status, headers=self._headers())

    def _thanks(self, page: "Page", label: str, posted: "Posted") -> Response:
        """The same words whether the address was known or not: a stranger may have typed it.

        A landing page leads on to its offer, with the tracking of its variant.
        """
        from gtm.playbook.copy_links import link_for_variant

        if _confirms(page, posted):
            return HTMLResponse(pages.message_page("One step is left", *_one_step(self._days)), headers=self._headers())
        session = page.pages.session(page.piece)
        brief, leads_on = page.pages.brief, page.pages.campaign(page.piece).kind.page
        zone = next(iter(brief.geography.time_zones), "UTC")
        thanks = pages.thanks_page(
            sender=brief.name,
            website=link_for_variant(page.piece.cta_url, label) if leads_on else brief.website.value,
            date=session.told(zone) if session else "",
            join_url=session.join_url if session and not posted.trapped else "",
            agreed="consent" in posted.typed,
            test=posted.test,
        )
        return HTMLResponse(thanks, headers=self._headers())

    def _missing(self) -> Response:
        told = "There is no page at this address, or it is not open. Check the address, or ask whoever gave it to you."
        return self._told(404, "There is no such page", told)

    def _closed(self) -> Response:
        return self._told(410, "Registration is closed", "This session has begun, so nobody can register any more.")

    def _told(self, status: int, heading: str, text: str, more: dict[str, str] | None = None) -> Response:
        page = pages.message_page(heading, text)
        return HTMLResponse(page, status_code=status, headers=self._headers() | (more or {}))

    def _headers(self) -> dict[str, str]:
        """No script at all, no picture, no frame; of styles those of the layout and of the small pages alone."""
        styles = f"{self._source.layout.style_source} {pages.small_style_source()}"
        return {
            "X-Content-Type-Options": "nosniff",
            "Referrer-Policy": "no-referrer",
            "X-Frame-Options": "DENY",
            "Cache-Control": "no-store",
            "Content-Security-Policy": f"default-src 'none'; style-src {styles}; form-action 'self'; base-uri 'none'; "
            "frame-ancestors 'none'",
        }


def _confirms(page: "Page", posted: "Posted") -> bool:
    """Whether the tick of a form is to be confirmed by mail before it counts."""
    return page.pages.brief.consent == "double" and "consent" in posted.typed and not posted.test


def _one_step(days: int) -> tuple[str, ...]:
    """What somebody is told who is to confirm, whether their address was known or not."""
    within = "one day" if days == 1 else f"{days} days"
    return (
        "We send you a mail. Open its link and press the button there: only then does what you sent count.",
        f"The link works for {within}. After that it is void, and what was entered for an address new to us is erased.",
        "If you have confirmed before, no mail comes, and nothing is left to do.",
    )


def _path(page: "Page", label: str = "") -> str:
    from gtm.domain.page_address import page_path

    return page_path(page.pages.brief.id, page.piece.campaign_id, page.piece.segment_id, label)


def _label(page: "Page", variant: str) -> str:
    """The variant that an address names; an empty text where it names none.

    Raises:
        NotFound: the page has no such variant.
    """
    from gtm.automation.campaign_page import labels_of

    if not variant:
        return ""
    labels = {label.lower(): label for label in labels_of(page.piece)}
    if variant not in labels:
        raise NotFound("there is no such variant", field="variant", value=variant, allowed=", ".join(labels))
    return labels[variant]


def _client(request: Request) -> str:
    return request.client.host if request.client else ""
