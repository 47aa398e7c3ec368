"""report.html: the seven mandatory parts, well-formed, self-contained, escaped, with links that lead somewhere."""

import json
import re
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from html.parser import HTMLParser
from itertools import pairwise
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from urllib.parse import urlsplit

import pytest

from crews.stage17_gtm.handoff import HandoffResult
from crews.stage17_gtm.handoff import words as w
from crews.stage17_gtm.handoff.content import from_session
from crews.stage17_gtm.handoff.context import Context
from crews.stage17_gtm.handoff.copy_text import variant_url
from crews.stage17_gtm.handoff.month import _core, weeks
from crews.stage17_gtm.handoff.previews import _place
from crews.stage17_gtm.handoff.rendering import markdown, merge_fields
from crews.stage17_gtm.handoff.summary import _leading, _tiles
from crews.stage17_gtm.handoff.utm import utm_examples
from gtm.domain.dossier import Dossier, UsageTotals
from gtm.domain.drafting import stand_in_label
from gtm.domain.verdict import Check, Finding, Verdict
from tests.unit.crews import dossiers
from tests.unit.crews.test_handoff import write
from tests.unit.playbook.test_winners import winner

PARTS = [
    "Executive summary",
    "Completeness report",
    "Deliverables manifest",
    "Key decisions",
    "Known issues",
    "Resource utilisation",
    "Action items",
]
VOID = {"meta", "br", "hr", "img", "input", "link", "source", "col", "wbr"}
EVIL = "<script>alert('x')</script>"


class Page(HTMLParser):
    """Collects what the tests ask about; unbalanced elements fail."""

    def __init__(self, text: str) -> None:
        super().__init__(convert_charrefs=True)
        self.stack: list[str] = []
        self.headings: list[tuple[int, str]] = []
        self.ids: list[str] = []
        self.links: list[str] = []
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.text: list[str] = []
        self.feed(text)
        assert self.stack == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        found = dict(attrs)
        self.tags.append((tag, found))
        if found.get("id"):
            self.ids.append(str(found["id"]))
        if tag == "a":
            self.links.append(str(found.get("href")))
        if re.fullmatch("h[1-6]", tag):
            self.headings.append((int(tag[1]), ""))
        if tag not in VOID:
            self.stack.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)
        if tag not in VOID:
            self.stack.pop()

    def handle_endtag(self, tag: str) -> None:
        assert self.stack and self.stack[-1] == tag, f"</{tag}> closes {self.stack[-3:]}"
        self.stack.pop()

    def handle_data(self, data: str) -> None:
        if self.stack and re.fullmatch("h[1-6]", self.stack[-1]):
            level, text = self.headings[-1]
            self.headings[-1] = (level, text + data)
        if "style" not in self.stack:
            self.text.append(data)

    def said(self) -> str:
        """All text with its white space made plain."""
        return " ".join(" ".join(self.text).split())


@pytest.fixture(scope="module")
def result(tmp_path_factory: pytest.TempPathFactory) -> HandoffResult:
    """One package that the tests only read."""
    return write(tmp_path_factory.mktemp("report"))


@pytest.fixture(scope="module")
def page(result: HandoffResult) -> Page:
    """Its report, parsed."""
    return Page((result.folder / "report.html").read_text())


def test_the_seven_mandatory_parts_stand_in_order(page: Page) -> None:
    parts = [text.strip() for level, text in page.headings if level == 2]
    assert [part for part in parts if part != "The plan"] == PARTS


def test_headings_never_skip_a_level(page: Page) -> None:
    levels = [level for level, _ in page.headings]
    assert levels[0] == 1 and levels.count(1) == 1
    assert all(after <= before + 1 for before, after in pairwise(levels))


def test_the_page_has_language_title_and_unique_ids(page: Page) -> None:
    assert dict(page.tags)["html"] == {"lang": "en"}
    assert len(page.ids) == len(set(page.ids))
    assert [t for t, _ in page.tags].count("main") == 1


