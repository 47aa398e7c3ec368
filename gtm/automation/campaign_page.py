"""The pages of a campaign: the landing page with its form, and the registration page of a session.

A page is stored content in the layout of config/pages, every word escaped: it holds no script, and fetches nothing.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from urllib.parse import parse_qs, urlsplit

from markupsafe import Markup

from gtm.automation.campaign_email import variant_for, web_address
from gtm.automation.layouts import HtmlLayout
from gtm.domain.brief import VentureBrief
from gtm.domain.campaign import Campaign, CampaignContent, CampaignTemplate, ContentPiece, TemplateSet, TemplateStep
from gtm.domain.conditions import Scalar
from gtm.domain.errors import InvalidInput, NotFound
from gtm.domain.lead_fields import MESSAGE
from gtm.domain.mail_text import direction, language
from gtm.domain.page_address import is_page
from gtm.domain.preferences import agreement
from gtm.domain.rendering import render
from gtm.domain.sessions import HeldSession
from gtm.playbook.copy_links import link_for_variant

FIELDS = ("email", "first_name", "company", MESSAGE)
"""What a visitor may type; copy may ask for nothing else."""

_FEATURES = tuple(f"feature_{n}_{part}" for n in (1, 2, 3) for part in ("title", "text"))
_LANDING = ("hero", "subhead", "proof", "form_intro", *_FEATURES)
_REGISTRATION = ("page_headline", "page_intro", "page_date", "page_button")


_WORDS = ("headline", "subhead", "date", "proof", "form_intro", "form_title", "button", *_FEATURES)
_FRAME = ("lang", "dir", "title", "description", "style", "brand", "business", "website", "postal_address")
_FORM = ("canonical", "action", "hidden", "faults", "consent", "consent_text")
PARTS = frozenset((*_WORDS, *_FRAME, *_FORM, *FIELDS, *(f"fault_{name}" for name in FIELDS)))
"""What a layout may name."""
_ASKED = ("email", "fault_email", MESSAGE, "fault_message")
NEEDED = frozenset(("style", "headline", "button", "action", "hidden", "consent_text", *_ASKED))
"""What it must name."""


@dataclass(frozen=True)
class FormState:
    """The form as it is drawn: empty at first; after a refusal with what was typed and what is wrong with it.

    Attributes:
        action: where it is posted to.
        carried: parameters of the visitor's link that go along, such as `utm_source`.
        typed: by field; `consent` with any text stands for a tick.
        faults: what is wrong, as a sentence, by field.
    """

    action: str = ""
    carried: Mapping[str, str] = field(default_factory=dict)
    typed: Mapping[str, str] = field(default_factory=dict)
    faults: Mapping[str, str] = field(default_factory=dict)


def variant_of_visit(piece: ContentPiece, utm_content: str, visitor: str) -> str:
    """The variant for a visit: the one that the link names, else one drawn for the visitor, who always gets the same.

    Args:
        piece: the page.
        utm_content: of the visitor's link; it decides where it is that of one of this page's own links.
        visitor: what tells visitors apart.
    """
    for label in labels_of(piece):
        own = parse_qs(urlsplit(link_for_variant(piece.cta_url, label)).query).get("utm_content", [""])[0]
        if own and utm_content == own:
            return label
    return variant_for(piece, f"page|{visitor}")


def labels_of(piece: ContentPiece) -> tuple[str, ...]:
    """The labels of a piece's variants."""
    longest = max((element.variants for element in piece.elements), key=len, default=())
    return tuple(variant.label for variant in longest) or ("A",)


