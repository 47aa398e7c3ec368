"""The e-mail of a campaign for one person: stored content, filled at the moment of sending."""

import re
from collections.abc import Mapping
from html import escape

from gtm.automation.ports import RenderedEmail
from gtm.domain.base import drawn
from gtm.domain.brief import VentureBrief
from gtm.domain.campaign import CampaignContent, CampaignTemplate, ContentPiece, TemplateSet
from gtm.domain.conditions import Scalar
from gtm.domain.enrolment import Lead
from gtm.domain.errors import NotFound
from gtm.domain.rendering import render
from gtm.domain.sessions import HeldSession
from gtm.playbook.copy_links import link_for_variant

NO_ADDRESS = "Postal address not on file yet: this is a test message"


class CampaignEmails:
    """Renders the pieces of a run's content.

    Args:
        brief: the venture.
        templates: the structures of step 2.1.
        content: the pieces of step 2.2.
        sessions: what campaigns invite to, by campaign.
    """

    def __init__(
        self,
        brief: VentureBrief,
        templates: TemplateSet,
        content: CampaignContent,
        sessions: Mapping[str, HeldSession] | None = None,
    ) -> None:
        self._brief = brief
        self._templates = templates
        self._pieces = {f"{p.campaign_id}/{p.segment_id}/{p.step}": p for p in content.pieces}
        self._sessions = dict(sessions or {})

    def email_for(self, content_ref: str, lead: Lead, assignment_key: str) -> RenderedEmail:
        """The e-mail for one person; the same key always gets the same variant.

        Raises:
            NotFound: there is no such piece.
            UnknownVariable: a placeholder has no value.
        """
        piece = self._pieces.get(content_ref)
        template = self._templates.template(piece.template_id) if piece else None
        if piece is None or template is None:
            raise NotFound(f"there is no content {content_ref}", field="content_ref", value=content_ref)
        step = next(s for s in template.steps if s.step == piece.step)
        label = variant_for(piece, assignment_key)
        values = self._values(piece, template, lead, label)
        slots = {slot.name: render(slot.text, values).strip() for slot in step.slots if slot.name in _MAIL_SLOTS}
        return RenderedEmail(
            subject=slots["subject"],
            preheader=slots.get("preheader", ""),
            text=_text(slots),
            html=_html(slots, str(values["cta_url"]), _button(piece, label)),
            variant=label,
            unsubscribe_url=str(values["unsubscribe_url"]),
            addressed=self._brief.postal_address is not None,
        )

    def _values(self, piece: ContentPiece, template: CampaignTemplate, lead: Lead, label: str) -> dict[str, Scalar]:
        site = self._brief.website.value.rstrip("/")
        values: dict[str, Scalar] = {v.name: v.fallback for v in template.variables if v.fallback}
        values |= {element.variable: element.text(label) for element in piece.elements}
        values |= {
            "cta_url": link_for_variant(piece.cta_url, label),
            "sender_name": f"The {self._brief.name} team",
            "unsubscribe_url": f"{site}/email/unsubscribe/{lead.lead_id}",
            "preferences_url": f"{site}/email/preferences/{lead.lead_id}",
            "postal_address": self._brief.postal_address.value if self._brief.postal_address else NO_ADDRESS,
        }
        if lead.first_name:
            values["first_name"] = lead.first_name
        if lead.company:
            values["company"] = lead.company
        session = self._sessions.get(piece.campaign_id)
        if session is not None:
            values |= {"webinar_date": session.told(lead.time_zone), "join_url": session.join_url}
        return values


_MAIL_SLOTS = ("subject", "preheader", "body", "cta", "footer", "forward")


def variant_for(piece: ContentPiece, assignment_key: str) -> str:
    """The variant's label for a key, evenly spread by a salted hash."""
    labels = [variant.label for variant in max((e.variants for e in piece.elements), key=len, default=())] or ["A"]
    return labels[drawn(f"{piece.piece_id}|{assignment_key}") % len(labels)]


def _button(piece: ContentPiece, label: str) -> str:
    element = piece.element("cta_text")
    return element.text(label) if element else "Read on"


def _text(slots: Mapping[str, str]) -> str:
    order = [slots[name] for name in ("body", "cta", "forward") if slots.get(name)]
    return "\n\n".join(order) + "\n\n--\n" + slots.get("footer", "")


def _footer_line(line: str) -> str:
    """A line of the footer as HTML: `Unsubscribe: https://…` becomes a link on its words, which a thumb can hit."""
    words, mark, address = line.partition(": ")
    if mark and re.fullmatch(r"https?://\S+", address):
        return f'<a href="{escape(address)}" style="color:#57606a">{escape(words)}</a>'
    return escape(line)


def _html(slots: Mapping[str, str], url: str, button: str) -> str:
    paragraphs = "".join(
        f'<p style="margin:0 0 16px">{escape(block).replace(chr(10), "<br>")}</p>'
        for block in slots["body"].split("\n\n")
    )
    footer = "<br>".join(_footer_line(line) for line in slots.get("footer", "").splitlines())
    return (
        '<!doctype html><html lang="en"><head><meta charset="utf-8">'
        f"<title>{escape(slots['subject'])}</title></head>"
        '<body style="margin:0;background:#ffffff;color:#1f2328;font:16px/1.55 Arial,sans-serif">'
        '<div style="max-width:560px;margin:0 auto;padding:24px">'
        f'{paragraphs}<p style="margin:0 0 24px"><a href="{escape(url)}" style="background:#1d4ed8;color:#ffffff;'
        f'padding:10px 18px;border-radius:6px;text-decoration:none">{escape(button)}</a></p>'
        f'<p style="font-size:12px;color:#57606a">{footer}</p></div></body></html>'
    )