def test_nothing_is_loaded_from_elsewhere(result: HandoffResult, page: Page) -> None:
    assert not [tag for tag, _ in page.tags if tag in ("script", "link", "img", "iframe", "object", "embed", "base")]
    assert not [a for _, a in page.tags if "src" in a or "srcset" in a]
    text = (result.folder / "report.html").read_text()
    assert "@import" not in text and not re.search(r"url\((?!#)", text)


def test_every_link_leads_to_a_file_of_the_package_or_a_place_in_the_page(result: HandoffResult, page: Page) -> None:
    for link in page.links:
        parts = urlsplit(link)
        assert not parts.scheme and not parts.netloc, link
        if parts.fragment:
            assert parts.fragment in page.ids, link
        else:
            assert parts.path in result.files, link


def test_links_between_the_markdown_files_resolve(result: HandoffResult) -> None:
    for path in (p for p in result.files if p.endswith(".md")):
        for target in re.findall(r"\]\(([^)#]+)\)", (result.folder / path).read_text()):
            assert ((result.folder / path).parent / target).resolve().is_file(), f"{path}: {target}"


def test_charts_say_in_words_what_they_show(page: Page) -> None:
    drawings = [a for tag, a in page.tags if tag == "svg"]
    assert drawings
    assert all(a.get("aria-hidden") == "true" or (a.get("role") == "img" and a.get("aria-label")) for a in drawings)
    assert "proven $35,000, 70 percent" in str([a.get("aria-label") for a in drawings])


def test_every_checklist_line_is_in_the_completeness_part(page: Page) -> None:
    stage = dossiers.stage()
    said = page.said()
    lists = [gate.checklist for gate in (*stage.entry_gates, *stage.exit_gates)]
    lists += [step.checklist for step in stage.steps]
    lists += [substage.exit_criteria for substage in stage.substages]
    lists += [stage.final_checklist, stage.handoff_checklist]
    lines = [line for checklist in lists for line in checklist]
    assert len(lines) > 70
    missing = [line.sop for line in lines if " ".join(w.asked_line(line.sop).split()) not in said]
    assert missing == []


def test_the_venture_cannot_write_markup(tmp_path: Path) -> None:
    brief = dossiers.brief(name=EVIL, product=f"{EVIL} for all", source=EVIL)
    approvals = tuple(a.model_copy(update={"comment": EVIL}) for a in dossiers.dossier().approvals)
    workflow = dossiers.workflow().model_copy(update={"name": EVIL})
    dossier = dossiers.dossier(
        brief=brief, approvals=approvals, workflows={"venture_id": "fleet", "workflows": (workflow.model_dump(),)}
    )
    written = write(tmp_path, dossier)
    text = (written.folder / "report.html").read_text()
    assert "<script" not in text and "&lt;script&gt;" in text
    assert EVIL in Page(text).said()
    for path in (p for p in written.files if p.endswith(".md")):
        outside_code = re.sub(r"```.*?```", "", (written.folder / path).read_text(), flags=re.S)
        assert "<script" not in outside_code, path


def test_markdown_keeps_a_ventures_signs_as_text() -> None:
    class Case:
        name, type, channels, objective, cta = "a | b *c*", "email_drip", ("email",), "`x`", "book_demo"
        pieces: tuple[str, ...] = ()

    text = markdown("campaign.md.j2", campaign=Case(), groups=[], venture="<b>")
    assert "a \\| b \\*c\\*" in text and "&lt;b>" in text


def test_merge_fields_are_shown_as_such_and_the_rest_is_escaped() -> None:
    assert merge_fields("Hi {{ first_name }}, <b>") == "Hi <span class=merge>first name</span>, &lt;b&gt;"


def test_each_variant_has_its_own_tracked_link() -> None:
    url = "https://fleetdm.com/demo?utm_source=newsletter&utm_content=fleet-email-drip-1-a"
    assert variant_url(url, "A") == url
    assert variant_url(url, "B") == "https://fleetdm.com/demo?utm_source=newsletter&utm_content=fleet-email-drip-1-b"
    assert variant_url("https://fleetdm.com/a-a?x=1", "B") == "https://fleetdm.com/a-a?x=1"