class CampaignPages:
    """Draws the pages of a run's content.

    Args:
        brief: the venture.
        templates: the structures of step 2.1.
        content: the pieces of step 2.2.
        layout: what they stand in.
        sessions: what campaigns invite to, by campaign.
    """

    def __init__(
        self,
        brief: VentureBrief,
        templates: TemplateSet,
        content: CampaignContent,
        layout: HtmlLayout,
        sessions: Mapping[str, HeldSession] | None = None,
    ) -> None:
        self.brief = brief
        self.layout = layout
        self._templates = templates
        self._content = content
        self._sessions = dict(sessions or {})

    def piece(self, campaign_id: str, segment_id: str) -> ContentPiece:
        """The piece of a campaign that is its page for a segment.

        Raises:
            NotFound: there is none.
        """
        for piece in self._content.pieces:
            if (piece.campaign_id, piece.segment_id) == (campaign_id, segment_id) and self.is_page(piece):
                return piece
        raise NotFound("there is no such page", field="page", value=f"{campaign_id}/{segment_id}")

    def is_page(self, piece: ContentPiece) -> bool:
        """Whether a piece has a page."""
        _, step = self._step(piece)
        return step is not None and is_page(step)

    def campaign(self, piece: ContentPiece) -> Campaign:
        """The campaign of a piece.

        Raises:
            NotFound: it is not among the run's.
        """
        found = next((c for c in self._templates.campaigns if c.campaign_id == piece.campaign_id), None)
        if found is None:
            raise NotFound("there is no such campaign", field="campaign_id", value=piece.campaign_id)
        return found

    def session(self, piece: ContentPiece) -> HeldSession | None:
        """What a page registers for; None for a landing page."""
        return self._sessions.get(piece.campaign_id) if self.campaign(piece).kind.session else None

    def closed(self, piece: ContentPiece, now: datetime) -> bool:
        """Whether what a page registers for has begun."""
        session = self.session(piece)
        return session is not None and now >= session.at

    def consent_text(self, piece: ContentPiece) -> str:
        """What a visitor agrees to by the tick, word for word."""
        kind = self.campaign(piece).kind
        return agreement(self.brief.name, kind.purpose, reminds=kind.session)

    def render(self, piece: ContentPiece, label: str, form: FormState, *, canonical: str = "") -> str:
        """The page as HTML.

        Args:
            piece: the page.
            label: the variant, A to E.
            form: how the form is drawn.
            canonical: the page's own address, without a variant.

        Raises:
            InvalidInput: the piece is no page.
            UnknownVariable, TemplateRefused: a slot of its template cannot be filled.
        """
        template, step = self._step(piece)
        if template is None or step is None or not is_page(step):
            raise InvalidInput("the piece is no page", field="piece", value=piece.piece_id, allowed="a page")
        words = self._words(piece, template, step, label)
        values: dict[str, Scalar] = {
            **self._frame(piece, words),
            **words,
            "canonical": canonical,
            "action": form.action,
            "hidden": _hidden(form.carried),
            "faults": bool(form.faults),
            "consent": bool(form.typed.get("consent")),
            "consent_text": self.consent_text(piece),
            **{name: form.typed.get(name, "") for name in FIELDS},
            **{f"fault_{name}": form.faults.get(name, "") for name in FIELDS},
        }
        return render(self.layout.html, values, html=True)

    def preview(self, piece: ContentPiece, label: str) -> str:
        """The page as a visitor first sees it, for whoever reviews it; see `render`."""
        return self.render(piece, label, FormState())

    def _step(self, piece: ContentPiece) -> tuple[CampaignTemplate | None, TemplateStep | None]:
        template = self._templates.template(piece.template_id)
        steps = template.steps if template else ()
        return template, next((step for step in steps if step.step == piece.step), None)

    def _words(
        self, piece: ContentPiece, template: CampaignTemplate, step: TemplateStep, label: str
    ) -> dict[str, Scalar]:
        """The parts of the page that copy fills; a part that its template does not have is empty."""
        copy = piece.composed(label)
        session = self._sessions.get(piece.campaign_id)
        told = session.told(next(iter(self.brief.geography.time_zones), "UTC")) if session else ""
        known: dict[str, Scalar] = {**template.fallbacks, **copy}
        known |= {"webinar_date": told, "event_date": told}
        slots = {
            slot.name: render(slot.text, known).strip()
            for slot in step.slots
            if slot.name in _LANDING or slot.name in _REGISTRATION
        }
        button = slots.get("page_button") or copy.get("cta_text", "Send")
        return {
            **{name: slots.get(name, "") for name in _FEATURES},
            "headline": slots.get("hero") or slots.get("page_headline", ""),
            "subhead": slots.get("subhead") or slots.get("page_intro", ""),
            "date": slots.get("page_date", ""),
            "proof": slots.get("proof", ""),
            "form_intro": slots.get("form_intro", ""),
            "form_title": button,
            "button": button,
        }

    def _frame(self, piece: ContentPiece, words: Mapping[str, Scalar]) -> dict[str, Scalar]:
        """What is the same on every page of a venture."""
        headline, subhead = str(words["headline"]), str(words["subhead"])
        longest = max(headline, subhead, key=len)
        address = self.brief.postal_address
        audience = next((s.audience for s in self.brief.segments if s.id == piece.segment_id), "b2b")
        return {
            "lang": language(longest),
            "dir": direction(longest),
            "title": f"{headline} · {self.brief.name}" if self.brief.name not in headline else headline,
            "description": subhead,
            "style": self.layout.style,
            "brand": self.brief.name,
            "business": audience == "b2b",
            "website": web_address("website", self.brief.website.value),
            "postal_address": ", ".join(filter(None, (line.strip() for line in address.value.splitlines())))
            if address
            else "",
        }


def _hidden(carried: Mapping[str, str]) -> Markup:
    fields = (Markup('<input type="hidden" name="{}" value="{}">').format(*pair) for pair in carried.items())
    return Markup("\n").join(fields)
