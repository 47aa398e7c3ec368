"""Templates, content and schedules (SOP substage 17.2)."""

from collections import Counter

from rich.console import Group, RenderableType

from app.cli.panels.parts import day, heading, money, plain, section, table
from gtm.domain.campaign import CampaignContent, ContentPiece, TemplateSet
from gtm.domain.dossier import VoiceReport
from gtm.domain.schedule import SchedulePlan

VOICE_LINES = 3
CALENDAR_LINES = 12
"""Lines of the calendar that are shown unless everything is asked for."""


def templates_part(templates: TemplateSet) -> RenderableType:
    """Campaigns and the templates they use."""
    rows = table("Campaign", "Steps", "Channels", "Segments", "Call to action", right=[1])
    for campaign in templates.campaigns:
        template = templates.template(campaign.template_id)
        rows.add_row(
            plain(campaign.name),
            str(len(template.steps)) if template else "",
            plain(", ".join(campaign.channels)),
            plain(", ".join(campaign.segments)),
            campaign.cta,
        )
    return section("2.1 Campaigns and templates", rows)


def content_part(content: CampaignContent, *, full: bool) -> RenderableType:
    """Every piece with its variants side by side; unless `full`, those of the first segment of each campaign."""
    pieces = content.pieces if full else _first_segments(content.pieces)
    by = Counter(piece.generated_by for piece in content.pieces)
    written = "; ".join(f"{count} by {name}" for name, count in by.most_common())
    lines: list[RenderableType] = [plain(f"{len(content.pieces)} pieces in the voice {content.voice}: {written}"), ""]
    for piece in pieces:
        lines += [_piece(piece), ""]
    if len(pieces) < len(content.pieces):
        lines.append(
            plain(f"{len(content.pieces) - len(pieces)} pieces for other segments are not shown here.", "yellow")
        )
    return section("2.2 Content", *lines)


def _first_segments(pieces: tuple[ContentPiece, ...]) -> tuple[ContentPiece, ...]:
    first: dict[str, str] = {}
    for piece in pieces:
        first.setdefault(piece.campaign_id, piece.segment_id)
    return tuple(piece for piece in pieces if first[piece.campaign_id] == piece.segment_id)


def _piece(piece: ContentPiece) -> RenderableType:
    labels = sorted({variant.label for element in piece.elements for variant in element.variants})
    rows = table("Element", *labels)
    for column in rows.columns[1:]:
        column.ratio = 1
    rows.expand = True
    for element in piece.elements:
        texts = {variant.label: variant.text for variant in element.variants}
        rows.add_row(plain(element.variable, "cyan"), *(plain(texts.get(label, "")) for label in labels))
    claims = ", ".join(dict.fromkeys(claim.fact_id for claim in piece.claims)) or "no claims"
    foot = plain(f"{piece.cta} → {piece.cta_url}   facts: {claims}   {piece.generated_by}", "dim")
    return Group(heading(piece.piece_id), rows, foot)


def voice_part(report: VoiceReport) -> RenderableType:
    """How close the copy is to the brand's voice: the weakest pieces, with what they lost points for."""
    weakest = sorted(report.scores, key=lambda score: score.score)[:VOICE_LINES]
    rows = table("Weakest pieces", "Score", "Because", right=[1])
    for score in weakest:
        style = "red" if score.score < report.minimum else ""
        rows.add_row(plain(score.piece_id), plain(f"{score.score:.2f}", style), plain("; ".join(score.reasons)))
    return section(f"Brand voice, at least {report.minimum:.2f} wanted", rows)


def schedule_part(plan: SchedulePlan, *, full: bool) -> RenderableType:
    """Campaign dates, send times, ad flights, and the calendar."""
    dates = table("Campaign", "Launches", "Ends", "Aligned with")
    for campaign in plan.campaigns:
        dates.add_row(
            plain(campaign.campaign_id), day(campaign.launches), day(campaign.ends), plain(campaign.aligned_with)
        )
    flights = table("Ad flight", "Channel", "From", "To", "Spend", right=[4])
    for flight in plan.flights:
        flights.add_row(
            plain(flight.campaign_id), plain(flight.channel), day(flight.starts), day(flight.ends), money(flight.amount)
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
        rows.add_row(f"{day(entry.on)} {entry.at:%H:%M}{zone}", entry.kind, plain(entry.title), plain(entry.channel))
    if len(shown) == len(entries):
        return rows
    return Group(rows, plain(f"{len(entries) - len(shown)} later entries are not shown here.", "yellow"))


def campaign_parts(
    templates: TemplateSet | None, content: CampaignContent | None, schedule: SchedulePlan | None, *, full: bool
) -> RenderableType:
    """Whatever of the three stands."""
    parts: list[RenderableType] = []
    if templates:
        parts.append(templates_part(templates))
    if content:
        parts.append(content_part(content, full=full))
    if schedule:
        parts.append(schedule_part(schedule, full=full))
    return Group(*parts)