def test_decisions_say_who_when_and_how(page: Page) -> None:
    said = page.said()
    assert "by Ada Park via the command line" in said
    assert "Say 'organizations', and make the second email shorter." in said
    assert "Step 2.2, Generate Campaign Content, revision 2 (done)" in said


def test_known_issues_name_assumptions_contradictions_and_what_is_not_connected(page: Page) -> None:
    said = page.said()
    assert "Which medium holds for paid social?" in said
    assert "Financial model › monthly $50,000.00 (no public figure exists)" in said
    assert "Platforms that are not connected" in said
    assert "No platform is connected, so there is nothing to test." in said


def test_a_missing_postal_address_and_an_unknown_place_of_a_session_are_said_and_to_be_done(page: Page) -> None:
    said = page.said()
    assert "Mail law demands the sender's postal address in marketing mail" in said
    assert "Supply Postal address" in said


def test_action_items_are_dated_before_what_they_are_for(page: Page) -> None:
    said = page.said()
    assert "Connect LinkedIn: fill vault://fleet/linkedin/api-token" in said
    assert "EXEC · by 2 January 2026" in said


def test_what_is_assumed_is_confirmed_before_the_plan_starts(page: Page) -> None:
    said = page.said()
    item = said[said.index("Confirm or replace") :]
    assert re.search(r"LEAD · by (\d+ \w+ \d+)", item).group(1) == "2 January 2026"
    assert "handoff.dashboard_url" not in said


def test_a_day_is_in_the_order_of_its_hours(tmp_path: Path) -> None:
    plan = weeks(context(), dossiers.schedule())
    days = [[chip.at for chip in day.chips] for week in plan for day in week.days if len(day.chips) > 1]
    assert days and all(day == sorted(day) for day in days)


def test_a_channels_example_link_leads_to_its_own_offer() -> None:
    assert utm_examples(context())["webinars"] == "", "no campaign of the hand-made run is on that channel"
    made = dossiers.dossier().templates
    assert made is not None
    session = made.campaigns[0].model_copy(update={"channels": ("webinars",), "type": "webinar_funnel"})
    dossier = replace_dossier(templates=made.model_copy(update={"campaigns": (session,)}))
    link = utm_examples(replace(context(), dossier=dossier))["webinars"]
    assert urlsplit(link).path == "/workshops" and "-webinar-Webinar&" in link


@pytest.mark.parametrize(
    ("held", "second", "third"),
    [
        (date(2026, 1, 22), "9 days before the session", "2 days before the session"),
        (date(2026, 1, 14), "the day before the session", "6 days after the session"),
        (date(2026, 1, 20), "7 days before the session", "on the day of the session"),
        (date(2026, 1, 19), "6 days before the session", "the day after the session"),
    ],
)
def test_a_mail_of_a_session_is_told_from_its_day(held: date, second: str, third: str) -> None:
    made = dossiers.dossier()
    assert made.schedule is not None and made.content is not None
    sessions = tuple(
        e.model_copy(update={"campaign_id": "fleet-email-drip", "on": held}) if e.kind == "webinar" else e
        for e in made.schedule.calendar
    )
    plan = made.schedule.model_copy(update={"calendar": sessions})
    found = replace(context(), dossier=replace_dossier(schedule=plan))
    piece = next(p for p in made.content.pieces if p.campaign_id == "fleet-email-drip")
    told = [from_session(found, piece.model_copy(update={"step": step})) for step in (1, 2, 3, 9)]
    assert told == ["", second, third, ""]
    assert from_session(context(), piece.model_copy(update={"step": 2})) == "", "no session, no day to tell it from"


