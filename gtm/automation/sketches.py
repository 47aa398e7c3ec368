"""Every piece of a run as the HTML that its reader would see, in every variant: what a camera takes pictures of."""

from collections.abc import Iterator, Mapping
from typing import Literal, NamedTuple

from gtm.automation.ad_card import ad_card
from gtm.automation.article import article
from gtm.automation.campaign_email import READER, CampaignEmails
from gtm.automation.campaign_page import CampaignPages, labels_of
from gtm.automation.layouts import Layouts
from gtm.automation.mail_head import with_head
from gtm.domain.brief import VentureBrief
from gtm.domain.campaign import CampaignContent, ContentPiece, TemplateSet, TemplateStep
from gtm.domain.errors import NotFound
from gtm.domain.page_address import is_page
from gtm.domain.sessions import HeldSession, undated_sessions

Kind = Literal["email", "ad", "page", "message"]
_MAIL = frozenset(("subject", "preheader", "body", "footer", "forward"))


class Sketch(NamedTuple):
    """What a picture is taken of.

    Attributes:
        key: the piece's id and the variant, `campaign/segment/step/A`.
        kind: how it is drawn; the page of an invitation has the key of its mail and the kind `page`.
    """

    key: str
    kind: Kind
    html: str


class Sketches:
    """Draws the pieces of a run.

    Args:
        brief: the venture.
        templates: the structures of step 2.1.
        content: the pieces of step 2.2.
        mail_layout: the MJML that mails stand in.
        layouts: what everything else stands in.
        sessions: what campaigns invite to, by campaign.
    """

    def __init__(
        self,
        brief: VentureBrief,
        templates: TemplateSet,
        content: CampaignContent,
        *,
        mail_layout: str,
        layouts: Layouts,
        sessions: Mapping[str, HeldSession] | None = None,
    ) -> None:
        self._brief = brief
        self._templates = templates
        self._content = content
        self._layouts = layouts
        # Copy is reviewed before the schedule sets a session's day.
        held = undated_sessions(brief, templates.campaigns) | dict(sessions or {})
        self._emails = CampaignEmails(brief, templates, content, mail_layout, held)
        self._pages = CampaignPages(brief, templates, content, layouts.page, held)

    def all(self) -> Iterator[Sketch]:
        """Every piece in every variant, in the order of the content.

        Raises:
            NotFound: a piece's template, or its step, is not known.
            UnknownVariable, TemplateRefused: a piece cannot be drawn; see `CampaignEmails.preview`.
        """
        for piece in self._content.pieces:
            yield from self.of(piece)

    def of(self, piece: ContentPiece) -> Iterator[Sketch]:
        """One piece in every variant; it need not be stored.

        Raises:
            NotFound, UnknownVariable, TemplateRefused: see `all`.
        """
        template = self._templates.template(piece.template_id)
        step = next((s for s in template.steps if s.step == piece.step), None) if template else None
        if template is None or step is None:
            raise NotFound("there is no such step of a template", field="template_id", value=piece.template_id)
        slots = {slot.name for slot in step.slots}
        for label in labels_of(piece):
            key = f"{piece.piece_id}/{label}"
            mailed = {"subject", "body"} <= slots
            if mailed:
                mail = self._emails.preview(piece, label)
                yield Sketch(key, "email", with_head(mail, self._brief.name, READER))
            if is_page(step):
                yield Sketch(key, "page", self._pages.preview(piece, label))
            if template.kind.look == "ad":
                yield Sketch(key, "ad", ad_card(self._brief, template, step, piece, label, self._layouts.ad))
            elif not is_page(step) and (not mailed or _is_article(step)):
                hidden = _MAIL if mailed else frozenset()
                drawn = article(self._brief, template, step, piece, label, self._layouts.article, hidden)
                yield Sketch(key, "message", drawn)


def _is_article(step: TemplateStep) -> bool:
    return any(slot.name == "article" for slot in step.slots)
