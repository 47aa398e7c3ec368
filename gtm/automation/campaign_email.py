"""The e-mail of a campaign for one person: stored content, filled at the moment of sending.

The content of a piece is laid out and compiled once for each variant; what is left for each person is to fill in their
own values.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from gtm.automation.ports import RenderedEmail
from gtm.connectors.mjml.service import compile_mjml
from gtm.domain.base import drawn
from gtm.domain.brief import VentureBrief
from gtm.domain.campaign import CampaignContent, CampaignTemplate, ContentPiece, TemplateSet
from gtm.domain.conditions import Scalar
from gtm.domain.enrolment import Lead
from gtm.domain.errors import InvalidInput, NotFound, TemplateRefused, shorten
from gtm.domain.mail_text import as_html, direction, escaped, language, plain_text, rewrapped, small_print
from gtm.domain.rendering import inlined, literal, render
from gtm.domain.sessions import HeldSession
from gtm.playbook.copy_links import link_for_variant

NO_ADDRESS = "Postal address not on file yet: this is a test message"

READER = "Alex"
"""The made-up reader of previews."""

JOIN_LINK, SESSION_PAGE = "Your link", "More about it"
"""What a mail calls the address where a session takes place, and the page that stands in while nobody has set that."""

_WEB = re.compile(r"^https?://[^\s\"'<>{}\\]+$")
_MAIL_SLOTS = ("subject", "preheader", "body", "cta", "footer", "forward")


@dataclass(frozen=True)
class _Sources:
    """A piece's variant, ready to be filled for anybody: four templates, and what is not a person's own."""

    subject: str
    preheader: str
    text: str
    html: str
    known: Mapping[str, Scalar]


class CampaignEmails:
    """Renders the pieces of a run's content.

    Args:
        brief: the venture.
        templates: the structures of step 2.1.
        content: the pieces of step 2.2.
        layout: the MJML that a mail's parts stand in, config/mjml/email.mjml.
        sessions: what campaigns invite to, by campaign.
        preferences: where a lead chooses what to get; on the venture's website where nothing else is said.
    """

    def __init__(
        self,
        brief: VentureBrief,
        templates: TemplateSet,
        content: CampaignContent,
        layout: str,
        sessions: Mapping[str, HeldSession] | None = None,
        preferences: Callable[[Lead], str] | None = None,
    ) -> None:
        self._brief = brief
        self._templates = templates
        self._pieces = {f"{p.campaign_id}/{p.segment_id}/{p.step}": p for p in content.pieces}
        self._layout = layout
        self._sessions = dict(sessions or {})
        self._preferences = preferences
        self._compiled: dict[tuple[str, str], _Sources] = {}

    def email_for(self, content_ref: str, lead: Lead, assignment_key: str) -> RenderedEmail:
        """The e-mail for one person; the same key always gets the same variant.

        Raises:
            NotFound: there is no such piece.
            UnknownVariable: a placeholder has no value.
            TemplateRefused: the content holds what a mail may not hold, or is too long for one.
        """
        piece = self._pieces.get(content_ref)
        template = self._templates.template(piece.template_id) if piece else None
        if piece is None or template is None:
            raise NotFound(f"there is no content {content_ref}", field="content_ref", value=content_ref)
        label = variant_for(piece, assignment_key)
        sources = self._compiled.get((content_ref, label))
        if sources is None:
            sources = self._compiled[content_ref, label] = self._sources(piece, template, label)
        return self._filled(sources, piece, lead, label)

    def preview(self, piece: ContentPiece, label: str) -> RenderedEmail:
        """A mail as a made-up reader would get it, for whoever reviews the piece; it need not be stored.

        Args:
            piece: a piece of one of the run's templates.
            label: the variant, A to E.

        Raises:
            NotFound: its template is not known.
            InvalidInput: it is no mail.
            UnknownVariable, TemplateRefused: see `email_for`.
        """
        template = self._templates.template(piece.template_id)
        if template is None:
            raise NotFound("there is no such template", field="template_id", value=piece.template_id)
        zone = next(iter(self._brief.geography.time_zones), "UTC")
        reader = Lead(
            lead_id="preview",
            venture_id=self._brief.id,
            email="reader@example.test",
            first_name=READER,
            segment_id=piece.segment_id,
            time_zone=zone,
        )
        return self._filled(self._sources(piece, template, label), piece, reader, label)

    def _sources(self, piece: ContentPiece, template: CampaignTemplate, label: str) -> _Sources:
        step = next((s for s in template.steps if s.step == piece.step), None)
        texts = {slot.name: slot.text for slot in step.slots if slot.name in _MAIL_SLOTS} if step else {}
        if not {"subject", "body"} <= texts.keys():
            raise InvalidInput(
                "the piece is no mail", field="step", value=piece.piece_id, allowed="a step with subject and body"
            )
        same = self._same_for_all(piece, label)
        longest = max(piece.composed(label).values(), key=len, default="")
        slots = {name: inlined(text, same).strip() for name, text in texts.items()}
        return _Sources(
            subject=slots["subject"],
            preheader=slots.get("preheader", ""),
            text=plain_text((slots["body"], slots.get("cta", ""), slots.get("forward", "")), slots.get("footer", "")),
            html=compile_mjml(self._laid_out(slots, same, longest)),
            known=template.fallbacks | same,
        )

    def _same_for_all(self, piece: ContentPiece, label: str) -> dict[str, str]:
        """What every reader of a variant gets alike."""
        address = self._brief.postal_address
        return {
            **piece.composed(label),
            "cta_url": web_address("cta_url", link_for_variant(piece.cta_url, label)),
            "sender_name": f"The {self._brief.name} team",
            "postal_address": address.value if address else NO_ADDRESS,
        }

    def _laid_out(self, slots: Mapping[str, str], same: Mapping[str, str], longest: str) -> str:
        runs = direction(longest)
        parts = {
            "lang": language(longest),
            "dir": runs,
            "align": "right" if runs == "rtl" else "left",
            "title": "{{ mail_subject }}",
            "preview": "{{ mail_preheader }}",
            "sender": escaped(literal(self._brief.name)),
            "body": as_html(slots["body"]),
            "button": escaped(literal(same.get("cta_text", "Read on"))) if "cta" in slots else "",
            "link": escaped(same["cta_url"]),
            "forward": as_html(slots.get("forward", "")),
            "footer": small_print(slots.get("footer", "")),
        }
        return render(self._layout, parts)

    def _filled(self, sources: _Sources, piece: ContentPiece, lead: Lead, label: str) -> RenderedEmail:
        own = self._own(piece, lead, label)
        values = {**sources.known, **own}
        subject = _fill(sources.subject, values)
        preheader = _fill(sources.preheader, values)
        values |= {"mail_subject": subject, "mail_preheader": preheader}
        return RenderedEmail(
            subject=subject,
            preheader=preheader,
            text=rewrapped(_fill(sources.text, values)),
            html=render(sources.html, values, html=True),
            variant=label,
            unsubscribe_url=own["unsubscribe_url"],
            preferences_url=own["preferences_url"],
            sender_name=self._brief.name,
            addressed=self._brief.postal_address is not None,
        )

    def _own(self, piece: ContentPiece, lead: Lead, label: str) -> dict[str, str]:
        """What is a recipient's own."""
        site = self._brief.website.value.rstrip("/")
        preferences = self._preferences(lead) if self._preferences else f"{site}/email/preferences/{lead.lead_id}"
        values = {
            "unsubscribe_url": web_address("unsubscribe_url", f"{site}/email/unsubscribe/{lead.lead_id}"),
            "preferences_url": web_address("preferences_url", preferences),
        }
        if lead.first_name:
            values["first_name"] = lead.first_name
        if lead.company:
            values["company"] = lead.company
        session = self._sessions.get(piece.campaign_id)
        if session is not None:
            values["webinar_date"] = values["event_date"] = session.told(lead.time_zone)
            joins = bool(session.join_url)
            values["join_label"] = JOIN_LINK if joins else SESSION_PAGE
            values["join_url"] = web_address(
                "join_url", session.join_url if joins else link_for_variant(piece.cta_url, label)
            )
        return values


def web_address(name: str, url: str) -> str:
    """The address itself, when it is one that a mail may link to.

    Raises:
        TemplateRefused: it is `javascript:` or the like, or holds what an address does not.
    """
    if not _WEB.match(url):
        raise TemplateRefused(
            f"{name} is no web address", field=name, value=shorten(url), allowed="an address beginning with https://"
        )
    return url


def _fill(source: str, values: Mapping[str, Scalar]) -> str:
    """Most subjects are the same for everybody: nothing is left to fill in."""
    return render(source, values) if "{" in source else source


def variant_for(piece: ContentPiece, assignment_key: str) -> str:
    """The variant's label for a key, evenly spread by a salted hash."""
    labels = [variant.label for variant in max((e.variants for e in piece.elements), key=len, default=())] or ["A"]
    return labels[drawn(f"{piece.piece_id}|{assignment_key}") % len(labels)]