def test_the_headline_says_where_the_money_goes_when_it_is_not_the_primary_channel() -> None:
    plan = dossiers.budget()
    lines = tuple(
        line.model_copy(update={"channel": {"linkedin": "email", "email": "linkedin"}.get(line.channel, line.channel)})
        for line in plan.lines
    )
    assert _leading("linkedin", plan) == ", led by LinkedIn"
    told = _leading("linkedin", plan.model_copy(update={"lines": lines}))
    assert told == ", with LinkedIn as its primary channel and the largest budget on Email"


def context() -> Context:
    return Context(dossiers.dossier(), dossiers.NOW, dossiers.stage(), dossiers.policies(), dossiers.AGENT_URL)


def replace_dossier(**changes: object) -> Dossier:
    return dossiers.dossier().model_copy(update=changes)


def test_no_model_was_called_is_said(page: Page) -> None:
    said = page.said()
    assert "playbook (embedded, no model was called)" in said
    assert "Playbook calls 34" in said


def test_a_live_run_counts_its_calls_and_an_unknown_price_is_undefined(tmp_path: Path) -> None:
    steps = tuple(
        s.model_copy(update={"generated_by": "gpt-5" if s.step != "2.2" else stand_in_label("gpt-5", "it was cut off")})
        for s in dossiers.dossier().steps
    )
    usage = UsageTotals(
        calls=14, tried=12, answered=9, attempts=15, prompt_tokens=120_500, completion_tokens=9_000, cost=None
    )
    dossier = dossiers.dossier(provider="gpt-5", steps=steps, usage=usage)
    said = Page((write(tmp_path, dossier).folder / "report.html").read_text()).said()
    assert "Model calls 12 tried 9 answered; 15 HTTP requests" in said
    assert "Playbook calls 2" in said
    assert "asked gpt-5; the playbook stood in for 1 of 9 steps" in said
    assert (
        "gpt-5 was asked to draft this: 12 calls to it were tried, 9 answered; the playbook stood in for 1 of 9 steps."
    ) in said
    assert "Cost undefined" in said and "129,500" in said
    assert "the playbook's draft stands in its place" in said


def test_a_server_that_never_answers_drafted_nothing_and_cost_nothing(tmp_path: Path) -> None:
    label = stand_in_label("m", "http://127.0.0.1:9/v1: no connection (3 attempts).")
    steps = tuple(s.model_copy(update={"generated_by": label}) for s in dossiers.dossier().steps)
    usage = UsageTotals(calls=66, tried=14, answered=0, attempts=42, cost=Decimal(0))
    written = write(tmp_path, dossiers.dossier(provider="m", steps=steps, usage=usage))
    said = Page((written.folder / "report.html").read_text()).said()
    assert "drafted by m" not in said
    assert said.count("asked m; the playbook stood in for 9 of 9 steps") == 2
    assert "14 calls to it were tried, 0 answered" in said
    assert "Cost $0.00 no token was used" in said
    assert json.loads((written.folder / "agent-configuration.json").read_text())["model_provider"].startswith(
        "asked m;"
    )


def test_what_holds_in_part_is_noted_and_what_a_venture_has_not_is_not_applicable(tmp_path: Path) -> None:
    base = dossiers.dossier()
    apart = {"templates.webinar_funnel": {"applies": False, "detail": "Not applicable: there is no session."}}
    noted = {"exits.workflows_active.triggers_enabled": {"passed": False, "severity": "note", "detail": "No worker."}}
    changes: dict[str, dict[str, object]] = {**apart, **noted}
    verdicts = tuple(
        verdict.model_copy(
            update={"checks": tuple(c.model_copy(update=changes.get(c.name, {})) for c in verdict.checks)}
        )
        for verdict in base.verdicts
    )
    said = Page((write(tmp_path, dossiers.dossier(verdicts=verdicts)).folder / "report.html").read_text()).said()
    assert "Not applicable Webinar funnel template" in said
    assert "Noted Triggers are enabled and monitoring No worker." in said
    assert "3 exit gates passed" in said or "Met All 3 exit gates validated" in said
    assert "Not applicable Sales team has access to lead scoring workflows" in said
    assert "gtm serve) and name its address" not in said


