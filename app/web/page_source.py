"""The pages that the web door serves: approved content of campaigns that are configured, and of no others."""

from datetime import datetime
from typing import NamedTuple

from app.remembering import Remembered
from gtm.automation.campaign_page import CampaignPages
from gtm.automation.layouts import HtmlLayout
from gtm.domain.brief_later import known_later
from gtm.domain.campaign import ContentPiece
from gtm.domain.errors import NotFound
from gtm.domain.sessions import sessions_of
from gtm.store.database import Database
from gtm.store.dossier import load_dossier
from gtm.store.repositories import campaigns, ventures

OPEN = ("configured", "active")
"""Campaigns in these states have pages that strangers see: approved, scheduled, budgeted, and not paused."""


class Page(NamedTuple):
    """A page that may be shown: what draws it, its piece, and whether what it registers for has begun."""

    pages: CampaignPages
    piece: ContentPiece
    closed: bool


class StoredPages:
    """The pages of every venture's campaigns, as their runs made them.

    Args:
        database: the store.
        layout: what pages stand in.
    """

    def __init__(self, database: Database, layout: HtmlLayout) -> None:
        self._database = database
        self.layout = layout
        self._known: Remembered[CampaignPages] = Remembered(database.clock)

    def page(self, venture_id: str, campaign_id: str, segment_id: str, now: datetime) -> Page:
        """The page of a campaign for a segment.

        Raises:
            NotFound: there is none, or its campaign is a draft or paused.
        """
        pages = self._known.get((venture_id, campaign_id), lambda: self._read(venture_id, campaign_id))
        piece = pages.piece(campaign_id, segment_id)
        return Page(pages, piece, pages.closed(piece, now))

    def _read(self, venture_id: str, campaign_id: str) -> CampaignPages:
        with self._database.read() as session:
            row = campaigns.find(session, venture_id, campaign_id)
            if row is None or row.status not in OPEN or not row.run_id:
                raise NotFound("there is no such page", field="page", value=f"{venture_id}/{campaign_id}")
            dossier = load_dossier(session, row.run_id)
            present = ventures.get_brief(session, venture_id)
        if dossier.templates is None or dossier.content is None:
            raise NotFound("there is no such page", field="page", value=f"{venture_id}/{campaign_id}")
        brief = known_later(dossier.brief, present)
        sessions = sessions_of(brief, dossier.templates.campaigns, dossier.schedule)
        return CampaignPages(brief, dossier.templates, dossier.content, self.layout, sessions)
