from datetime import UTC, datetime
from decimal import Decimal

import pytest

from gtm.domain.campaign import CampaignContent, Claim, ContentElement, ContentPiece, Variant
from gtm.domain.review import ReviewFacts
from gtm.domain.verdict import Check, Finding, Verdict
from gtm.domain.workflow_report import CleanupProof, RowCounts, TestCaseResult, WorkflowTestReport
from gtm.playbook.reviews import draft_review

CHECKPOINTS = (
    ("strategy", "LEAD"),
    ("content", "LEAD"),
    ("campaigns", "PLAN"),
    ("automation", "EXEC"),
    ("final", "LEAD"),
)
HOLDS = Verdict(policy="strategy.encoded", checks=(Check(name="strategy.a", sop="A", passed=True, detail="A holds."),))
FAILS = Verdict(
    policy="budget.allocated",
    checks=(Check(name="budget.b", sop="B", passed=False, detail="B is off by $1.", fix="Correct the line."),),
)


def content(drafts) -> CampaignContent:
    fact = next(f for f in drafts.brief.facts if f.claimable)
    two = (Variant(label="A", text="One"), Variant(label="B", text="Two"))
    return CampaignContent(
        venture_id=drafts.brief.id,
        voice=drafts.brief.brand.voice,
        pieces=tuple(
            ContentPiece(
                piece_id=f"{drafts.brief.id}-email-drip/{segment.id}/1",
                campaign_id=f"{drafts.brief.id}-email-drip",
                template_id="email-drip",
                segment_id=segment.id,
                step=1,
                elements=(ContentElement(variable="email_subject", variants=two),),
                cta="book_demo",
                cta_url="https://example.com",
                claims=(Claim(text=fact.text, fact_id=fact.id),),
                generated_by="playbook",
                prompt_version="1",
                brand_voice_score=Decimal("0.8") + Decimal(index) / 20,
            )
            for index, segment in enumerate(drafts.brief.ranked_segments)
        ),
    )


def report(drafts) -> WorkflowTestReport:
    none = RowCounts(test_leads=0, test_email_sends=0, test_enrolments=0, test_step_log=0, test_executions_kept=5,
                     execution_count=0)  # fmt: skip
    cases = (
        TestCaseResult(test_case="48h delay works", expected="exactly 48h", observed="48:00:00", status="passed",
                       measured_ms=4.0),
        TestCaseResult(test_case="Email 1 sends correctly", expected="inbox", observed="no spam filter at hand",
                       status="not_applicable"),
    )  # fmt: skip
    return WorkflowTestReport(
        workflow_id=drafts.workflows[0].workflow_id, venture_id=drafts.brief.id, run_id="run-1", revision=1,
        executed_at=datetime(2026, 1, 1, tzinfo=UTC), lead_count=5, cases=cases, evidence_dir="evidence/1",
        cleanup=CleanupProof(before=none, after=none),
    )  # fmt: skip


def facts(drafts, policies, **more) -> ReviewFacts:
    return ReviewFacts(
        **{
            "brief": drafts.brief, "policies": policies, "strategy": drafts.strategy, "channels": drafts.channels,
            "budget": drafts.budget, "templates": drafts.templates, "content": content(drafts),
            "schedule": drafts.schedule, "workflows": drafts.workflows, "triggers": drafts.triggers,
            "tests": (report(drafts),), "verdicts": (HOLDS,), **more,
        }
    )  # fmt: skip


def said(review) -> str:
    return "\n".join([*(f"{i.subject}: {i.finding}" for i in review.checked), *review.risks, review.reason])


@pytest.mark.parametrize(("checkpoint", "role"), CHECKPOINTS)
def test_each_checkpoint_has_its_own_review_with_figures(drafts, policies, checkpoint: str, role: str) -> None:
    review = draft_review(checkpoint, role, facts(drafts, policies))
    ruinous = (drafts.brief.id, checkpoint) == ("life", "strategy")
    assert (review.checkpoint, review.role) == (checkpoint, role)
    assert review.recommendation == ("reject" if ruinous else "approve")
    assert review.grounds == (("economics",) if ruinous else ())
    assert len(review.checked) >= 3 and review.risks
    assert all(any(c.isdigit() for c in item.finding) for item in review.checked)


def test_no_two_reviews_read_the_same(ventures, policies) -> None:
    reasons = [draft_review(c, r, facts(d, policies)).reason for d in ventures.values() for c, r in CHECKPOINTS]
    assert len(set(reasons)) == len(reasons)


def test_the_strategy_review_of_fleet(ventures, policies) -> None:
    text = said(draft_review("strategy", "LEAD", facts(ventures["fleet"], policies)))
    assert "LinkedIn, the primary channel, covers 3 of 3 segments (overlap 1.00)." in text
    assert "5 lines sum to $50,000.00, which equals the financial model's $50,000.00" in text
    assert "70 % of the money ($35,000.00) goes to LinkedIn alone." in text
    assert "Financial model › monthly: $50,000.00 (no public figure exists)" in text
    assert "2 platforms are not connected, their flights leave as a plan: LinkedIn, Google Ads." in text
    assert "None of the 5 success criteria rests on a figure of Fleet's own." in text


