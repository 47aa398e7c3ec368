"""Step 2.2: the quality checklist, one broken thing at a time, and where exactly it is."""

from dataclasses import replace
from typing import Any

import pytest

from gtm.domain.campaign import CampaignContent, Claim, ContentElement, ContentPiece, Variant
from gtm.domain.check import CopyFault
from gtm.domain.proofing import Slip
from gtm.policies.content import _sentences, content_faults, generated, link_hosts, piece_faults
from gtm.policies.facts import ContentFacts
from gtm.policies.piece_checks import grammar_faults
from tests.unit.policies.support import (
    assert_fails,
    assert_only_fails,
    brief,
    common,
    drafts,
    lines,
    policies,
    rewritten,
    with_,
)

GOOD = drafts().content
TEMPLATES = drafts().templates
EMAILS = [p for p in GOOD.pieces if p.template_id == "fleet-email-drip" and p.segment_id == "it-platform"]
FIRST, SECOND = EMAILS[0], EMAILS[1]
BODY = "email_body"


def judge(content: CampaignContent | None, **changes: Any) -> Any:
    facts: dict[str, Any] = {
        "brief": brief(),
        "templates": TEMPLATES,
        "channels": drafts().channels,
        "artifact": content,
    }
    return generated(ContentFacts(**common(), **(facts | changes)))


def test_an_ad_beside_its_networks_aim_is_not_asked_for_and_is_no_fault_where_there_is_one() -> None:
    providers = [p for p in GOOD.pieces if p.campaign_id == "fleet-social-ads" and p.segment_id == "it-providers"]
    assert [p.piece_id for p in providers] == ["fleet-social-ads/it-providers/1-linkedin"]
    plan = drafts().channels
    assert any(c.channel == "google_ads" and "it-providers" not in c.segments for c in plan.channels)
    assert judge(GOOD).passed
    all_round = tuple(c.model_copy(update={"segments": tuple(s.id for s in brief().segments)}) for c in plan.channels)
    wider = judge(GOOD, channels=plan.model_copy(update={"channels": all_round}))
    assert_fails(wider, "content.complete", "fleet-social-ads/it-providers/2")


def replaced(new: ContentPiece) -> CampaignContent:
    return with_(GOOD, pieces=tuple(new if p.piece_id == new.piece_id else p for p in GOOD.pieces))


def body(text: str, piece: ContentPiece = FIRST) -> CampaignContent:
    old = next(e for e in piece.elements if e.variable == BODY).text("A")
    return replaced(rewritten(piece, BODY, f"{old}\n\n{text}"))


def variants(*texts: str) -> CampaignContent:
    element = ContentElement(
        variable="email_subject", variants=tuple(Variant(label="ABCDE"[n], text=t) for n, t in enumerate(texts))
    )
    return replaced(with_(FIRST, elements=(element, *(e for e in FIRST.elements if e.variable != "email_subject"))))


BROKEN = [
    ("content.brand_voice", body("A seamless day for your team."), "seamless"),
    ("content.brand_voice", body("Dude, you gonna love it, wanna try? Omg lol, it is lit."), "brand voice"),
    ("content.value_proposition", replaced(rewritten(SECOND, BODY, "To verify these points, book a demo.")),
     "email_body/A"),
    ("content.value_proposition", replaced(rewritten(SECOND, BODY, "This message outlines how it works in practice.",
     "B")), "email_body/B"),
    ("content.cta", replaced(rewritten(FIRST, "cta_text", "Click here")), "does not say what happens"),
    ("content.cta", replaced(with_(FIRST, cta_url="https://evil.example/demo")), "evil.example"),
    ("content.cta", replaced(with_(FIRST, cta_url="https://fleetdm.com/demo")), "utm_source is missing"),
    ("content.cta", replaced(with_(FIRST, cta="buy_now")), "the campaign asks to"),
    ("content.grammar", body("We recieve the the news."), "recieve"),
    ("content.variants", variants("Only one subject for hosts"), "1 variant,"),
    ("content.variants", variants("Your hosts, in git", "your hosts in git!"), "the same as variant A"),
    ("content.claims_traced", body("More than 7,777 teams wait for you."), "7,777"),
    ("content.lengths", body("word " * 200), "words, at most 180"),
    ("content.variables_filled", body("Dear {{ company_name }},"), "a placeholder is left"),
    ("content.variables_filled", body("Ask [YOUR NAME] for more."), "YOUR NAME"),
    ("content.steps_differ", body("The same sentence stands in here."), ""),
    ("content.complete", with_(GOOD, pieces=GOOD.pieces[1:]), "there is no copy"),
    ("content.complete", with_(GOOD, pieces=(*GOOD.pieces, GOOD.pieces[0])), "two pieces"),
    ("content.complete", replaced(with_(FIRST, segment_id="ghosts")), "no campaign asks"),
]  # fmt: skip


@pytest.mark.parametrize("name", ["fleet", "life", "posthog"])
def test_the_drafts_pass_and_leave_no_finding(name: str) -> None:
    d = drafts(name)
    verdict = generated(
        ContentFacts(**common(), brief=d.brief, templates=d.templates, channels=d.channels, artifact=d.content)
    )
    assert verdict.passed, verdict.explain()
    assert verdict.findings == ()