def test_a_mail_whose_spam_score_was_not_measured_is_noted(tmp_path: Path) -> None:
    report = dossiers.test_report()
    cases = tuple(
        c.model_copy(update={"observed": "5 of 5 received; spam score not measured: spamd is not running"})
        if c.test_case == "Email 1 sends correctly"
        else c
        for c in report.cases
    )
    tests = {"venture_id": "fleet", "reports": (report.model_copy(update={"cases": cases}).model_dump(),)}
    written = write(tmp_path, dossiers.dossier(tests=tests))
    said = Page((written.folder / "report.html").read_text()).said()
    assert "5 of 6 SOP cases passed with 6 test leads; 1 noted: spam score not measured: spamd is not running." in said
    assert "Delivered to inbox, not spam Noted 5 of 5 received" in said
    told = "5 of the 6 SOP test cases that apply to the workflows passed, none failed; of 1 a part was not measured."
    assert told in said and "5/6" in said
    line = "Email 1 sends correctly: delivered to inbox, not spam (evidence: test email received)"
    assert line in said and " | " not in said
    assert (
        json.loads((written.folder / "test-report.json").read_text())["workflows"][0]["all_six_sop_cases_passed"]
        is False
    )


def test_what_was_approved_against_its_review_is_said_first(tmp_path: Path) -> None:
    why = "LEAD does not recommend approval; a customer costs $116.67, more than 2 times the lifetime value of $50.00."
    base = dossiers.dossier()
    strategy = next(a for a in base.approvals if a.checkpoint == "strategy")
    assert strategy.review is not None
    against = strategy.review.model_copy(update={"recommendation": "reject", "reason": why, "grounds": ("economics",)})
    changed = strategy.model_copy(update={"review": against})
    rows = tuple(changed if a is strategy else a for a in base.approvals)
    result = write(tmp_path, replace_dossier(approvals=rows))
    said = Page((result.folder / "report.html").read_text()).said()
    assert f"Approved against the advice of its review: Strategy configuration. {why}" in said
    assert said.index(why) < said.index("Budget a month")
    assert f"Look again at Strategy configuration: {why}" in said
    assert f"Strategy configuration (approved against its review): {why}" in (
        result.folder / "sales-briefing.md"
    ).read_text().replace("\\", "")


def test_nothing_is_said_of_a_review_that_was_followed(page: Page) -> None:
    assert "Approved against" not in page.said()


@pytest.mark.parametrize(("spared", "told"), [(1, "1 does not apply"), (2, "2 do not apply")])
def test_lines_that_do_not_apply_are_counted_in_grammar(spared: int, told: str) -> None:
    # Stands in for a part of the report: tiles look at the states of its lines alone.
    part: Any = SimpleNamespace(lines=(SimpleNamespace(state="not applicable"),) * spared)
    tile = _tiles(context(), (part,), ())[-1]
    assert tile.note == f"lines of the SOP met; {told}"


def test_a_failed_check_is_not_hidden(tmp_path: Path) -> None:
    failed = Check(
        name="content.cta", sop="CTA specific and measurable", passed=False, detail="2 pieces ask for nothing"
    )
    base = dossiers.dossier()
    dossier = dossiers.dossier(verdicts=(*base.verdicts, Verdict(policy="content.generated", checks=(failed,))))
    said = Page((write(tmp_path, dossier).folder / "report.html").read_text()).said()
    assert "Not met CTA specific and measurable" in said
    assert "2 pieces ask for nothing." in said


def test_a_line_without_a_recorded_verdict_is_open_and_not_judged_anew(tmp_path: Path) -> None:
    gates = tuple(
        verdict.model_copy(
            update={"checks": tuple(c for c in verdict.checks if c.name.startswith(("entry.", "exits.")))}
        )
        for verdict in dossiers.dossier().verdicts
    )
    said = Page((write(tmp_path, dossiers.dossier(verdicts=gates)).folder / "report.html").read_text()).said()
    assert "Met Allocation percentages sum to 100%" not in said
    assert "Open Allocation percentages sum to 100%" in said
    assert "Lines that nothing decides" in said