def test_the_strategy_review_of_life_names_what_does_not_add_up(ventures, policies) -> None:
    text = said(draft_review("strategy", "LEAD", facts(ventures["life"], policies)))
    assert "a customer costs $116.67, above the ceiling of $3.00" in text
    assert "12 months sum to $25,000.00" in text and "Content marketing is not in the B2C list" in text


def test_customers_who_cost_more_than_twice_their_lifetime_value_are_advised_against(ventures, policies) -> None:
    review = draft_review("strategy", "LEAD", facts(ventures["life"], policies))
    assert (review.recommendation, review.grounds) == ("reject", ("economics",))
    assert "a customer costs $116.67, more than 2 times the lifetime value of $50.00, assumed" in review.reason
    assert "stage 5" in review.reason


@pytest.mark.parametrize(("lifetime", "advised"), [("58.33", "reject"), ("58.34", "approve"), (None, "approve")])
def test_the_line_is_drawn_at_the_policys_multiple(ventures, policies, lifetime: str | None, advised: str) -> None:
    drafts = ventures["life"]
    value = drafts.brief.pricing.lifetime_value
    changed = value.model_copy(update={"value": Decimal(lifetime)}) if lifetime else None
    pricing = drafts.brief.pricing.model_copy(update={"lifetime_value": changed})
    brief = drafts.brief.model_copy(update={"pricing": pricing})
    review = draft_review("strategy", "LEAD", facts(drafts, policies, brief=brief))
    assert review.recommendation == advised


def test_the_money_is_a_risk_and_no_ground_after_the_strategy(ventures, policies) -> None:
    review = draft_review("final", "LEAD", facts(ventures["life"], policies))
    assert review.recommendation == "approve" and any("$116.67" in risk for risk in review.risks)


def test_a_failed_check_is_named_before_the_money(ventures, policies) -> None:
    review = draft_review("strategy", "LEAD", facts(ventures["life"], policies, verdicts=(HOLDS, FAILS)))
    assert review.grounds == ("checks", "economics") and "(B)" in review.reason


def test_a_contradiction_that_the_entry_gate_found_is_told_once(ventures, policies) -> None:
    finding = Finding(code="X", kind="contradiction", field="financial_model", detail="24,000 is not 25,000.")
    review = draft_review("strategy", "LEAD", facts(ventures["life"], policies, findings=(finding,)))
    told = [r for r in review.risks if "ontradiction" in r]
    assert told == ["Contradiction in the brief, Financial model: 24,000 is not 25,000."]


def test_the_content_review_names_what_must_not_be_claimed_and_who_has_no_proof(ventures, policies) -> None:
    review = draft_review("content", "LEAD", facts(ventures["life"], policies))
    text = said(review)
    assert "(advertised before launch" in text and "no copy says so" in text and "users-before-launch" not in text
    assert "No proof that may be claimed stands behind the copy for Busy professionals" in text
    assert "3 pieces with 0.85 on average, lowest 0.80 in step 1 of Life: email sequence for Busy professionals" in text


def test_money_on_a_network_without_an_ad_is_named(ventures) -> None:
    fleet = ventures["fleet"]
    mails = content(fleet)
    facts = ReviewFacts(brief=fleet.brief, templates=fleet.templates, content=mails, budget=fleet.budget)
    (risk,) = [r for r in draft_review("content", "LEAD", facts).risks if r.startswith("Money without an ad")]
    assert "LinkedIn $35,000.00, Google Ads $5,000.00" in risk
    ads = next(t for t in fleet.templates.templates if t.kind.look == "ad")
    first = mails.pieces[0]
    shown = tuple(
        first.model_copy(update={"piece_id": f"ads/x/{n}", "template_id": ads.template_id, "step": n})
        for n in (step.step for step in ads.steps)
    )
    written = facts.model_copy(update={"content": mails.model_copy(update={"pieces": (*mails.pieces, *shown)})})
    assert not [r for r in draft_review("content", "LEAD", written).risks if r.startswith("Money without an ad")]


def test_a_barred_fact_that_is_claimed_is_named(ventures, policies) -> None:
    drafts = ventures["life"]
    piece = (
        content(drafts).pieces[0].model_copy(update={"claims": (Claim(text="10,000+", fact_id="users-before-launch"),)})
    )
    wrong = content(drafts).model_copy(update={"pieces": (piece,)})
    told = said(draft_review("content", "LEAD", facts(drafts, policies, content=wrong)))
    assert "is claimed all the same" in told and "users-before-launch" not in told


def test_the_campaign_review_compares_flights_with_lines(ventures, policies) -> None:
    text = said(draft_review("campaigns", "PLAN", facts(ventures["fleet"], policies)))
    assert "LinkedIn $35,000.00 from 5 January 2026 to 3 February 2026 (equal to its line)" in text
    assert "27 of 27 planned sends lie in the B2B window" in text and "paced by hand: Webinars $4,400.00" in text


