"""A venture's brief and what was found in it."""

from collections.abc import Sequence

from rich.console import Group, RenderableType

from app.cli.panels.parts import framed, plain, section, table
from gtm.domain.brief import VentureBrief
from gtm.domain.money import usd
from gtm.domain.names import name_of
from gtm.domain.verdict import FINDING_KINDS, Finding
from gtm.policies.entry import assumptions


def brief_panel(brief: VentureBrief, findings: Sequence[Finding]) -> RenderableType:
    """The brief at a glance, with what was found in it and what it assumes."""
    facts = table("", "")
    strategy = brief.market_strategy
    rows = {
        "Product": brief.product,
        "Sells to": f"{name_of(brief.segment_type)}, {', '.join(brief.geography.countries)}",
        "Strategy": f"{strategy.status}, last updated {strategy.last_updated}",
        "Positioning": strategy.positioning or "not documented",
        "Pricing": f"{brief.pricing.status}: {brief.pricing.price}",
        "Budget": f"{usd(brief.financial_model.monthly.value)} a month"
        + _assumed(brief.financial_model.monthly.assumed),
        "Voice": f"{brief.brand.voice}: {brief.brand.description}",
        "Source": brief.source,
    }
    for name, value in rows.items():
        facts.add_row(plain(name, "bold"), plain(value))
    facts.show_header = False
    return framed(
        f"{brief.name} ({brief.id})",
        Group(facts, "", _segments(brief), findings_part((*findings, *assumptions(brief)))),
    )


def _assumed(assumed: bool) -> str:
    return " (assumed)" if assumed else ""


def _segments(brief: VentureBrief) -> RenderableType:
    rows = table("#", "Segment", "Value proposition", "Channels", right=[0])
    for segment in brief.ranked_segments:
        rows.add_row(
            str(segment.priority),
            plain(f"{segment.name}\n{segment.id}"),
            plain(segment.value_proposition or "none"),
            plain(", ".join(name_of(channel) for channel in segment.channels) or "none named"),
        )
    return section("Segments", rows)


def findings_part(findings: Sequence[Finding]) -> RenderableType:
    """Contradictions, gaps and risks first, assumptions after them."""
    told = {(f.kind, f.field, f.detail): f for f in findings}.values()
    rows = table("Kind", "What", "Where", "To ask")
    for finding in sorted(told, key=lambda f: FINDING_KINDS.index(f.kind)):
        style = "" if finding.kind == "assumption" else "yellow"
        rows.add_row(plain(finding.kind, style), plain(finding.detail), plain(finding.field), plain(finding.ask))
    return section(f"Findings ({len(told)})", rows if told else plain("none"))