def test_failed_and_inapplicable_tests_are_told_apart(tmp_path: Path) -> None:
    report = dossiers.test_report()
    cases = list(report.cases)
    cases[0] = cases[0].model_copy(update={"status": "failed", "observed": "started after 75 s"})
    cases[3] = cases[3].model_copy(update={"status": "not_applicable", "observed": "the workflow asks nothing"})
    changed = report.model_copy(update={"cases": tuple(cases)})
    dossier = dossiers.dossier(tests={"venture_id": "fleet", "reports": (changed.model_dump(),)})
    said = Page((write(tmp_path, dossier).folder / "report.html").read_text()).said()
    assert "4 of 6 SOP cases passed with 6 test leads; 1 did not apply to this workflow; 1 failed." in said
    assert "started after 75 s" in said


@pytest.mark.parametrize(
    ("value", "said"),
    [
        (timedelta(seconds=0.42), "0.4 s"),
        (timedelta(seconds=59.7), "1 min"),
        (timedelta(seconds=192), "3 min 12 s"),
        (timedelta(hours=2, minutes=5), "2 h 5 min"),
        (timedelta(days=3, hours=4), "3 d 4 h"),
        (None, "undefined"),
    ],
)
def test_lengths_of_time(value: timedelta | None, said: str) -> None:
    assert w.duration(value) == said


def test_amounts_are_never_rounded_to_a_zero_that_is_not_one() -> None:
    assert w.cost(Decimal("0.0004")) == "less than $0.01"
    assert w.cost(Decimal(0)) == "$0.00"
    assert w.cost(None) == "undefined"
    assert w.money_short(Decimal("35000.00")) == "$35,000"
    assert w.money_short(Decimal("1666.67")) == "$1,666.67"


def test_what_won_before_stands_in_the_report_escaped(tmp_path: Path) -> None:
    won = winner(f"{EVIL} wins", segment_id="security", step=1, variable="email_subject")
    dossier = dossiers.dossier(winners=(won,))
    page = (write(tmp_path, dossier).folder / "report.html").read_text()
    assert "What won before" in page and "opened by 30.0 % of 200 delivered" in page and EVIL not in page
    assert "not used: this run has no such step" in page


def test_an_ad_stands_on_its_network_and_a_session_nowhere_but_in_the_calendar(tmp_path: Path) -> None:
    assert (_place("instagram_ads"), _place("google_ads")) == ("on Instagram", "on Google")
    assert _place("influencer_partnerships") == "by influencers"
    said = Page((write(tmp_path).folder / "report.html").read_text()).said()
    assert "Webinar on " not in said and ": Launch: " not in said


def test_a_fact_that_is_doubted_is_named_by_what_it_says(tmp_path: Path) -> None:
    base = dossiers.dossier()
    fact = base.brief.facts[0]
    finding = Finding(
        kind="contradiction", field=f"facts.{fact.id}", code="doubted", detail="It is said and not proven."
    )
    said = Page((write(tmp_path, dossiers.dossier(findings=(finding,))).folder / "report.html").read_text()).said()
    assert f"Fact “{fact.short}”" in said and f"Facts › {fact.id}" not in said


@pytest.mark.parametrize(
    ("kind", "title", "shown"),
    [
        ("social", "For a head of IT: Device policy as a pull request", "Device policy as a pull request"),
        ("social", "Largest deployment: above 400,000 hosts", "Largest deployment: above 400,000 hosts"),
        ("blog", "MDM · Full Apple MDM parity: a walk-through for a head of IT", "Full Apple MDM parity"),
        ("review", "LEAD reviews week 1: no ads, target 20 leads", "LEAD reviews week 1"),
        ("launch", "Launch: landing page", "Launch: landing page"),
    ],
)
def test_a_narrow_day_shows_first_what_tells_an_entry_from_its_neighbours(kind: str, title: str, shown: str) -> None:
    assert _core(kind, title) == shown
