"""content/: every campaign as readable Markdown and as JSON, with variants, claims and the facts they rest on."""

from itertools import groupby
from typing import Any

from crews.stage17_gtm.handoff.configuration import json_bytes
from crews.stage17_gtm.handoff.context import Context
from crews.stage17_gtm.handoff.copy_text import fill
from crews.stage17_gtm.handoff.rendering import markdown
from gtm.domain.calendar import Words
from gtm.domain.campaign import Campaign, ContentPiece, TemplateSet
from gtm.domain.statements import fact_of


def content_files(context: Context) -> dict[str, bytes]:
    """content/<campaign>.md and content/<campaign>.json of each campaign that has content."""
    files: dict[str, bytes] = {}
    templates = context.dossier.templates
    for campaign in templates.campaigns if templates else ():
        document = campaign_json(context, campaign)
        files[f"content/{campaign.campaign_id}.json"] = json_bytes(document)
        groups = [(name, list(pieces)) for name, pieces in groupby(document["pieces"], key=lambda p: str(p["segment"]))]
        page = markdown("campaign.md.j2", campaign=document, groups=groups, venture=context.brief.name)
        files[f"content/{campaign.campaign_id}.md"] = page.encode()
    return files


def pieces_of(context: Context, campaign_id: str) -> tuple[ContentPiece, ...]:
    """A campaign's pieces: segments in their priority, then steps."""
    content = context.dossier.content
    order = {segment.id: n for n, segment in enumerate(context.brief.ranked_segments)}
    mine = [p for p in (content.pieces if content else ()) if p.campaign_id == campaign_id]
    return tuple(sorted(mine, key=lambda p: (order.get(p.segment_id, len(order)), p.template_id, p.step)))


def campaign_json(context: Context, campaign: Campaign) -> dict[str, Any]:
    """A campaign with its pieces, each as filled copy and as the raw elements it was made from."""
    templates = context.dossier.templates
    return {
        **campaign.model_dump(mode="json"),
        "pieces": [
            piece_json(context, templates, piece) for piece in pieces_of(context, campaign.campaign_id) if templates
        ],
    }


def from_session(context: Context, piece: ContentPiece) -> str:
    """When a mail that follows an invitation goes out, told from its session; empty where the plan holds none.

    The template's own delay would mislead: the workflow waits for the day before the session, however far that is.
    """
    plan = context.dossier.schedule
    held = plan.session_of(piece.campaign_id) if plan else None
    slot = plan.slot_of(piece.campaign_id, piece.segment_id, piece.step) if plan else None
    if held is None or slot is None or piece.step == 1:
        return ""
    days = (held.on - slot.on).days
    if not days:
        return "on the day of the session"
    side = "before" if days > 0 else "after"
    return f"the day {side} the session" if abs(days) == 1 else f"{abs(days)} days {side} the session"


def piece_json(context: Context, templates: TemplateSet, piece: ContentPiece) -> dict[str, Any]:
    """A piece: its slots filled in each variant, its elements, its call to action and its claims with their facts."""
    template = templates.template(piece.template_id)
    step = next((s for s in template.steps if s.step == piece.step), None) if template else None
    slots = fill(template, piece) if template else ()
    return {
        "piece_id": piece.piece_id,
        "segment_id": piece.segment_id,
        "segment": context.segment_name(piece.segment_id),
        "template_id": piece.template_id,
        "step": piece.step,
        "role": step.role if step else "",
        "delay_hours": step.delay_hours if step else 0,
        "from_session": from_session(context, piece),
        "copy": [{"slot": s.name, "differs": s.differs, "variants": dict(s.shown)} for s in slots],
        "elements": [e.model_dump(mode="json") for e in piece.elements],
        "cta": piece.cta,
        "cta_url": piece.cta_url,
        "claims": [_claim(context, claim.text, claim.fact_id) for claim in piece.claims],
        "brand_voice_score": None if piece.brand_voice_score is None else str(piece.brand_voice_score),
        "generated_by": piece.generated_by,
        "prompt_version": piece.prompt_version,
    }


def _claim(context: Context, text: str, fact_id: str) -> dict[str, Any]:
    fact = fact_of(context.brief, fact_id)
    return {
        "text": text,
        "fact_id": fact_id,
        "fact": fact.text if fact else "no such fact in the brief",
        "assumed": fact.assumed if fact else True,
    }


def calendar_words(context: Context) -> Words:
    """Names of campaigns and segments and the mails' subject lines, variant A, for the calendar files."""
    templates, content = context.dossier.templates, context.dossier.content
    names = {c.campaign_id: c.name for c in (templates.campaigns if templates else ())}
    names |= {s.id: s.name for s in context.brief.segments}
    subjects = {
        (p.campaign_id, p.segment_id, p.step): e.variants[0].text
        for p in (content.pieces if content else ())
        for e in p.elements
        if e.variable.endswith("_subject") and e.variants
    }
    return Words(names, subjects)
