"""Copy as its readers get it: the way out of a mail, words for pictures, warnings, and what was not checked."""

from decimal import Decimal
from typing import Any

import pytest

from crews.copy_evidence import rendered_mails
from gtm.domain.check import NotChecked
from gtm.domain.proofing import SpamReport
from gtm.policies.content import content_faults, generated
from gtm.policies.content_report import check_content
from gtm.policies.facts import ContentFacts
from gtm.policies.registry import judge_step
from tests.unit.policies.support import (
    LAYOUT,
    assert_fails,
    common,
    dossier,
    drafts,
    policies,
    rewritten,
    stage,
    with_,
)

GOOD = drafts().content
FIRST = next(p for p in GOOD.pieces if p.template_id == "fleet-email-drip" and p.segment_id == "it-platform")
AD = next(p for p in GOOD.pieces if any(e.variable.endswith("_alt_text") for e in p.elements))
WHOLE = "<html lang='en'><body><p>Hi.</p><a href='https://fleetdm.com/u'>Unsubscribe</a></body></html>"


def facts(**changes: Any) -> ContentFacts:
    d = drafts()
    given: dict[str, Any] = {"brief": d.brief, "templates": d.templates, "channels": d.channels, "artifact": GOOD}
    return ContentFacts(**common(), **(given | changes))


def mail(html: str) -> dict[str, dict[str, str]]:
    return {FIRST.piece_id: {"B": html}}


@pytest.mark.parametrize(
    ("check", "html", "word"),
    [
        ("content.unsubscribe", WHOLE.replace("Unsubscribe", "Home"), "no link to unsubscribe"),
        ("content.unsubscribe", "", "no link to unsubscribe"),
        ("content.accessibility", WHOLE.replace("<p>Hi.</p>", "<img src='x.png'>"), "no alternative text"),
        ("content.accessibility", WHOLE.replace("<p>", "<p style='color:#bbbbbb'>"), "contrast"),
        ("content.accessibility", WHOLE.replace("<p>Hi.</p>", "<h1>Hi</h1><h3>Ho</h3>"), "level 3 after level 1"),
        ("content.variables_filled", WHOLE.replace("Hi.", "Hi {{ company_name }}."), "a placeholder is left"),
    ],
)
def test_a_fault_of_the_rendered_mail_blocks_with_its_place(check: Any, html: str, word: str) -> None:
    verdict = generated(facts(mails=mail(html)))
    assert_fails(verdict, check, word, f"{FIRST.piece_id}/html/B")
    (fault,) = [f for f in content_faults(GOOD, drafts().templates, facts(mails=mail(html))) if f.check == check]
    assert (fault.severity, fault.span) == ("block", html[fault.start : fault.end])
    assert fault.repair
    report = check_content(facts(mails=mail(html))).piece(FIRST.piece_id)
    assert report is not None and report.blocked and report.scores[check] == Decimal("0.75")


def test_a_whole_mail_passes_and_only_what_was_rendered_is_judged() -> None:
    verdict = generated(facts(mails=mail(WHOLE)))
    assert verdict.passed
    assert "1 mail:" in next(c for c in verdict.checks if c.name == "content.unsubscribe").detail
    assert "content.unsubscribe" not in {check.name for check in generated(facts()).checks}
    report = check_content(facts()).piece(FIRST.piece_id)
    assert report is not None and "content.unsubscribe" not in report.scores


@pytest.mark.parametrize("text", ["image", "Logo", "hosts.png"])
def test_a_picture_whose_alternative_says_nothing_blocks(text: str) -> None:
    variable = next(e.variable for e in AD.elements if e.variable.endswith("_alt_text"))
    bad = rewritten(AD, variable, text)
    content = with_(GOOD, pieces=tuple(bad if p.piece_id == bad.piece_id else p for p in GOOD.pieces))
    assert_fails(generated(facts(artifact=content)), "content.accessibility", f"{variable}/A", "picture")


@pytest.mark.parametrize("name", ["fleet", "life", "posthog"])
def test_every_mail_of_the_drafts_is_rendered_and_passes_before_there_is_a_calendar(name: str) -> None:
    d = drafts(name)
    run = with_(dossier(), brief=d.brief, templates=d.templates, content=d.content, channels=d.channels, schedule=None)
    mails, refused = rendered_mails(run, LAYOUT)
    assert (len(mails), refused) == (27, ())
    assert judge_step("2.2", stage(), policies(), run, mails=mails).passed


def test_a_mail_that_cannot_be_rendered_blocks_and_is_named() -> None:
    bad = with_(FIRST, cta_url="javascript:alert(1)")
    content = with_(GOOD, pieces=tuple(bad if p.piece_id == bad.piece_id else p for p in GOOD.pieces))
    run = with_(dossier(), content=content)
    mails, refused = rendered_mails(run, LAYOUT)
    assert mails[FIRST.piece_id] == {"A": "", "B": ""}
    assert {one.check for one in refused} == {"content.unsubscribe"}
    assert "cta_url" in refused[0].why
    verdict = judge_step("2.2", stage(), policies(), run, mails=mails, not_checked=refused)
    assert_fails(verdict, "content.unsubscribe", FIRST.piece_id)


def test_what_was_not_checked_is_a_line_that_does_not_stop() -> None:
    silent = NotChecked("content.grammar", "the language checkers", "they said nothing for 60 seconds")
    verdict = generated(facts(not_checked=(silent,)))
    assert verdict.passed
    (line,) = [check for check in verdict.checks if check.name == "content.not_checked"]
    assert (line.passed, line.severity) == (False, "note")
    assert line.detail == (
        "content.grammar was not checked by the language checkers: they said nothing for 60 seconds."
    )
    assert "gtm doctor" in line.fix
    assert "content.not_checked" not in {check.name for check in generated(facts()).checks}


def test_what_passes_barely_is_a_warning() -> None:
    limit = policies().spam_score_below
    near = SpamReport(score=limit - Decimal("0.1"), threshold=Decimal(5), rules=("HTML_ONLY",))
    verdict = generated(facts(spam={FIRST.piece_id: near}))
    assert verdict.passed
    (line,) = [check for check in verdict.checks if check.name == "content.warnings"]
    assert line.severity == "note" and "HTML_ONLY" in line.detail
    (finding,) = verdict.findings
    assert finding.field == FIRST.piece_id
    far = near.model_copy(update={"score": limit / 2 - Decimal("0.1")})
    assert "content.warnings" not in {check.name for check in generated(facts(spam={FIRST.piece_id: far})).checks}


@pytest.mark.parametrize(("by", "severity"), [("-0.01", "block"), ("0.00", "warn"), ("0.06", "")])
def test_a_voice_just_above_the_minimum_warns_and_below_it_blocks(by: str, severity: str) -> None:
    """The same piece against a minimum that it misses, reaches, or passes with room."""
    assert policies().brand_voice_minimum == Decimal("0.8")
    report = check_content(facts()).piece(FIRST.piece_id)
    assert report is not None
    minimum = report.scores["content.brand_voice"] - Decimal(by)
    found = _voice(policies().model_copy(update={"brand_voice_minimum": minimum}))
    assert [fault.severity for fault in found] == ([severity] if severity else [])


def _voice(strict: Any) -> list[Any]:
    d = drafts()
    given = ContentFacts(
        stage=stage(), policies=strict, brief=d.brief, templates=d.templates, channels=d.channels, artifact=GOOD
    )
    faults = content_faults(GOOD, d.templates, given)
    worst = [f for f in faults if f.piece == FIRST.piece_id and f.check == "content.brand_voice"]
    return sorted(worst, key=lambda fault: fault.score or Decimal(0))[:1]
