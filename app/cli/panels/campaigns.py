"""Templates, content and schedules (SOP substage 17.2)."""

from collections import Counter
from typing import Literal

from rich.console import Group, RenderableType

from app.cli.panels.parts import day, heading, money, plain, section, table, unshown
from gtm.domain.called import Called
from gtm.domain.campaign import CampaignContent, ContentPiece, TemplateSet
from gtm.domain.dossier import Dossier, VoiceReport
from gtm.domain.names import name_of
from gtm.domain.schedule import SchedulePlan

VOICE_LINES = 3
CALENDAR_LINES = 12
"""Lines of the calendar that are shown unless everything is asked for."""


def templates_part(templates: TemplateSet, called: Called) -> RenderableType:
    """Campaigns and the templates they use."""
    rows = table("Campaign", "Steps", "Channels", "Segments", "Call to action", right=[1])
    for campaign in templates.campaigns:
        template = templates.template(campaign.template_id)
        rows.add_row(
            plain(campaign.name),
            str(len(template.steps)) if template else "",
            plain(", ".join(name_of(channel) for channel in campaign.channels)),
            plain(", ".join(called.segment(segment) for segment in campaign.segments)),
            name_of(campaign.cta),
        )
    return section("2.1 Campaigns and templates", rows)


def content_part(content: CampaignContent, called: Called, *, full: bool) -> RenderableType:
    """Every piece with its variants side by side; unless `full`, those of the first segment of each campaign."""
    pieces = content.pieces if full else _first_segments(content.pieces)
    by = Counter(piece.generated_by for piece in content.pieces)
    written = "; ".join(f"{count} by {name}" for name, count in by.most_common())
    lines: list[RenderableType] = [plain(f"{len(content.pieces)} pieces in the voice {content.voice}: {written}"), ""]
    for piece in pieces:
        lines += [_piece(piece, called), ""]
    if len(pieces) < len(content.pieces):
        left = unshown(len(content.pieces) - len(pieces), "piece for other segments", "pieces for other segments")
        lines.append(plain(left, "yellow"))
    return section("2.2 Content", *lines)


def _first_segments(pieces: tuple[ContentPiece, ...]) -> tuple[ContentPiece, ...]:
    first: dict[str, str] = {}
    for piece in pieces:
        first.setdefault(piece.campaign_id, piece.segment_id)
    return tuple(piece for piece in pieces if first[piece.campaign_id] == piece.segment_id)


def _piece(piece: ContentPiece, called: Called) -> RenderableType:
    labels = sorted({variant.label for element in piece.elements for variant in element.variants})
    rows = table("Element", *labels)
    for column in rows.columns[1:]:
        column.ratio = 1
    rows.expand = True
    for element in piece.elements:
        texts = {variant.label: variant.text for variant in element.variants}
        rows.add_row(plain(name_of(element.variable), "cyan"), *(plain(texts.get(label, "")) for label in labels))
    claims = ", ".join(dict.fromkeys(claim.fact_id for claim in piece.claims)) or "no claims"
    foot = f"{name_of(piece.cta)} → {piece.cta_url}   facts: {claims}   {piece.piece_id}   {piece.generated_by}"
    return Group(heading(called.piece(piece.campaign_id, piece.segment_id, piece.step)), rows, plain(foot, "dim"))


def voice_part(dossier: Dossier, report: VoiceReport) -> RenderableType:
    """How close the copy is to the brand's voice: the weakest pieces, with what they lost points for."""
    pieces = {piece.piece_id: piece for piece in (dossier.content.pieces if dossier.content else ())}
    weakest = sorted(report.scores, key=lambda score: score.score)[:VOICE_LINES]
    rows = table("Weakest pieces", "Score", "Because", right=[1])
    for score in weakest:
        style = "red" if score.score < report.minimum else ""
        piece = pieces.get(score.piece_id)
        name = Called(dossier).piece(piece.campaign_id, piece.segment_id, piece.step) if piece else score.piece_id
        rows.add_row(plain(name), plain(f"{score.score:.2f}", style), plain("; ".join(score.reasons)))
    return section(f"Brand voice, at least {report.minimum:.2f} wanted", rows)


def schedule_part(plan: SchedulePlan, called: Called, *, full: bool) -> RenderableType:
    """Campaign dates, send times, ad flights, and the calendar."""
    dates = table("Campaign", "Launches", "Ends", "Aligned with")
    for campaign in plan.campaigns:
        dates.add_row(
            plain(called.campaign(campaign.campaign_id)),
            day(campaign.launches),
            day(campaign.ends),
            plain(campaign.aligned_with),
        )
    flights = table("Ad flight", "Channel", "From", "To", "Spend", right=[4])
    for flight in plan.flights:
        flights.add_row(
            plain(called.campaign(flight.campaign_id)),
            plain(name_of(flight.channel)),
            day(flight.starts),
            day(flight.ends),
            money(flight.amount),
        )
    weeks = ((plan.ends - plan.starts).days + 1) / 7
    lines: list[RenderableType] = [
        plain(f"{day(plan.starts)} to {day(plan.ends)}, {weeks:g} weeks; {len(plan.emails)} e-mail sends"),
        "",
        dates,
        "",
        flights,
        "",
        _calendar(plan, full=full),
    ]
    return section("2.3 Schedule", *lines, *(plain(note, "dim") for note in plan.notes))


def _calendar(plan: SchedulePlan, *, full: bool) -> RenderableType:
    entries = sorted(plan.calendar, key=lambda entry: (entry.on, entry.at))
    shown = entries if full else entries[:CALENDAR_LINES]
    zones = {entry.zone for entry in entries}
    rows = table(f"When ({zones.pop()})" if len(zones) == 1 else "When", "Kind", "What", "Channel")
    for entry in shown:
        zone = f" {entry.zone}" if zones else ""
        when, channel = f"{day(entry.on)} {entry.at:%H:%M}{zone}", name_of(entry.channel)
        rows.add_row(when, entry.kind, plain(entry.title), plain(channel))
    if len(shown) == len(entries):
        return rows
    return Group(rows, plain(unshown(len(entries) - len(shown), "later entry", "later entries"), "yellow"))


def campaign_parts(
    dossier: Dossier, *wanted: Literal["templates", "content", "schedule"], full: bool = False
) -> RenderableType:
    """Whatever of the wanted parts stands."""
    called = Called(dossier)
    parts: list[RenderableType] = []
    if "templates" in wanted and dossier.templates:
        parts.append(templates_part(dossier.templates, called))
    if "content" in wanted and dossier.content:
        parts.append(content_part(dossier.content, called, full=full))
    if "schedule" in wanted and dossier.schedule:
        parts.append(schedule_part(dossier.schedule, called, full=full))
    return Group(*parts)
