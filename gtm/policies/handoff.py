"""The handoff checklist (SOP, Handoff to Stage 18)."""

from urllib.parse import urlsplit

from gtm.domain.verdict import Verdict
from gtm.policies.checklist import Checklist
from gtm.policies.facts import HandoffFacts

POLICY = "handoff.checklist"


def checklist(facts: HandoffFacts) -> Verdict:
    """The package briefs stage 18, gives sales the lead scoring, names the dashboard and documents the agent's API."""
    checks = Checklist(facts.stage, POLICY)
    for name, path, what in (
        ("handoff.team_briefed", facts.briefing, "the report that briefs stage 18"),
        ("handoff.lead_scoring_access", facts.lead_scoring, "the lead scoring document"),
        ("handoff.api_documentation", facts.api_documentation, "the agent API description"),
    ):
        there = bool(path) and path in facts.files
        checks.line(
            name, [] if there else [f"{what} ({path or 'no path'}) is not in the package"], path, f"write {what}"
        )
    parts = urlsplit(facts.dashboard_url)
    served = parts.scheme in ("http", "https") and bool(parts.hostname)
    checks.line(
        "handoff.dashboard_url",
        [] if served else [_no_dashboard(facts.dashboard_url)],
        facts.dashboard_url,
        "serve the dashboard (gtm serve) and name its address",
    )
    return checks.verdict()


def _no_dashboard(url: str) -> str:
    return f"{url!r} is no address of a dashboard" if url else "no dashboard is served, so there is no address to share"
