"""Campaign content as its readers will see it: mails, ads, pages."""

from collections.abc import Iterable
from dataclasses import dataclass
from urllib.parse import urlsplit

from crews.stage17_gtm.handoff import words
from crews.stage17_gtm.handoff.content import from_session, pieces_of
from crews.stage17_gtm.handoff.context import Context
from crews.stage17_gtm.handoff.copy_text import FilledSlot, fill, labels_of, step_of, variant_url
from crews.stage17_gtm.handoff.pictures import Drawn, drawn
from gtm.domain.asked_copy import network_of
from gtm.domain.campaign import Campaign, ContentPiece
from gtm.domain.names import network
from gtm.domain.statements import fact_of

TITLES = ("subject", "headline", "hero_headline", "hero", "title")
LINES = ("preheader", "subheadline", "hero_subheadline", "subhead", "subtitle", "description")
IMAGES = ("image_brief", "image", "visual")
SMALL = ("footer", "alt_text")
CTA = ("cta",)


@dataclass(frozen=True)
class Feature:
    """A feature of a landing page: its title and its text."""

    title: FilledSlot
    text: FilledSlot | None


@dataclass(frozen=True)
class Preview:
    """One piece, ready to be shown.

    Attributes:
        look: `email`, `ad`, `page` or `message`, which decides how it is drawn.
        small: what stands in small print: the footer of a mail, the text alternative of a picture.
        page: the registration page that belongs to an invitation.
        facts: (claim, fact, whether the fact is assumed).
        pictures: each variant as a browser drew it.
        host: where the call to action leads, without the tracking.
    """

    look: str
    step: int
    role: str
    segment: str
    place: str
    when: str
    title: FilledSlot | None
    line: FilledSlot | None
    image: FilledSlot | None
    button: FilledSlot
    body: tuple[FilledSlot, ...]
    features: tuple[Feature, ...]
    page: tuple[FilledSlot, ...]
    small: tuple[FilledSlot, ...]
    host: str
    facts: tuple[tuple[str, str, bool], ...]
    generated_by: str
    pictures: tuple[Drawn, ...] = ()


@dataclass(frozen=True)
class CampaignPreview:
    """A campaign: what is shown in full, and what is only listed."""

    campaign: Campaign
    look: str
    shown: tuple[Preview, ...]
    listed: tuple[Preview, ...]
    file: str
    pieces: int


def _place(channel: str) -> str:
    """Where an ad stands: `on Instagram`, or `by influencers`, whom no network stands for."""
    return "by influencers" if channel == "influencer_partnerships" else f"on {network(channel)}"


def campaign_previews(context: Context) -> tuple[CampaignPreview, ...]:
    """Every campaign: mails in full for the first segment and listed for the others, ads and pages for all."""
    found = []
    for campaign in context.dossier.templates.campaigns if context.dossier.templates else ():
        look = campaign.kind.look
        previews = [_preview(context, piece, look) for piece in pieces_of(context, campaign.campaign_id)]
        if look == "ad":
            previews.sort(key=lambda preview: preview.step)
        first = previews[0].segment if previews else ""
        shown = [p for p in previews if look in ("ad", "page") or p.segment == first]
        found.append(
            CampaignPreview(
                campaign=campaign,
                look=look,
                shown=tuple(shown),
                listed=tuple(p for p in previews if p not in shown),
                file=f"content/{campaign.campaign_id}.md",
                pieces=len(previews),
            )
        )
    return tuple(found)


def _preview(context: Context, piece: ContentPiece, look: str) -> Preview:
    templates = context.dossier.templates
    template = templates.template(piece.template_id) if templates else None
    host = _plain(piece.cta_url)
    slots = [_shorter(slot, piece.cta_url, host) for slot in (fill(template, piece) if template else ())]
    step = step_of(template, piece) if template else None
    pages = [slots.pop(slots.index(s)) for s in tuple(slots) if s.name.startswith("page_")] if look == "email" else []
    features = _features(slots)
    title = _take(slots, TITLES) or _joined(slots, "headline_", " | ")
    line = _take(slots, LINES) or _joined(slots, "description_", " ")
    image, _ = _take(slots, IMAGES), _take(slots, CTA)
    small = tuple(slot for slot in (_take(slots, (name,)) for name in SMALL) if slot)
    delay = step.delay_hours if step else 0
    return Preview(
        look=look,
        step=piece.step,
        role=step.role if step else "",
        segment=context.segment_name(piece.segment_id),
        place=_place(network_of(step)) if step else "",
        when=from_session(context, piece) or _when(delay) if look == "email" else "",
        title=title,
        line=line,
        image=image,
        button=_button(piece),
        body=tuple(slots),
        features=features,
        page=tuple(pages),
        small=small,
        host=host,
        facts=tuple(_fact(context, claim.text, claim.fact_id) for claim in piece.claims),
        generated_by=piece.generated_by,
        pictures=drawn(context.previews.pictures, piece),
    )


def _when(hours: int) -> str:
    if not hours:
        return "at once"
    return f"{hours // 24} days after the one before" if hours % 24 == 0 and hours > 48 else f"{hours} h later"


def _take(slots: list[FilledSlot], names: Iterable[str]) -> FilledSlot | None:
    for name in names:
        for slot in slots:
            if slot.name == name:
                slots.remove(slot)
                return slot
    return None


def _joined(slots: list[FilledSlot], prefix: str, between: str) -> FilledSlot | None:
    """The slots `headline_1`, `headline_2`… as one, as a search engine shows them."""
    parts = [slot for slot in slots if slot.name.startswith(prefix)]
    if not parts:
        return None
    for part in parts:
        slots.remove(part)
    texts = tuple(
        (label, between.join(dict(part.texts).get(label, part.first) for part in parts)) for label, _ in parts[0].texts
    )
    return FilledSlot(prefix.rstrip("_"), texts)


def _features(slots: list[FilledSlot]) -> tuple[Feature, ...]:
    found = []
    for slot in tuple(slots):
        if slot.name.startswith("feature_") and slot.name.endswith("_title"):
            slots.remove(slot)
            found.append(Feature(slot, _take(slots, (slot.name.removesuffix("title") + "text",))))
    return tuple(found)


def _button(piece: ContentPiece) -> FilledSlot:
    element = piece.element("cta_text")
    if element is None:
        return FilledSlot("cta", (("A", words.label(piece.cta)),))
    return FilledSlot("cta", tuple((label, element.text(label)) for label in labels_of(piece)))


def _shorter(slot: FilledSlot, url: str, host: str) -> FilledSlot:
    texts = tuple((label, text.replace(variant_url(url, label), host)) for label, text in slot.texts)
    return FilledSlot(slot.name, texts)


def _plain(url: str) -> str:
    parts = urlsplit(url)
    return f"{parts.netloc}{parts.path}".rstrip("/") or url


def _fact(context: Context, text: str, fact_id: str) -> tuple[str, str, bool]:
    fact = fact_of(context.brief, fact_id)
    return text, fact.text if fact else f"{fact_id} (no such fact in the brief)", fact.assumed if fact else True