@pytest.mark.parametrize(("name", "content", "word"), [row for row in BROKEN if row[0] != "content.steps_differ"])
def test_broken_copy_fails_the_named_check(name: str, content: CampaignContent, word: str) -> None:
    assert_fails(judge(content), name, word)


def test_two_steps_that_share_a_sentence_fail_at_the_later_one() -> None:
    shared = "\n\nThis very sentence stands in both of them."
    one, two = (rewritten(p, BODY, p.element(BODY).text("A") + shared) for p in (FIRST, SECOND))  # type: ignore[union-attr]
    pieces = tuple({FIRST.piece_id: one, SECOND.piece_id: two}.get(p.piece_id, p) for p in GOOD.pieces)
    verdict = judge(with_(GOOD, pieces=pieces))
    assert_only_fails(verdict, "content.steps_differ", SECOND.piece_id, "step 1 says the same")


def test_a_campaign_that_never_says_the_value_fails() -> None:
    texts = {e.variable: "Nothing to see." for e in FIRST.elements}
    empty = FIRST
    for variable, text in texts.items():
        for label in "AB":
            empty = rewritten(empty, variable, f"{text} {label}", label)
    assert_fails(judge(replaced(empty)), "content.value_proposition", "shares 0 words")


def test_every_line_has_a_failing_case() -> None:
    assert lines("content.generated") <= {row[0] for row in BROKEN} | {"content.value_proposition"}


@pytest.mark.parametrize("missing", ["artifact", "templates"])
def test_nothing_stored_fails(missing: str) -> None:
    assert_fails(judge(GOOD, **{missing: None}), "content.grammar", "nothing is stored for step 2.2")


def test_links_cannot_be_checked_without_a_channel_plan() -> None:
    assert_fails(judge(GOOD, channels=None), "content.cta", "no channel plan")


def test_a_finding_names_piece_element_variant_span_reason_and_repair() -> None:
    verdict = judge(body("We recieve it."))
    finding = next(f for f in verdict.findings if f.code == "content.grammar")
    text = next(e for e in FIRST.elements if e.variable == BODY).text("A")
    start = len(text) + len("\n\nWe ")
    assert finding.field == f"{FIRST.piece_id}/{BODY}/A[{start}:{start + 7}]"
    assert "“recieve”" in finding.detail
    assert "receive" in finding.ask


def test_piece_faults_are_sentences_for_a_model_and_leave_links_out() -> None:
    template = TEMPLATES.template(FIRST.template_id)
    assert template is not None
    assert piece_faults(with_(FIRST, cta_url="nowhere"), template, brief(), policies()) == ()
    broken = rewritten(FIRST, "cta_text", "Click here")
    (fault,) = piece_faults(broken, template, brief(), policies())
    assert fault.startswith(f"{FIRST.piece_id}/cta_text/A “Click here”")
    assert "name the act" in fault


def test_an_element_that_the_step_does_not_have_is_told() -> None:
    odd = ContentElement(
        variable="poem", variants=(Variant(label="A", text="Roses"), Variant(label="B", text="Violets"))
    )
    assert_fails(judge(replaced(with_(FIRST, elements=(*FIRST.elements, odd)))), "content.complete", "no such variable")


def test_a_required_element_left_out_is_told() -> None:
    bare = with_(FIRST, elements=tuple(e for e in FIRST.elements if e.variable != BODY))
    assert_fails(judge(replaced(bare)), "content.variables_filled", BODY)


def test_a_recipient_placeholder_may_stand() -> None:
    verdict = judge(body("See you soon, {{ first_name }}."))
    assert next(c for c in verdict.checks if c.name == "content.variables_filled").passed


def test_hosts_are_the_website_with_and_without_www() -> None:
    assert link_hosts(brief(), ("Docs.Example",)) == {"fleetdm.com", "www.fleetdm.com", "docs.example"}


def test_faults_come_in_the_same_order_each_time() -> None:
    facts = ContentFacts(
        **common(), brief=brief(), templates=TEMPLATES, channels=drafts().channels, artifact=body("We recieve 9,999.")
    )
    assert facts.artifact is not None
    once = [f.sentence() for f in content_faults(facts.artifact, TEMPLATES, facts)]
    assert once == [f.sentence() for f in content_faults(facts.artifact, TEMPLATES, facts)]
    assert once


def test_claims_of_the_drafts_name_usable_facts() -> None:
    claims = [c for p in GOOD.pieces for c in p.claims]
    assert claims
    assert all(isinstance(c, Claim) and brief().fact(c.fact_id) for c in claims)


def test_a_warning_is_shown_and_stops_nothing() -> None:
    warning = CopyFault(check="content.grammar", piece=FIRST.piece_id, why="odd", repair="look at it", severity="warn")
    assert _sentences((warning,), "content.grammar") == []
    assert len(_sentences((replace(warning, severity="block"),), "content.grammar")) == 1


@pytest.mark.parametrize(("name", "faults"), [("Studio 54", 0), ("Studio", 1)])
def test_a_number_that_a_name_ends_in_is_no_count_of_what_follows(name: str, faults: int) -> None:
    text = "You see the Studio 54 logo here."
    piece = rewritten(FIRST, BODY, text)
    start = text.index("logo")
    read = {text: (Slip(start, start + 4, "Possible agreement error", "write “logos”"),)}
    found = grammar_faults(piece, with_(brief(), name=name), read)
    assert len([fault for fault in found if fault.span == "logo"]) == faults
