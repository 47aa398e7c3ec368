"""The handoff checklist (SOP, Handoff to Stage 18)."""

from urllib.parse import urlsplit

from gtm.domain.verdict import Verdict
from gtm.policies.checklist import Checklist
from gtm.policies.facts import HandoffFacts

POLICY = "handoff.checklist"


def checklist(facts: HandoffFacts) -> Verdict:
    """The package briefs stage 18, gives sales scoring workflows, names the dashboard and documents the agent's API.

    A file that says there is nothing gives access to nothing: lead scoring is met by a workflow that acts on a score.
    """
    checks = Checklist(facts.stage, POLICY)
    for name, path, what, told in (
        ("handoff.team_briefed", facts.briefing, "the report that briefs stage 18", "the briefing is in the package"),
        ("handoff.api_documentation", facts.api_documentation, "the agent API description",
         "the description of the agent's API is in the package"),
    ):  # fmt: skip
        there = bool(path) and path in facts.files
        checks.line(
            name, [] if there else [f"{what} ({path or 'no path'}) is not in the package"], told, f"write {what}"
        )
    _lead_scoring(checks, facts)
    parts = urlsplit(facts.dashboard_url)
    served = parts.scheme in ("http", "https") and bool(parts.hostname)
    checks.line(
        "handoff.dashboard_url",
        [] if served else [_no_dashboard(facts.dashboard_url)],
        facts.dashboard_url,
        "until there is one, read the campaigns' figures on the platforms themselves",
    )
    return checks.verdict()


def _lead_scoring(checks: Checklist, facts: HandoffFacts) -> None:
    name = "handoff.lead_scoring_access"
    if not facts.scoring_workflows and not facts.has_scoring:
        checks.spare(name, "the venture has no scoring")
        return
    there = bool(facts.lead_scoring) and facts.lead_scoring in facts.files
    faults = [] if there else [f"the lead scoring document ({facts.lead_scoring or 'no path'}) is not in the package"]
    if not facts.scoring_workflows:
        faults.append("the brief scores leads, and no workflow of this run acts on a score")
    told = f"{facts.lead_scoring} names {', '.join(facts.scoring_workflows)}"
    checks.line(name, faults, told, "give a workflow a trigger or a condition on the score, and name it to sales")


def _no_dashboard(url: str) -> str:
    return f"{url!r} is no address of a dashboard" if url else "no performance dashboard exists yet"