def test_the_automation_review_says_what_was_not_shown(ventures, policies) -> None:
    text = said(draft_review("automation", "EXEC", facts(ventures["fleet"], policies)))
    assert "1 workflow tested with 5 test leads: 1 case passed, 0 failed, 1 did not apply" in text
    assert "“Email 1 sends correctly” not applicable: no spam filter at hand" in text and "SPF and DKIM" in text


def test_what_several_workflows_have_alike_is_told_once(ventures, policies) -> None:
    drafts = ventures["fleet"]
    two = tuple(report(drafts).model_copy(update={"workflow_id": w.workflow_id}) for w in drafts.workflows[:2])
    risks = draft_review("automation", "EXEC", facts(drafts, policies, tests=two)).risks
    (told,) = [risk for risk in risks if "no spam filter at hand" in risk]
    assert told.startswith(f"{drafts.workflows[0].name}; {drafts.workflows[1].name}: “Email 1 sends correctly”")


def test_a_failed_check_means_reject_with_what_to_fix(drafts, policies) -> None:
    review = draft_review("strategy", "LEAD", facts(drafts, policies, verdicts=(HOLDS, FAILS)))
    assert review.recommendation == "reject"
    assert review.reason == "1 blocking check does not hold (B). Correct the line."
    assert "1 of 2 automatic checks holds. B: B is off by $1." in said(review)


def test_a_note_does_not_reject(ventures, policies) -> None:
    drafts = ventures["fleet"]
    note = FAILS.model_copy(update={"checks": (FAILS.checks[0].model_copy(update={"severity": "note"}),)})
    review = draft_review("strategy", "LEAD", facts(drafts, policies, verdicts=(HOLDS, note)))
    assert review.recommendation == "approve" and "1 of 2 automatic checks holds, 1 note stays open" in review.reason


def test_earlier_comments_are_put_beside_the_revision(drafts, policies) -> None:
    assert "“Less LinkedIn.”" in said(
        draft_review("strategy", "LEAD", facts(drafts, policies, comments=("Less LinkedIn.",)))
    )


@pytest.mark.parametrize(("checkpoint", "role"), CHECKPOINTS)
def test_with_nothing_made_yet_it_says_so_and_does_not_fail(drafts, checkpoint: str, role: str) -> None:
    review = draft_review(checkpoint, role, ReviewFacts(brief=drafts.brief))
    assert "no check was handed to it" in review.reason and drafts.brief.name in review.reason


def test_the_final_review_counts_the_artifacts(ventures, policies) -> None:
    assert "9 of 9 artifacts of PostHog stand." in said(
        draft_review("final", "LEAD", facts(ventures["posthog"], policies))
    )
    without = facts(ventures["posthog"], policies, tests=())
    assert "8 of 9 artifacts of PostHog stand; missing: tests." in said(draft_review("final", "LEAD", without))


def test_a_positioning_that_no_fact_carries_is_named_and_assumed_offers_are_assumptions(ventures, policies) -> None:
    brief = ventures["life"].brief
    assert [f.id for f in brief.barred_in(brief.market_strategy.positioning)] == ["first-app"]
    assert ventures["fleet"].brief.barred_in(ventures["fleet"].brief.market_strategy.positioning) == ()
    text = said(draft_review("content", "LEAD", facts(ventures["life"], policies)))
    assert "The positioning says “The first app that connects doing and spending”, which no copy may repeat" in text
    stated = dict(brief.assumptions())
    assert "live session" in stated["offers.walkthrough"] and "/start for Life free trial" in stated["offers.path"]


def test_the_ads_that_are_left_out_are_told_with_their_network(ventures, policies) -> None:
    life = ventures["life"]
    review = draft_review("content", "LEAD", facts(life, policies))
    pieces = next(item for item in review.checked if item.subject == "Pieces")
    assert "No ad is written where the network is not aimed (step 1.2): Instagram Ads for Privacy-minded people" in (
        pieces.finding
    )


def test_ads_for_segments_at_which_their_network_is_not_aimed_are_told(ventures, policies) -> None:
    life = ventures["life"]
    ads = next(t for t in life.templates.templates if t.kind.look == "ad")
    steps = {step.name: step.step for step in ads.steps}
    first = content(life)

    def told(network: str, **more) -> list[str]:
        step = steps[network]
        pieces = tuple(p.model_copy(update={"template_id": ads.template_id, "step": step}) for p in first.pieces)
        written = first.model_copy(update={"pieces": pieces})
        return [r for r in draft_review("content", "LEAD", facts(life, policies, content=written, **more)).risks
                if "not aimed" in r]  # fmt: skip

    assert told("instagram-ads") == [
        "Ads are also written for segments at which their network is not aimed (step 1.2): Instagram Ads for "
        "Privacy-minded people. Run these only once the aim is widened."
    ]
    assert told("twitter-ads") == [] and told("instagram-ads", channels=None) == []
